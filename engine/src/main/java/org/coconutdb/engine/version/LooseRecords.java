package org.coconutdb.engine.version;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Records outside of any table, for views of rows that are not committed. Their memory comes back when neither this nor a view of them
/// is left. One thread writes.
public final class LooseRecords {
    private static final int CHUNK_BYTES = 1 << 16;

    private MemorySegment chunk = MemorySegment.NULL;
    private long top;

    /// Where a record is, for [RecordView#at].
    public record Place(MemorySegment segment, long offset) {}

    /// A record of a row, laid out as [RecordView] says.
    public Place add(byte[] key, byte[] row, Stamp stamp, long createdAtMicros, int ttlSeconds) {
        int rowStart = RecordView.rowStart(key.length);
        long bytes = (rowStart + (long) row.length + 7) & ~7;
        if (top + bytes > chunk.byteSize()) {
            // Native as tables' memory is: readers know one kind, which is faster.
            chunk = Arena.ofAuto().allocate(Math.max(CHUNK_BYTES, bytes), Long.BYTES);
            top = 0;
        }
        long offset = top;
        top += bytes;
        RecordHeap.setHeader(chunk, offset, 0, key, row.length, stamp, 0, createdAtMicros, ttlSeconds);
        MemorySegment.copy(row, 0, chunk, ValueLayout.JAVA_BYTE, offset + rowStart, row.length);
        chunk.set(ValueLayout.JAVA_BYTE, offset + RecordView.FLAGS, ttlSeconds == 0 ? 0 : RecordView.HAS_TTL);
        return new Place(chunk, offset);
    }
}
