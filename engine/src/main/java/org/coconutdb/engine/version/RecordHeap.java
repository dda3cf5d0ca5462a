package org.coconutdb.engine.version;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.Region;

/// Records of one table in one block, each one version of one row, in one region. [RecordView] draws the layout.
///
/// Space is handed out in size classes, four to a doubling, so that at most a fifth of a record's space is unused; freed space goes
/// to its class's list, linked through the freed records' first eight bytes. The first eight bytes of the region are unused, so
/// that offset 0 means "none".
///
/// Threads: one writer allocates and frees. Readers follow offsets that they got from an index while they hold a snapshot.
///
/// Invariants
/// 1. A record's bytes do not change between [#allocate] and [#free], but for the coarse time of its last read.
/// 2. [#free] is called once for a record, and only when no reader can hold its offset.
public final class RecordHeap implements AutoCloseable {
    public static final int KEY_BYTES_MAX = 1024;
    public static final int ROW_BYTES_MAX = 1 << 20;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong BIG_ENDIAN_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final VarHandle BYTES_AS_LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int FIRST_OFFSET = 64;
    private static final int CACHE_LINE_BYTES = 64;
    // Usable behind every record, so that a torn offset that passes for one can be read as far as the longest key reaches.
    private static final int SLACK_BYTES = RecordView.HEADER_BYTES + KEY_BYTES_MAX;
    // Any number would do that rows hardly ever begin with.
    private static final long UNLIKELY = 0x3C6EF372FE94F82BL;
    private static final int[] CLASS_BYTES = classBytes();

    private final Region region;
    private final MemorySegment segment;
    // Writer.
    private final long[] freeLists = new long[CLASS_BYTES.length];
    private long top = FIRST_OFFSET;
    private long freeBytes;

    public RecordHeap(Region region) {
        this.region = region;
        this.segment = region.segment();
    }

    // 64, 80, 96, 112, 128, 160, … up to the largest record.
    private static int[] classBytes() {
        int[] sizes = new int[64];
        int count = 0;
        int largest = align(RecordView.rowStart(KEY_BYTES_MAX) + ROW_BYTES_MAX);
        for (int base = 64; count == 0 || sizes[count - 1] < largest; base *= 2) {
            for (int quarter = 0; quarter < 4; quarter++) {
                sizes[count++] = base + quarter * (base / 4);
            }
        }
        return Arrays.copyOf(sizes, count);
    }

    private static int align(int bytes) {
        return (bytes + 7) & ~7;
    }

    private static int classOf(int bytes) {
        int found = Arrays.binarySearch(CLASS_BYTES, bytes);
        return found >= 0 ? found : -found - 1;
    }

    /// Bytes of memory that a record of these lengths takes.
    public static int sizeFor(int keyLength, int rowLength) {
        return CLASS_BYTES[classOf(RecordView.rowStart(keyLength) + rowLength)];
    }

    /// Bytes of memory that a record of a cold row takes.
    public static int coldSizeFor(int keyLength) {
        return sizeFor(keyLength, ColdRef.BYTES);
    }

    public MemorySegment segment() {
        return segment;
    }

    /// Bytes in records, the unused ends of their classes included.
    public long bytesInUse() {
        return top - FIRST_OFFSET - freeBytes;
    }

    /// Writer: a new record, not yet reachable. `previous` is the offset of the version that it supersedes, 0 for none.
    public long allocate(byte[] key, byte[] row, Stamp stamp, long previous, long createdAtMicros, int ttlSeconds, byte flags) {
        assert key.length <= KEY_BYTES_MAX : "key of " + key.length + " bytes";
        assert row.length <= ROW_BYTES_MAX : "row of " + row.length + " bytes";
        int rowStart = RecordView.rowStart(key.length);
        int sizeClass = classOf(rowStart + row.length);
        long offset = take(sizeClass);
        setHeader(segment, offset, sizeClass, key, row.length, stamp, previous, createdAtMicros, ttlSeconds);
        MemorySegment.copy(row, 0, segment, ValueLayout.JAVA_BYTE, offset + rowStart, row.length);
        setFlags(offset, flags);
        return offset;
    }

