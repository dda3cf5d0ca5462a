package org.coconutdb.engine.version;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A view of one visible record: a flyweight that the caller makes once and reads point at. Valid while the snapshot that it was
/// read at is open.
/// ```
///  0          8          16          24          32           36           40          44      45      46      48
///  | commitTs | previous | createdAt | updatedAt | readAtSec  | ttlSeconds | rowBytes  | flags | class | keyBy | key … | row … |
/// ```
/// Little-endian, offsets in bytes, times in microseconds since 1970 unless said, `previous` is the offset of the next older
/// version in the same heap (0: none), `class` the heap's size class, `keyBytes` an unsigned 16-bit length. The row starts at the
/// next multiple of 8 behind the key.
///
/// Where the flags say that the row is cold, a [ColdRef] stands in its place, and `rowBytes` is still the row's own length. The row is
/// read from the cold tier when it is first asked for ([#rowSegment], [#rowOffset]), into memory of the view's own, and stays there until
/// the view shows another cold row.
public final class RecordView {
    public static final int COMMIT_TIMESTAMP = 0;
    public static final int PREVIOUS = 8;
    public static final int CREATED_AT = 16;
    public static final int UPDATED_AT = 24;
    public static final int READ_AT_SECONDS = 32;
    public static final int TTL_SECONDS = 36;
    public static final int ROW_BYTES = 40;
    public static final int FLAGS = 44;
    public static final int SIZE_CLASS = 45;
    public static final int KEY_BYTES = 46;
    public static final int HEADER_BYTES = 48;

    // A note makes its cache line one that must be written back: each second, random lookups in a sorted table of a million rows took
    // an eighth longer than without notes.
    private static final int READ_GRAIN_SECONDS = 10;

    /// Flag: the key was deleted by this version.
    public static final byte TOMBSTONE = 1;
    /// Flag: `ttlSeconds` is not 0. A reader looks at the flags anyway, and at times only where this one is set.
    public static final byte HAS_TTL = 2;
    /// Flag: the row is in the cold tier.
    public static final byte COLD = 4;
    /// Flag of a tombstone: it removed a row whose time to live was over, which changed nothing for anybody. Its `createdAt` is the commit
    /// timestamp of that row.
    public static final byte EXPIRED = 16;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private MemorySegment segment = MemorySegment.NULL;
    private long offset;
    private @Nullable ColdRows coldRows;
    // Made with the first cold row.
    private @Nullable ColdFrame coldFrame;

    /// Points the view at a record.
    ///
    /// @param coldRows where its row is if it is cold; null where there is no cold tier
    public void at(MemorySegment segment, long offset, @Nullable ColdRows coldRows) {
        this.segment = segment;
        this.offset = offset;
        this.coldRows = coldRows;
    }

    /// Points the view at what another shows.
    public void at(RecordView other) {
        at(other.segment, other.offset, other.coldRows);
    }

    /// The memory that holds the record's header and key; read with absolute offsets, such as [#keyOffset].
    public MemorySegment segment() {
        return segment;
    }

    /// The memory that holds the row, at [#rowOffset]. Reads a cold row: DATA_CORRUPTED or IO_FAILED where it cannot be read.
    public MemorySegment rowSegment() {
        return isCold() ? thaw(coldRef()).memory() : segment;
    }

    public long offset() {
        return offset;
    }

    public long commitTimestamp() {
        return segment.get(LONG, offset + COMMIT_TIMESTAMP);
    }

    public long previous() {
        return segment.get(LONG, offset + PREVIOUS);
    }

    public long createdAtMicros() {
        return segment.get(LONG, offset + CREATED_AT);
    }

    public long updatedAtMicros() {
        return segment.get(LONG, offset + UPDATED_AT);
    }

    /// When a lookup last found the row, in seconds since 1970 and up to ten seconds early; 0 where none did since it came into memory. Kept
    /// here alone: it is not in the log, so it does not outlive the process and may differ between replicas.
    public long readAtSeconds() {
        return Integer.toUnsignedLong(segment.get(INT, offset + READ_AT_SECONDS));
    }

