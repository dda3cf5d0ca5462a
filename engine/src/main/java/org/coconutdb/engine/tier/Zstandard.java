package org.coconutdb.engine.tier;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Compression of frames (RFC 8878, by zstd-jni). Any thread.
final class Zstandard {
    // 2.6 times smaller at 23 µs a frame of 16 KiB to read; higher levels gain little on frames of that size.
    private static final int LEVEL = 3;

    private Zstandard() {}

    /// Most that so many bytes may become.
    static int bound(int bytes) {
        return Math.toIntExact(load(() -> Zstd.compressBound(bytes)));
    }

    /// Compresses the first `bytes` of one direct buffer into another, from a position on; answers the compressed length.
    static int compress(ByteBuffer from, int bytes, ByteBuffer into, int at) {
        return Math.toIntExact(load(() -> check(
                Zstd.compressDirectByteBuffer(into, at, into.capacity() - at, from, 0, bytes, LEVEL))));
    }

    /// Decompresses a part of a direct buffer into memory that has room for `rawBytes`; false where it is not that many, or damaged.
    static boolean decompress(ByteBuffer from, int at, int bytes, MemorySegment into, int rawBytes) {
        ByteBuffer room = into.asSlice(0, rawBytes).asByteBuffer();
        return load(() -> Zstd.decompressDirectByteBuffer(room, 0, rawBytes, from, at, bytes)) == rawBytes;
    }

    private static long check(long result) {
        if (Zstd.isError(result)) {
            throw new ZstdException(result);
        }
        return result;
    }

    private interface Call {
        long run();
    }

    /// The library unpacks its native part when it is first used.
    private static long load(Call call) {
        try {
            return call.run();
        } catch (LinkageError failure) {
            throw CoconutException.of(ErrorCode.MISSING_JVM_FLAGS, failure)
                    .with("library", "zstd-jni")
                    .mend("Leave a folder for java.io.tmpdir that is writable and not mounted noexec; cold rows cannot be read or written "
                            + "without it.");
        }
    }
}