    static void setHeader(
            MemorySegment memory,
            long offset,
            int sizeClass,
            byte[] key,
            int rowBytes,
            Stamp stamp,
            long previous,
            long createdAtMicros,
            int ttlSeconds) {
        memory.set(LONG, offset + RecordView.COMMIT_TIMESTAMP, stamp.commitTimestamp());
        memory.set(LONG, offset + RecordView.PREVIOUS, previous);
        memory.set(LONG, offset + RecordView.CREATED_AT, createdAtMicros);
        memory.set(LONG, offset + RecordView.UPDATED_AT, stamp.wallMicros());
        memory.set(INT, offset + RecordView.READ_AT_SECONDS, 0);
        memory.set(INT, offset + RecordView.TTL_SECONDS, ttlSeconds);
        memory.set(INT, offset + RecordView.ROW_BYTES, rowBytes);
        memory.set(ValueLayout.JAVA_BYTE, offset + RecordView.SIZE_CLASS, (byte) sizeClass);
        memory.set(SHORT, offset + RecordView.KEY_BYTES, (short) key.length);
        MemorySegment.copy(key, 0, memory, ValueLayout.JAVA_BYTE, offset + RecordView.HEADER_BYTES, key.length);
    }

    /// Writer: a new record, not yet reachable, of a row that is cold.
    public long allocateCold(byte[] key, int rowBytes, ColdRef ref, Stamp stamp, long createdAtMicros, int ttlSeconds, byte flags) {
        int sizeClass = classOf(RecordView.rowStart(key.length) + ColdRef.BYTES);
        long offset = take(sizeClass);
        setHeader(segment, offset, sizeClass, key, rowBytes, stamp, 0, createdAtMicros, ttlSeconds);
        RecordView.setColdRef(segment, offset + RecordView.rowStart(key.length), ref);
        setFlags(offset, (byte) (flags | RecordView.COLD));
        return offset;
    }

    /// Writer: the same version of the same row, not yet reachable, whose row is in the cold tier now, or at another place of it.
    public long copyCold(long from, ColdRef ref) {
        int keyBytes = keyLength(from);
        long offset = copyVersion(from, classOf(RecordView.rowStart(keyBytes) + ColdRef.BYTES));
        RecordView.setColdRef(segment, offset + RecordView.rowStart(keyBytes), ref);
        setFlags(offset, (byte) (flags(from) | RecordView.COLD));
        return offset;
    }

    /// Writer: the same version of the same row, not yet reachable, with its row in memory.
    public long copyHot(long from, byte[] row) {
        int rowStart = RecordView.rowStart(keyLength(from));
        assert row.length == segment.get(INT, from + RecordView.ROW_BYTES) : "another row";
        long offset = copyVersion(from, classOf(rowStart + row.length));
        MemorySegment.copy(row, 0, segment, ValueLayout.JAVA_BYTE, offset + rowStart, row.length);
        setFlags(offset, (byte) (flags(from) & ~RecordView.COLD));
        return offset;
    }

    /// Header and key of a record in another one.
    private long copyVersion(long from, int sizeClass) {
        long offset = take(sizeClass);
        MemorySegment.copy(segment, from, segment, offset, RecordView.FLAGS);
        int key = RecordView.KEY_BYTES;
        MemorySegment.copy(segment, from + key, segment, offset + key, RecordView.HEADER_BYTES - key + keyLength(from));
        segment.set(ValueLayout.JAVA_BYTE, offset + RecordView.SIZE_CLASS, (byte) sizeClass);
        return offset;
    }

    private void setFlags(long offset, byte flags) {
        segment.set(ValueLayout.JAVA_BYTE, offset + RecordView.FLAGS, flags);
    }

