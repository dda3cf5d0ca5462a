package org.coconutdb.engine.replication;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What we write into a block's log. Integers big-endian, offsets in bytes:
/// ```
///  0         1      2             10
///  | version | kind | commitIndex | COMMANDS: headBytes (4) | head | count (4) | count times: request id (8), bytes (4), command |
///                                 | EVICT, ADMIT: replica (1) |
///                                 | NOTHING |
/// ```
sealed interface BlockEntry {
    /// What the primary had committed when it made the entry: who has the entry has all before it, so it holds for whoever reads it.
    long commitIndex();

    /// @param requestIds of the commands, in their order
    record Commands(long commitIndex, ReplicatedState.Entry entry, long[] requestIds) implements BlockEntry {}

    /// Takes a replica out of the in-sync set, or in.
    record Change(long commitIndex, int replica, boolean admits) implements BlockEntry {}

    /// Changes nothing: makes Raft ask its followers where they are.
    record Nothing(long commitIndex) implements BlockEntry {}

    byte VERSION = 1;
    byte KIND_COMMANDS = 1;
    byte KIND_EVICT = 2;
    byte KIND_ADMIT = 3;
    byte KIND_NOTHING = 4;
    int HEADER_BYTES = 10;
    /// Of an entry beside the bytes of its head and its commands.
    int OVERHEAD_BYTES = HEADER_BYTES + 8;
    int COMMAND_OVERHEAD_BYTES = 12;

    default byte[] encode() {
        return switch (this) {
            case Commands(long commitIndex, ReplicatedState.Entry(byte[] head, List<byte[]> commands), long[] requestIds) -> {
                int bytes = OVERHEAD_BYTES + head.length;
                for (byte[] command : commands) {
                    bytes += COMMAND_OVERHEAD_BYTES + command.length;
                }
                ByteBuffer into = ByteBuffer.allocate(bytes).put(VERSION).put(KIND_COMMANDS).putLong(commitIndex);
                into.putInt(head.length).put(head).putInt(commands.size());
                for (int i = 0; i < requestIds.length; i++) {
                    byte[] command = commands.get(i);
                    into.putLong(requestIds[i]).putInt(command.length).put(command);
                }
                yield into.array();
            }
            case Change(long commitIndex, int replica, boolean admits) -> ByteBuffer.allocate(HEADER_BYTES + 1)
                    .put(VERSION)
                    .put(admits ? KIND_ADMIT : KIND_EVICT)
                    .putLong(commitIndex)
                    .put((byte) replica)
                    .array();
            case Nothing(long commitIndex) -> ByteBuffer.allocate(HEADER_BYTES).put(VERSION).put(KIND_NOTHING).putLong(commitIndex).array();
        };
    }

    static BlockEntry decode(ByteBuffer from) {
        byte version = from.get();
        if (version != VERSION) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                    .with("entryVersion", version)
                    .with("versionMax", VERSION)
                    .mend("The entry was written by a newer version of CoconutDB, or the log is damaged.");
        }
        byte kind = from.get();
        long commitIndex = from.getLong();
        return switch (kind) {
            case KIND_COMMANDS -> {
                byte[] head = bytes(from);
                int count = from.getInt();
                if (count < 0 || count > from.remaining() / COMMAND_OVERHEAD_BYTES) {
                    throw CoconutException.of(ErrorCode.DATA_CORRUPTED).with("commands", count).with("entryBytesLeft", from.remaining());
                }
                List<byte[]> commands = new ArrayList<>(count);
                long[] requestIds = new long[count];
                for (int i = 0; i < count; i++) {
                    requestIds[i] = from.getLong();
                    commands.add(bytes(from));
                }
                yield new Commands(commitIndex, new ReplicatedState.Entry(head, commands), requestIds);
            }
            case KIND_EVICT -> new Change(commitIndex, from.get(), false);
            case KIND_ADMIT -> new Change(commitIndex, from.get(), true);
            case KIND_NOTHING -> new Nothing(commitIndex);
            default -> throw CoconutException.of(ErrorCode.DATA_CORRUPTED).with("entryKind", kind);
        };
    }

    private static byte[] bytes(ByteBuffer from) {
        byte[] bytes = new byte[from.getInt()];
        from.get(bytes);
        return bytes;
    }
}
