package org.coconutdb.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/// One open file, and the seam at which tests make a disk fail.
public interface DiskFile extends AutoCloseable {
    /// Writes all remaining bytes at the position.
    void write(ByteBuffer bytes, long position) throws IOException;

    /// Reads until the buffer is full or the file ends; answers how many bytes.
    int read(ByteBuffer into, long position) throws IOException;

    /// Makes what was written durable: data, and metadata where the file grew.
    void force(boolean metadata) throws IOException;

    long size() throws IOException;

    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
