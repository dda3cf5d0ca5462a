package org.coconutdb.engine.commit;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.Read;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// Commands as bytes, little-endian. The first byte says which; numbers are never given to another command.
/// ```
///  1 CreateTable | table 4 | kind 1 |
///  2 DropTable   | table 4 |
///  3 Commit      | snapshot 8 | count 4 | read … | count 4 | write … |
///  4 Prepare     | transaction 8 | coordinator 4 | snapshot 8 | count 4 | read … | count 4 | write … |
///  5 Decide      | transaction 8 | commit 1 | commitTimestamp 8 |
///  6 Forget      | transaction 8 |
///  8 Abandon     | transaction 8 |
///  9 AlterTable  | table 4 | generation 4 |
///  7 Expire      | table 4 | count 4 | expired row … |
///
///  expired row   | commitTimestamp 8 | keyBytes 4 | key |
///  read          | table 4 | keyBytes 4 | key |
///                | table 4 | -2 4 | readAt 8 | keyBytes 4 | key |
///                | table 4 | -1 4 | fromBytes 4 (-1: no bound) | from | toBytes 4 (-1: no bound) | to |
///                | table 4 | -3 4 | readAt 8 | fromBytes 4 (-1: no bound) | from | toBytes 4 (-1: no bound) | to |
///                | table 4 | -4 4 | keyBytes 4 | key | (that it exists)
///  write         | table 4 | condition 1 | ttlSeconds 4 (-1: as it was) | keyBytes 4 | rowBytes 4 (-1: delete) | key | row |
///                  and, where the condition's highest bit is set, | readAt 8 |, where its next one is, | generation 4 |
/// ```
public final class CommandCodec {
    private static final byte CREATE_TABLE = 1;
    private static final byte DROP_TABLE = 2;
    private static final byte COMMIT = 3;
    private static final byte PREPARE = 4;
    private static final byte DECIDE = 5;
    private static final byte FORGET = 6;
    private static final byte EXPIRE = 7;
    private static final byte ABANDON = 8;
    private static final byte ALTER_TABLE = 9;
    private static final int EXPIRED_ROW_BYTES = 12;
    private static final int WRITE_BYTES = 17;
    private static final int READ_BYTES = 8;
    // A range in place of a key; no bound in place of one.
    private static final int NONE = -1;
    // In place of a key's length, which then stands behind the snapshot that it was read at.
    private static final int AT = -2;
    private static final int READ_AT_BYTES = Integer.BYTES + Long.BYTES;
    // A range behind the snapshot that it was read at.
    private static final int RANGE_AT = -3;
    // A key whose row must be there.
    private static final int EXISTS = -4;
    private static final byte HAS_READ_AT = (byte) 0x80;
    private static final byte HAS_GENERATION = 0x40;
    // Order is on disk: new ones go to the end.
    private static final Write.Condition[] CONDITIONS = {Write.Condition.NONE, Write.Condition.ABSENT, Write.Condition.UNCHANGED};
    private static final TableKind[] KINDS = {TableKind.HASH, TableKind.SORTED};

    private CommandCodec() {}

    static int size(BlockCommand command) {
        return switch (command) {
            case BlockCommand.CreateTable _ -> 6;
            case BlockCommand.AlterTable _ -> 9;
            case BlockCommand.DropTable _ -> 5;
            case BlockCommand.Commit commit -> 17 + readBytes(commit.reads()) + size(commit.writes());
            case BlockCommand.Prepare prepare -> 29 + readBytes(prepare.reads()) + size(prepare.writes());
            case BlockCommand.Decide _ -> 18;
            case BlockCommand.Forget _,BlockCommand.Abandon _ -> 9;
            case BlockCommand.Expire(int _, List<BlockCommand.ExpiredRow> rows) -> {
                int bytes = 9;
                for (BlockCommand.ExpiredRow row : rows) {
                    bytes = Math.addExact(bytes, EXPIRED_ROW_BYTES + row.key().length);
                }
                yield bytes;
            }
        };
    }

    private static int size(List<Write> writes) {
        int bytes = 0;
        for (Write write : writes) {
            byte[] row = write.row();
            int moreBytes = (write.readAt() == 0 ? 0 : Long.BYTES) + (write.generation() == 0 ? 0 : Integer.BYTES);
            bytes = Math.addExact(bytes, WRITE_BYTES + moreBytes + write.key().length + (row == null ? 0 : row.length));
        }
        return bytes;
    }

