package org.coconutdb.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file that does what another does, for tests that make some of it fail.
public class ForwardingDiskFile implements DiskFile {
    protected final DiskFile real;

    public ForwardingDiskFile(DiskFile real) {
        this.real = real;
    }

    /// Writes half of the bytes: what a write that fails may leave.
    protected final void writeHalf(ByteBuffer bytes, long position) throws IOException {
        real.write(bytes.duplicate().limit(bytes.position() + bytes.remaining() / 2), position);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        real.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return real.read(into, position);
    }

    @Override
    public void force(boolean metadata) throws IOException {
        real.force(metadata);
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        real.truncate(size);
    }

    @Override
    public void close() throws IOException {
        real.close();
    }
}
