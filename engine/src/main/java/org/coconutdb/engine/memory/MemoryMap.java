package org.coconutdb.engine.memory;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What the kernel says of this process's mappings at one moment: which spans are locked, which pages are resident.
final class MemoryMap {
    static final long PAGE_BYTES = 4096;
    // mincore answers a byte for each page; 256 MiB of memory a call.
    private static final int PAGES_A_CALL = 1 << 16;

    // Start of each mapping flagged `lo` → its end.
    private final NavigableMap<Long, Long> locked;

    private MemoryMap(NavigableMap<Long, Long> locked) {
        this.locked = locked;
    }

    static MemoryMap read() {
        NavigableMap<Long, Long> locked = new TreeMap<>();
        try {
            long start = 0;
            long end = 0;
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
                int dash = line.indexOf('-');
                int space = line.indexOf(' ');
                if (dash > 0 && dash < space && line.indexOf(':') > space) {
                    start = Long.parseUnsignedLong(line.substring(0, dash), 16);
                    end = Long.parseUnsignedLong(line.substring(dash + 1, space), 16);
                } else if (line.startsWith("VmFlags:") && (line + " ").contains(" lo ")) {
                    locked.put(start, end);
                }
            }
        } catch (IOException failure) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                    .with("file", "/proc/self/smaps")
                    .mend("Memory figures need /proc to be mounted.");
        }
        return new MemoryMap(locked);
    }

    MemoryUse measure(MemoryOwner owner, String purpose, long address, long bytes) {
        long resident = residentBytes(address, bytes);
        long lockedResident = 0;
        Long first = locked.floorKey(address);
        for (Map.Entry<Long, Long> span : locked.tailMap(first == null ? address : first, true).entrySet()) {
            if (span.getKey() >= address + bytes) {
                break;
            }
            long from = Math.max(address, span.getKey());
            long to = Math.min(address + bytes, span.getValue());
            if (from < to) {
                lockedResident += residentBytes(from, to - from);
            }
        }
        return new MemoryUse(owner, purpose, address, bytes, resident, lockedResident);
    }

    private static long residentBytes(long address, long bytes) {
        byte[] pages = new byte[PAGES_A_CALL];
        long resident = 0;
        for (long done = 0; done < bytes; done += PAGES_A_CALL * PAGE_BYTES) {
            long span = Math.min(bytes - done, PAGES_A_CALL * PAGE_BYTES);
            try {
                SystemCalls.mincore(address + done, span, pages);
            } catch (LastErrorException _) {
                // Unmapped between the list and this call: a table was dropped. Nothing of it is resident.
                return resident;
            }
            for (int i = 0; i < (span + PAGE_BYTES - 1) / PAGE_BYTES; i++) {
                resident += (pages[i] & 1) * PAGE_BYTES;
            }
        }
        return resident;
    }
}