    /// Any reader: notes that the row was read, where it was not noted in the last seconds.
    public void markRead(int seconds) {
        if (seconds - segment.get(INT, offset + READ_AT_SECONDS) >= READ_GRAIN_SECONDS) {
            segment.set(INT, offset + READ_AT_SECONDS, seconds);
        }
    }

    /// Time to live from [#updatedAtMicros] on; 0 for ever.
    public int ttlSeconds() {
        return segment.get(INT, offset + TTL_SECONDS);
    }

    /// [#TOMBSTONE], [#HAS_TTL], [#COLD] and [#EXPIRED].
    public byte flags() {
        return segment.get(ValueLayout.JAVA_BYTE, offset + FLAGS);
    }

    public boolean hasTtl() {
        return (segment.get(ValueLayout.JAVA_BYTE, offset + FLAGS) & HAS_TTL) != 0;
    }

    /// When the time to live is over; only where [#hasTtl].
    public long expiresAtMicros() {
        return updatedAtMicros() + ttlSeconds() * 1_000_000L;
    }

    public boolean isTombstone() {
        return (segment.get(ValueLayout.JAVA_BYTE, offset + FLAGS) & TOMBSTONE) != 0;
    }

    public int keyLength() {
        return segment.get(SHORT, offset + KEY_BYTES) & 0xFFFF;
    }

    public long keyOffset() {
        return offset + HEADER_BYTES;
    }

    public int rowLength() {
        return segment.get(INT, offset + ROW_BYTES);
    }

    /// Where the row begins in [#rowSegment].
    public long rowOffset() {
        return isCold() ? segment.get(INT, refOffset() + 12) : offset + rowStart(keyLength());
    }

    public boolean isCold() {
        return (segment.get(ValueLayout.JAVA_BYTE, offset + FLAGS) & COLD) != 0;
    }

    private long refOffset() {
        return offset + rowStart(keyLength());
    }

    /// Where the row is; only where it [#isCold].
    public ColdRef coldRef() {
        return coldRef(segment, refOffset());
    }

    static ColdRef coldRef(MemorySegment memory, long at) {
        return new ColdRef(memory.get(INT, at), memory.get(INT, at + 4), memory.get(INT, at + 8), memory.get(INT, at + 12));
    }

    static void setColdRef(MemorySegment memory, long at, ColdRef ref) {
        memory.set(INT, at, ref.file());
        memory.set(INT, at + 4, ref.frame());
        memory.set(INT, at + 8, ref.frameBytes());
        memory.set(INT, at + 12, ref.rowAt());
    }

    private ColdFrame thaw(ColdRef ref) {
        ColdRows rows = Objects.requireNonNull(coldRows, "a cold row without a cold tier");
        ColdFrame frame = coldFrame;
        if (frame == null) {
            frame = new ColdFrame();
            coldFrame = frame;
        }
        if (!frame.isOf(rows, ref)) {
            rows.load(ref, frame);
        }
        int keyBytes = keyLength();
        int keyAt = ref.rowAt() - keyBytes;
        // The frame is whole; whether it is the one that the record means is for the key to say.
        boolean isOwn = keyAt >= 0 && ref.rowAt() + (long) rowLength() <= frame.bytes()
                && MemorySegment.mismatch(frame.memory(), keyAt, ref.rowAt(), segment, keyOffset(), keyOffset() + keyBytes) < 0;
        if (!isOwn) {
            throw rows.damaged(ref).with("rowAt", ref.rowAt());
        }
        return frame;
    }

    /// Distance from a record's start to its row.
    public static int rowStart(int keyLength) {
        return HEADER_BYTES + ((keyLength + 7) & ~7);
    }

    /// Compares the key with another, unsigned byte by byte, the shorter first among equals.
    public int compareKey(byte[] other) {
        int length = keyLength();
        int common = Math.min(length, other.length);
        for (int i = 0; i < common; i++) {
            int difference = Byte.compareUnsigned(segment.get(ValueLayout.JAVA_BYTE, offset + HEADER_BYTES + i), other[i]);
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(length, other.length);
    }

    public byte[] keyBytes() {
        return copy(segment, keyOffset(), keyLength());
    }

    public byte[] rowBytes() {
        return copy(rowSegment(), rowOffset(), rowLength());
    }

    private static byte[] copy(MemorySegment memory, long from, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, from, bytes, 0, length);
        return bytes;
    }
}