    private static int readBytes(List<Read> reads) {
        int bytes = 0;
        for (Read read : reads) {
            bytes = Math.addExact(bytes, READ_BYTES + switch (read) {
                case Read.Key(int _, byte[] key, long readAt) -> key.length + (readAt == 0 ? 0 : READ_AT_BYTES);
                case Read.Range(int _, KeyRange range, long readAt) -> boundBytes(range.from()) + boundBytes(range.to())
                        + (readAt == 0 ? 0 : Long.BYTES);
                case Read.Exists(int _, byte[] key) -> Integer.BYTES + key.length;
            });
        }
        return bytes;
    }

    private static int boundBytes(byte @Nullable [] bound) {
        return Integer.BYTES + (bound == null ? 0 : bound.length);
    }

    /// As bytes of an array of their own.
    public static byte[] toBytes(BlockCommand command) {
        ByteBuffer into = ByteBuffer.allocate(size(command)).order(ByteOrder.LITTLE_ENDIAN);
        encode(command, into);
        return into.array();
    }

    /// DATA_CORRUPTED where they are no command.
    public static BlockCommand fromBytes(byte[] bytes, int from, int length) {
        return decode(ByteBuffer.wrap(bytes, from, length).slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    static void encode(BlockCommand command, ByteBuffer into) {
        switch (command) {
            case BlockCommand.CreateTable(int table, TableKind kind) -> into.put(CREATE_TABLE).putInt(table).put(code(KINDS, kind));
            case BlockCommand.AlterTable(int table, int generation) -> into.put(ALTER_TABLE).putInt(table).putInt(generation);
            case BlockCommand.DropTable(int table) -> into.put(DROP_TABLE).putInt(table);
            case BlockCommand.Commit(long snapshot, List<Read> reads, List<Write> writes) -> {
                into.put(COMMIT).putLong(snapshot);
                encodeReads(reads, into);
                encode(writes, into);
            }
            case BlockCommand.Prepare(long transaction, int coordinator, long snapshot, List<Read> reads, List<Write> writes) -> {
                into.put(PREPARE).putLong(transaction).putInt(coordinator).putLong(snapshot);
                encodeReads(reads, into);
                encode(writes, into);
            }
            case BlockCommand.Decide(long transaction, boolean commit, long timestamp) -> into.put(DECIDE)
                    .putLong(transaction)
                    .put((byte) (commit ? 1 : 0))
                    .putLong(timestamp);
            case BlockCommand.Abandon(long transaction) -> into.put(ABANDON).putLong(transaction);
            case BlockCommand.Forget(long transaction) -> into.put(FORGET).putLong(transaction);
            case BlockCommand.Expire(int table, List<BlockCommand.ExpiredRow> rows) -> {
                into.put(EXPIRE).putInt(table).putInt(rows.size());
                for (BlockCommand.ExpiredRow row : rows) {
                    into.putLong(row.commitTimestamp()).putInt(row.key().length).put(row.key());
                }
            }
        }
    }

    private static void encode(List<Write> writes, ByteBuffer into) {
        into.putInt(writes.size());
        for (Write write : writes) {
            byte[] row = write.row();
            int flags = (write.readAt() == 0 ? 0 : HAS_READ_AT) | (write.generation() == 0 ? 0 : HAS_GENERATION);
            into.putInt(write.table()).put((byte) (code(CONDITIONS, write.condition()) | flags)).putInt(write.ttlSeconds());
            into.putInt(write.key().length).putInt(row == null ? -1 : row.length).put(write.key());
            if (row != null) {
                into.put(row);
            }
            if (write.readAt() != 0) {
                into.putLong(write.readAt());
            }
            if (write.generation() != 0) {
                into.putInt(write.generation());
            }
        }
    }

    private static void encodeReads(List<Read> reads, ByteBuffer into) {
        into.putInt(reads.size());
        for (Read read : reads) {
            into.putInt(read.table());
            switch (read) {
                case Read.Key(int _, byte[] key, long readAt) -> {
                    if (readAt != 0) {
                        into.putInt(AT).putLong(readAt);
                    }
                    into.putInt(key.length).put(key);
                }
                case Read.Exists(int _, byte[] key) -> into.putInt(EXISTS).putInt(key.length).put(key);
                case Read.Range(int _, KeyRange range, long readAt) -> {
                    if (readAt == 0) {
                        into.putInt(NONE);
                    } else {
                        into.putInt(RANGE_AT).putLong(readAt);
                    }
                    encodeBound(range.from(), into);
                    encodeBound(range.to(), into);
                }
            }
        }
    }

    private static void encodeBound(byte @Nullable [] bound, ByteBuffer into) {
        if (bound == null) {
            into.putInt(NONE);
        } else {
            into.putInt(bound.length).put(bound);
        }
    }

    static byte code(TableKind kind) {
        return code(KINDS, kind);
    }

    /// Null where no kind has the code.
    static @Nullable TableKind kind(byte code) {
        return code >= 0 && code < KINDS.length ? KINDS[code] : null;
    }

    private static <T> byte code(T[] values, T value) {
        for (byte i = 0; i < values.length; i++) {
            if (values[i].equals(value)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no code for " + value);
    }

    /// Reads one command; DATA_CORRUPTED where the bytes are none, which a checksum should have caught.
    static BlockCommand decode(ByteBuffer from) {
        try {
            byte type = from.get();
            return switch (type) {
                case CREATE_TABLE -> new BlockCommand.CreateTable(from.getInt(), KINDS[from.get()]);
                case ALTER_TABLE -> new BlockCommand.AlterTable(from.getInt(), from.getInt());
                case DROP_TABLE -> new BlockCommand.DropTable(from.getInt());
                case COMMIT -> new BlockCommand.Commit(from.getLong(), decodeReads(from), decodeWrites(from));
                case PREPARE -> new BlockCommand.Prepare(from.getLong(), from.getInt(), from.getLong(), decodeReads(from),
                        decodeWrites(from));
                case DECIDE -> new BlockCommand.Decide(from.getLong(), from.get() != 0, from.getLong());
                case ABANDON -> new BlockCommand.Abandon(from.getLong());
                case FORGET -> new BlockCommand.Forget(from.getLong());
                case EXPIRE -> new BlockCommand.Expire(from.getInt(), decodeExpiredRows(from));
                default -> throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("commandType", type)
                        .mend("The log was written by a newer version of CoconutDB, or is damaged.");
            };
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException failure) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED, failure).with("entry", "cut short");
        }
    }

    private static List<BlockCommand.ExpiredRow> decodeExpiredRows(ByteBuffer from) {
        int count = from.getInt();
        List<BlockCommand.ExpiredRow> rows = new ArrayList<>(Math.min(count, from.remaining() / EXPIRED_ROW_BYTES + 1));
        for (int i = 0; i < count; i++) {
            long commitTimestamp = from.getLong();
            rows.add(new BlockCommand.ExpiredRow(bytes(from.getInt(), from), commitTimestamp));
        }
        return rows;
    }

    private static List<Write> decodeWrites(ByteBuffer from) {
        int count = from.getInt();
        List<Write> writes = new ArrayList<>(Math.min(count, from.remaining() / WRITE_BYTES + 1));
        for (int i = 0; i < count; i++) {
            int table = from.getInt();
            byte flags = from.get();
            int ttlSeconds = from.getInt();
            int keyBytes = from.getInt();
            int rowBytes = from.getInt();
            byte[] key = bytes(keyBytes, from);
            byte[] row = rowBytes < 0 ? null : bytes(rowBytes, from);
            long readAt = (flags & HAS_READ_AT) == 0 ? 0 : from.getLong();
            int generation = (flags & HAS_GENERATION) == 0 ? 0 : from.getInt();
            Write.Condition condition = CONDITIONS[flags & ~(HAS_READ_AT | HAS_GENERATION)];
            writes.add(new Write(table, condition, key, row, ttlSeconds, generation, readAt));
        }
        return writes;
    }

    /// No more than there is: a damaged length asks for no memory.
    private static byte[] bytes(int length, ByteBuffer from) {
        byte[] bytes = new byte[Math.min(length, from.remaining() + 1)];
        from.get(bytes);
        return bytes;
    }

    private static List<Read> decodeReads(ByteBuffer from) {
        int count = from.getInt();
        List<Read> reads = new ArrayList<>(Math.min(count, from.remaining() / READ_BYTES + 1));
        for (int i = 0; i < count; i++) {
            int table = from.getInt();
            int keyBytes = from.getInt();
            reads.add(switch (keyBytes) {
                case NONE -> new Read.Range(table, new KeyRange(decodeBound(from), decodeBound(from)));
                case RANGE_AT -> {
                    long readAt = from.getLong();
                    yield new Read.Range(table, new KeyRange(decodeBound(from), decodeBound(from)), readAt);
                }
                case EXISTS -> new Read.Exists(table, bytes(from.getInt(), from));
                case AT -> {
                    long readAt = from.getLong();
                    yield new Read.Key(table, bytes(from.getInt(), from), readAt);
                }
                default -> new Read.Key(table, bytes(keyBytes, from));
            });
        }
        return reads;
    }

    private static byte @Nullable [] decodeBound(ByteBuffer from) {
        int length = from.getInt();
        return length == NONE ? null : bytes(length, from);
    }
}
