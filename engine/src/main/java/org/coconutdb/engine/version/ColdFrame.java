package org.coconutdb.engine.version;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// The frame of cold rows that a [RecordView] read last, decompressed. Rows that went cold together lie together, so the next cold
/// row of a scan is mostly in it, too.
///
/// Its memory belongs to the view and is freed with it by the garbage collector: it is a reader's own copy of some rows, of 16 KiB or
/// one large row, and no part of a block's memory. One thread.
public final class ColdFrame {
    private static final int FIRST_BYTES = 32 << 10;

    private MemorySegment memory = MemorySegment.NULL;
    // Its own too: a new one for each frame would cost more than to decompress it.
    private ByteBuffer compressed = ByteBuffer.allocate(0);
    private @Nullable ColdRows source;
    private int file;
    private int frame;
    private int bytes;

    boolean isOf(ColdRows rows, ColdRef ref) {
        return rows.equals(source) && ref.file() == file && ref.frame() == frame;
    }

    /// Room for a frame of so many bytes, to be filled before [#filled] is called.
    public MemorySegment room(int rawBytes) {
        source = null;
        if (memory.byteSize() < rawBytes) {
            memory = Arena.ofAuto().allocate(Math.max(FIRST_BYTES, (long) Integer.highestOneBit(rawBytes) << 1));
        }
        return memory;
    }

    /// Room for a frame as it is on disk.
    public ByteBuffer compressed(int frameBytes) {
        if (compressed.capacity() < frameBytes) {
            compressed = ByteBuffer.allocateDirect(Math.max(FIRST_BYTES / 2, frameBytes)).order(ByteOrder.LITTLE_ENDIAN);
        }
        return compressed.clear();
    }

    /// The memory holds this frame now.
    public void filled(ColdRows rows, ColdRef ref, int rawBytes) {
        source = rows;
        file = ref.file();
        frame = ref.frame();
        bytes = rawBytes;
    }

    MemorySegment memory() {
        return memory;
    }

    int bytes() {
        return bytes;
    }
}
