package org.coconutdb.engine.tier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.version.ColdRef;

/// Gathers rows of one table and writes them as a frame. [ColdFile] draws it. One thread.
final class FrameBuilder {
    // Read and decompressed for a single row: large enough to compress well, small enough to read in some tens of microseconds.
    private static final int FRAME_RAW_BYTES = 16 << 10;

    /// A row on its way.
    ///
    /// @param record the record that held or referred to it when it was gathered
    record Row(byte[] key, long record, int rowAt, int rowBytes) {}

    /// A frame that is written, and its rows.
    record Frame(ColdRef ref, int rawBytes, List<Row> rows) {
        ColdRef of(Row row) {
            return new ColdRef(ref.file(), ref.frame(), ref.frameBytes(), row.rowAt());
        }
    }

    private final ColdStore store;
    private final int table;
    private ByteBuffer raw = buffer(2 * FRAME_RAW_BYTES);
    private ByteBuffer frame = buffer(0);
    private List<Row> rows = new ArrayList<>();

    FrameBuilder(ColdStore store, int table) {
        this.store = store;
        this.table = table;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void add(byte[] key, byte[] row, long record) {
        int needed = ColdStore.rawBytes(key.length, row.length);
        if (raw.remaining() < needed) {
            ByteBuffer larger = buffer(Math.max(2 * raw.capacity(), raw.position() + needed));
            raw = larger.put(raw.flip());
        }
        raw.putShort((short) key.length).putInt(row.length).put(key);
        rows.add(new Row(key, record, raw.position(), row.length));
        raw.put(row);
    }

    boolean isFull() {
        return raw.position() >= FRAME_RAW_BYTES;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /// Writes what was gathered, and begins again.
    Frame write() throws IOException {
        int rawBytes = raw.position();
        int room = ColdFile.FRAME_HEADER_BYTES + Zstandard.bound(rawBytes);
        if (frame.capacity() < room) {
            frame = buffer(room);
        }
        int compressed = Zstandard.compress(raw, rawBytes, frame.clear(), ColdFile.FRAME_HEADER_BYTES);
        frame.limit(ColdFile.FRAME_HEADER_BYTES + compressed);
        List<Row> written = rows;
        rows = new ArrayList<>();
        raw.clear();
        return new Frame(store.append(frame, rawBytes, table), rawBytes, written);
    }
}