    private byte flags(long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset + RecordView.FLAGS);
    }

    public boolean isCold(long offset) {
        return (flags(offset) & RecordView.COLD) != 0;
    }

    /// Where a cold record's row is.
    public ColdRef coldRef(long offset) {
        return RecordView.coldRef(segment, offset + RecordView.rowStart(keyLength(offset)));
    }

    /// Length of the record's row, wherever that is.
    public int rowLength(long offset) {
        return segment.get(INT, offset + RecordView.ROW_BYTES);
    }

    /// Bytes of memory that the record takes.
    public int sizeOf(long offset) {
        return CLASS_BYTES[segment.get(ValueLayout.JAVA_BYTE, offset + RecordView.SIZE_CLASS)];
    }

    /// Writer: gives a row's new version the time of the last read of the one before it. A reader may write that very moment; its second is
    /// then lost, which the time's coarseness allows.
    public void copyReadAt(long from, long to) {
        segment.set(INT, to + RecordView.READ_AT_SECONDS, segment.get(INT, from + RecordView.READ_AT_SECONDS));
    }

    private long take(int sizeClass) {
        int bytes = CLASS_BYTES[sizeClass];
        long offset = freeLists[sizeClass];
        if (offset != 0) {
            freeLists[sizeClass] = segment.get(LONG, offset);
            freeBytes -= bytes;
        } else {
            offset = top;
            region.commit(offset + bytes + SLACK_BYTES);
            top = offset + bytes;
        }
        region.spare(region.committedBytes() - top + freeBytes);
        return offset;
    }

    /// Writer: gives the record's space back.
    public void free(long offset) {
        int sizeClass = segment.get(ValueLayout.JAVA_BYTE, offset + RecordView.SIZE_CLASS);
        if (sizeClass < 0 || sizeClass >= CLASS_BYTES.length) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("record", offset).with("sizeClass", sizeClass);
        }
        segment.set(LONG, offset, freeLists[sizeClass]);
        freeLists[sizeClass] = offset;
        freeBytes += CLASS_BYTES[sizeClass];
        region.spare(region.committedBytes() - top + freeBytes);
    }

    /// Whether an offset read without protection could be a record at all. A reader that will validate later asks this before it
    /// follows an offset, so that a torn one never leads outside of the memory in use.
    public boolean isPlausible(long offset) {
        return offset >= FIRST_OFFSET && (offset & 7) == 0 && offset + SLACK_BYTES <= region.committedBytes();
    }

    /// Never more than the longest key, whatever a torn read shows.
    public int keyLength(long offset) {
        return Math.min(segment.get(SHORT, offset + RecordView.KEY_BYTES) & 0xFFFF, KEY_BYTES_MAX);
    }

    public byte[] key(long offset) {
        byte[] key = new byte[keyLength(offset)];
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset + RecordView.HEADER_BYTES, key, 0, key.length);
        return key;
    }

    /// First eight bytes of the record's key as an unsigned big-endian number, zeros where it is shorter. Unequal heads order as their
    /// keys do; equal ones say nothing.
    public long keyHead(long offset) {
        // A key's space is a multiple of eight, so the read stays inside the record; bytes behind the key are cut away.
        int length = keyLength(offset);
        if (length == 0) {
            return 0;
        }
        long head = segment.get(BIG_ENDIAN_LONG, offset + RecordView.HEADER_BYTES);
        return length >= 8 ? head : head & (-1L << (8 * (8 - length)));
    }

    /// The same of a key in an array.
    public static long keyHead(byte[] key) {
        if (key.length >= 8) {
            return (long) BYTES_AS_LONG.get(key, 0);
        }
        long head = 0;
        for (int i = 0; i < key.length; i++) {
            head |= (key[i] & 0xFFL) << (56 - 8 * i);
        }
        return head;
    }

    /// Any reader: has the processor fetch the first cache lines of a record's row while the header is still on its way. Where the row
    /// begins stands in the header, so a row that is only asked for there comes one far memory access after it.
    ///
    /// @param keyLength the record's own key's, as the caller knows it without the header
    public void fetchRow(long offset, int keyLength) {
        long row = offset + RecordView.rowStart(keyLength);
        // A row that is shorter has the slack, or another record, behind it. Java cannot ask for a line alone; so these are loads that
        // decide something, or the compiler would leave them out.
        if ((segment.get(LONG, row) ^ segment.get(LONG, row + CACHE_LINE_BYTES)) == UNLIKELY) {
            Thread.onSpinWait();
        }
    }

    /// Any reader: looks at the cache lines of a record's header and of its row's beginning, so that they are there when they are read. What it
    /// answers means nothing; [#want] takes it, or the compiler would leave the loads out.
    ///
    /// @param offset plausible ([#isPlausible])
    /// @param keyLength the record's own key's, as the caller knows it without the header
    public long glance(long offset, int keyLength) {
        long last = offset + SLACK_BYTES - Long.BYTES;
        long row = Math.min(offset + RecordView.rowStart(keyLength), last);
        return segment.get(LONG, offset) ^ segment.get(LONG, row) ^ segment.get(LONG, Math.min(row + CACHE_LINE_BYTES, last));
    }

    /// Takes what was glanced at.
    public static void want(long glanced) {
        if (glanced == UNLIKELY) {
            Thread.onSpinWait();
        }
    }

    /// Compares the record's key with another, unsigned byte by byte, the shorter first among equals.
    public int compareKey(long offset, byte[] key) {
        int length = keyLength(offset);
        int common = Math.min(length, key.length);
        long start = offset + RecordView.HEADER_BYTES;
        int i = 0;
        for (; i + 8 <= common; i += 8) {
            long mine = segment.get(BIG_ENDIAN_LONG, start + i);
            long other = (long) BYTES_AS_LONG.get(key, i);
            if (mine != other) {
                return Long.compareUnsigned(mine, other);
            }
        }
        for (; i < common; i++) {
            int mine = segment.get(ValueLayout.JAVA_BYTE, start + i) & 0xFF;
            int other = key[i] & 0xFF;
            if (mine != other) {
                return Integer.compare(mine, other);
            }
        }
        return Integer.compare(length, key.length);
    }

    @Override
    public void close() {
        region.close();
    }
}
