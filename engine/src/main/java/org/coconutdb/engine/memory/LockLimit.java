package org.coconutdb.engine.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much memory this process may lock: `RLIMIT_MEMLOCK`, unless it has the capability `CAP_IPC_LOCK`.
final class LockLimit {
    static final long UNLIMITED = Long.MAX_VALUE;
    private static final int CAP_IPC_LOCK = 14;

    private LockLimit() {}

    /// Bytes, or [#UNLIMITED]. Read anew at each call: an operator may raise it while the process runs (`prlimit`).
    static long bytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("CapEff:")) {
                    long capabilities = Long.parseUnsignedLong(line.substring("CapEff:".length()).trim(), 16);
                    if ((capabilities >>> CAP_IPC_LOCK & 1) != 0) {
                        return UNLIMITED;
                    }
                }
            }
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith("Max locked memory")) {
                    String soft = line.substring("Max locked memory".length()).trim().split(" +")[0];
                    return soft.equals("unlimited") ? UNLIMITED : Long.parseLong(soft);
                }
            }
        } catch (IOException _) {
            // Without /proc the limit is not known; mlock2 itself then says whether it may.
            return UNLIMITED;
        }
        return UNLIMITED;
    }
}
