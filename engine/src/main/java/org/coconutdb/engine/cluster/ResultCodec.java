package org.coconutdb.engine.cluster;

import java.nio.ByteBuffer;
import java.util.List;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.block.CommandResult.Holder;
import org.coconutdb.engine.block.CommandResult.Outcome;
import org.jspecify.annotations.Nullable;

/// What came of commands, as bytes for their proposers. Big-endian:
/// ```
///  0 result  | outcome 1 | item 4 | parts 1 | holder: transaction 8, coordinator 4 | decision: transaction 8, commit 1, timestamp 8 |
///  1 untimed
///  2 number  | 8 |
/// ```
final class ResultCodec {
    private static final byte RESULT = 0;
    private static final byte UNTIMED = 1;
    private static final byte NUMBER = 2;
    private static final int HAS_HOLDER = 1;
    private static final int HAS_DECISION = 2;
    private static final int BYTES_MAX = 36;
    // Order is on the wire: new ones go to the end.
    private static final List<Outcome> OUTCOMES = List.of(Outcome.DONE, Outcome.DUPLICATE_KEY, Outcome.CONFLICT, Outcome.HELD,
            Outcome.UNKNOWN_TABLE,
            Outcome.STALE_TABLE);

    private ResultCodec() {}

    static byte[] encode(CommandResult result) {
        Holder holder = result.holder();
        BlockCommand.Decide decision = result.decision();
        ByteBuffer into = ByteBuffer.allocate(BYTES_MAX);
        into.put(RESULT).put((byte) OUTCOMES.indexOf(result.outcome())).putInt(result.item());
        into.put((byte) ((holder == null ? 0 : HAS_HOLDER) | (decision == null ? 0 : HAS_DECISION)));
        if (holder != null) {
            into.putLong(holder.transaction()).putInt(holder.coordinator());
        }
        if (decision != null) {
            into.putLong(decision.transaction()).put((byte) (decision.commit() ? 1 : 0)).putLong(decision.commitTimestamp());
        }
        byte[] bytes = new byte[into.position()];
        into.flip().get(bytes);
        return bytes;
    }

    /// Of a command that came to the log when nobody gave out timestamps: nothing of it has happened.
    static byte[] untimed() {
        return new byte[] {UNTIMED};
    }

    static byte[] number(long number) {
        return ByteBuffer.allocate(1 + Long.BYTES).put(NUMBER).putLong(number).array();
    }

    static boolean isUntimed(byte[] bytes) {
        return bytes[0] == UNTIMED;
    }

    static long decodeNumber(byte[] bytes) {
        if (bytes[0] != NUMBER) {
            throw new IllegalArgumentException("no number: " + bytes[0]);
        }
        return ByteBuffer.wrap(bytes).getLong(1);
    }

    static CommandResult decode(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        if (from.get() != RESULT) {
            throw new IllegalArgumentException("no result: " + bytes[0]);
        }
        Outcome outcome = OUTCOMES.get(from.get());
        int item = from.getInt();
        int parts = from.get();
        Holder holder = (parts & HAS_HOLDER) == 0 ? null : new Holder(from.getLong(), from.getInt());
        BlockCommand.@Nullable Decide decision =
                (parts & HAS_DECISION) == 0 ? null : new BlockCommand.Decide(from.getLong(), from.get() != 0, from.getLong());
        return new CommandResult(outcome, item, holder, decision);
    }
}
