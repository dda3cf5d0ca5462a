package org.coconutdb.engine.memory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// The C library's memory calls, by JNA's direct mapping. Failures are `LastErrorException` with the errno.
///
/// Constants are Linux's, alike on x86_64 and aarch64 (`<bits/mman-linux.h>`, `<asm-generic/mman-common.h>`).
final class SystemCalls {
    static final int PROT_NONE = 0;
    static final int PROT_READ_WRITE = 3;
    static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
    static final int MLOCK_ONFAULT = 1;
    static final int ENOMEM = 12;

    private SystemCalls() {}

    /// Binds the calls; says what is missing where they cannot be had.
    static void load() {
        if (!Platform.isLinux() || !Platform.is64Bit()) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("operatingSystem", System.getProperty("os.name"))
                    .with("architecture", System.getProperty("os.arch"))
                    .mend("CoconutDB runs on 64-bit Linux.");
        }
        try {
            Holder.load();
        } catch (LinkageError failure) {
            throw CoconutException.of(ErrorCode.MISSING_JVM_FLAGS, failure)
                    .with("library", "JNA")
                    .mend("Start the JVM with java @jvm.flags, the file in CoconutDB's root, and leave a writable folder for java.io.tmpdir.");
        }
    }

    static native long mmap(long address, long bytes, int protection, int flags, int file, long offset) throws LastErrorException;

    static native int mprotect(long address, long bytes, int protection) throws LastErrorException;

    static native int munmap(long address, long bytes) throws LastErrorException;

    static native int mlock2(long address, long bytes, int flags) throws LastErrorException;

    static native int madvise(long address, long bytes, int advice) throws LastErrorException;

    static native int mincore(long address, long bytes, byte[] pages) throws LastErrorException;

    private static final class Holder {
        static {
            Native.register(SystemCalls.class, Platform.C_LIBRARY_NAME);
        }

        static void load() {
            // The initializer above has done it, once.
        }
    }
}
