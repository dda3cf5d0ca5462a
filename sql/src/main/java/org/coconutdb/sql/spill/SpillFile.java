package org.coconutdb.sql.spill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.BitSet;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file of a statement: blocks of one size, which runs are given and give back. Any thread, but one for each block.
final class SpillFile {
    private static final Logger LOG = LoggerFactory.getLogger(SpillFile.class);

    private final QueryMemory budget;
    private final int blockBytes;
    // These guarded by this; blocks are written and read side by side.
    private @Nullable DiskFile file;
    private final BitSet inUse = new BitSet();
    // Blocks that the file has: some of them may be free.
    private int blocks;
    private boolean closed;

    SpillFile(QueryMemory budget, int blockBytes) {
        this.budget = budget;
        this.blockBytes = blockBytes;
    }

    int blockBytes() {
        return blockBytes;
    }

    /// Writes a block of the first bytes; answers its number. SPILL_LIMIT_REACHED, DISK_FULL, IO_FAILED.
    int write(byte[] bytes, int length) {
        int block = allocate();
        try {
            open().write(ByteBuffer.wrap(bytes, 0, length), (long) block * blockBytes);
        } catch (IOException failure) {
            throw failed(failure);
        }
        return block;
    }

    private synchronized int allocate() {
        int block = inUse.nextClearBit(0);
        if (block == blocks) {
            budget.reserveFile(blockBytes);
            blocks++;
        }
        inUse.set(block);
        return block;
    }

    private synchronized boolean isInUse(int block) {
        return inUse.get(block);
    }

    /// Reads the block's first bytes.
    void read(int block, byte[] into, int length) {
        assert isInUse(block) : "a block that is free is read";
        try {
            int count = open().read(ByteBuffer.wrap(into, 0, length), (long) block * blockBytes);
            if (count < length) {
                throw new IOException("the file ends after " + count + " of " + length + " bytes");
            }
        } catch (IOException failure) {
            throw failed(failure);
        }
    }

    synchronized void free(int block) {
        inUse.clear(block);
    }

    private synchronized DiskFile open() throws IOException {
        if (closed) {
            throw CoconutException.of(ErrorCode.OBJECT_CLOSED).with("object", "statement").mend("Execute it again.");
        }
        DiskFile opened = file;
        if (opened == null) {
            opened = budget.folder().open();
            file = opened;
        }
        return opened;
    }

    private static CoconutException failed(IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            return CoconutException.of(ErrorCode.STATEMENT_CANCELLED, failure).mend("The thread was interrupted.");
        }
        return CoconutException.of(Disk.isFull(failure) ? ErrorCode.DISK_FULL : ErrorCode.IO_FAILED, failure)
                .with("what", "a statement's file")
                .with("cause", failure)
                .mend("Nothing was changed. Give the disk room (query.spill.max bounds what statements take), or raise query.memory.");
    }

    /// Gives its room back. Closing it twice is harmless.
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        budget.releaseFile((long) blocks * blockBytes);
        DiskFile opened = file;
        file = null;
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException failure) {
                // Nobody needs its bytes, and its room is free when the process ends at the latest.
                LOG.atWarn().setCause(failure).log("a statement's file cannot be closed");
            }
        }
    }
}
