package org.coconutdb.engine.replication;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/// What belongs to a snapshot, in a file beside the state's. Written last: a snapshot without is none.
/// ```
/// | version (1) | index (8) | term (8) | changes (4) | each: index (8), replica (1), admits (1) | files (4) | each: path (UTF), bytes (8), MD5 (16) | CRC-32C (4) |
/// ```
record SnapshotManifest(SnapshotMark mark, List<StateFile> files) {
    static final String NAME = "manifest";
    private static final byte VERSION = 1;
    private static final int DIGEST_BYTES = 16;
    private static final int CHECKSUM_BYTES = 4;

    /// A file of the state.
    ///
    /// @param path below the snapshot's directory
    record StateFile(String path, long bytes, byte[] digest) {}

    SnapshotManifest {
        files = List.copyOf(files);
    }

    byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(VERSION);
        out.writeLong(mark.index());
        out.writeLong(mark.term());
        out.writeInt(mark.changes().size());
        for (InSyncLog.Change change : mark.changes()) {
            out.writeLong(change.index());
            out.writeByte(change.replica());
            out.writeBoolean(change.admits());
        }
        out.writeInt(files.size());
        for (StateFile file : files) {
            out.writeUTF(file.path());
            out.writeLong(file.bytes());
            out.write(file.digest());
        }
        out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return (int) sum.getValue();
    }

    /// @throws IOException also where it is damaged
    static SnapshotManifest read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = bytes.length - CHECKSUM_BYTES;
        if (length <= 0 || ByteBuffer.wrap(bytes, length, CHECKSUM_BYTES).getInt() != checksum(bytes, length)) {
            throw new IOException("damaged: " + file);
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("written by a newer version of CoconutDB: " + file);
        }
        long index = in.readLong();
        long term = in.readLong();
        List<InSyncLog.Change> changes = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            changes.add(new InSyncLog.Change(in.readLong(), in.readByte(), in.readBoolean()));
        }
        List<StateFile> files = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            files.add(new StateFile(in.readUTF(), in.readLong(), in.readNBytes(DIGEST_BYTES)));
        }
        return new SnapshotManifest(new SnapshotMark(index, term, changes), files);
    }

    /// Sees that each file below a directory is as it was written.
    void verify(Path directory) throws IOException {
        for (StateFile file : files) {
            Path path = directory.resolve(file.path());
            if (Files.size(path) != file.bytes() || !Arrays.equals(FileDigest.of(path), file.digest())) {
                throw new IOException("damaged: " + path);
            }
        }
    }
}
