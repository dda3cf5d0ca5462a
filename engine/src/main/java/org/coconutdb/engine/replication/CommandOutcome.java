package org.coconutdb.engine.replication;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What a replica says of a command whose proposer was not told.
///
/// @param result of a command that was done; null of others
record CommandOutcome(Kind kind, byte @Nullable [] result) {
    enum Kind {
        /// Nobody can say it yet: to be asked again.
        OPEN(0),
        /// It is applied.
        DONE(1),
        /// It will never be applied.
        NOT_DONE(2),
        /// Too much was applied since then.
        FORGOTTEN(3);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        private static Kind of(byte code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return OPEN;
        }
    }

    /// A command on its way: what it takes to ask for its outcome.
    ///
    /// @param id of the request, the same nowhere else
    /// @param term in which it may be appended, and in no other
    /// @param since an index before that of its entry, wherever that comes to stand
    record Request(long id, long term, long since) {
        static final int BYTES = 3 * Long.BYTES;

        void put(ByteBuffer into) {
            into.putLong(id).putLong(term).putLong(since);
        }

        static Request from(ByteBuffer from) {
            return new Request(from.getLong(), from.getLong(), from.getLong());
        }
    }

    static final CommandOutcome OPEN = new CommandOutcome(Kind.OPEN, null);

    static CommandOutcome done(byte[] result) {
        return new CommandOutcome(Kind.DONE, result);
    }

    /// ```
    /// | kind (1) | result, of DONE |
    /// ```
    byte[] encode() {
        int bytes = result == null ? 0 : result.length;
        ByteBuffer into = ByteBuffer.allocate(1 + bytes).put(kind.code);
        return result == null ? into.array() : into.put(result).array();
    }

    static CommandOutcome decode(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        Kind kind = Kind.of(from.get());
        byte[] rest = new byte[from.remaining()];
        from.get(rest);
        return kind == Kind.DONE ? done(rest) : new CommandOutcome(kind, null);
    }
}
