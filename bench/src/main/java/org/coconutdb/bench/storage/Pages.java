package org.coconutdb.bench.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Calls of the C library on pages, for what the engine itself never asks. Linux; constants are alike on x86_64 and aarch64.
final class Pages {
    static final int PAGE_BYTES = 4096;
    static final int NORMAL = 0;
    static final int RANDOM = 1;
    static final int SEQUENTIAL = 2;
    private static final int NO_HUGE_PAGES = 15;
    private static final int PAGE_OUT = 21;
    private static final int PR_SET_THP_DISABLE = 41;

    private static final MethodHandle MADVISE = threeArguments("madvise");
    private static final MethodHandle MLOCK = twoArguments("mlock");
    private static final MethodHandle PRCTL =
            call("prctl", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG), Linker.Option.firstVariadicArg(1));

    private Pages() {}

    private static MethodHandle twoArguments(String name) {
        return call(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    }

    private static MethodHandle threeArguments(String name) {
        return call(name,
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }

    private static MethodHandle call(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /// What `madvise` answered: 0, or -1 where the kernel refused.
    static int advise(MemorySegment memory, int advice) {
        try {
            return (int) MADVISE.invokeExact(memory.address(), memory.byteSize(), advice);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    static void lock(MemorySegment memory) {
        try {
            require("mlock", (int) MLOCK.invokeExact(memory.address(), memory.byteSize()));
        } catch (Throwable failure) {
            throw new IllegalStateException("memory is not locked: raise 'ulimit -l'", failure);
        }
    }

    /// Gives the memory's pages back; those of a file are read again when they are touched. False where the kernel refuses, as it
    /// does for locked memory.
    static boolean pageOut(MemorySegment memory) {
        return advise(memory, PAGE_OUT) == 0;
    }

    /// From now on, memory that this process touches for the first time is or is not backed with huge pages where that was asked for.
    static void hugePages(boolean on) {
        try {
            require("prctl", (int) PRCTL.invokeExact(PR_SET_THP_DISABLE, on ? 0L : 1L, 0L, 0L, 0L));
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// Withdraws the wish for huge pages from all mappings that have it now, so that the kernel does not make any of them later.
    static void keepSmall() {
        for (Mapping mapping : mappings()) {
            if (mapping.hugeWanted) {
                advise(MemorySegment.ofAddress(mapping.start).reinterpret(mapping.end - mapping.start), NO_HUGE_PAGES);
            }
        }
    }

    /// Bytes in huge pages, and bytes in all, of the mappings for which huge pages are wanted.
    static long[] hugeBytes() {
        long huge = 0;
        long resident = 0;
        for (Mapping mapping : mappings()) {
            if (mapping.hugeWanted) {
                huge += mapping.hugeBytes;
                resident += mapping.residentBytes;
            }
        }
        return new long[] {huge, resident};
    }

    private static void require(String call, int answer) {
        if (answer != 0) {
            throw new IllegalStateException(call + " was refused");
        }
    }

    private record Mapping(long start, long end, long residentBytes, long hugeBytes, boolean hugeWanted) {}

    private static List<Mapping> mappings() {
        List<Mapping> mappings = new ArrayList<>();
        try {
            long start = 0;
            long end = 0;
            long resident = 0;
            long huge = 0;
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
                int dash = line.indexOf('-');
                int space = line.indexOf(' ');
                if (dash > 0 && dash < space && line.indexOf(':') > space) {
                    start = Long.parseUnsignedLong(line.substring(0, dash), 16);
                    end = Long.parseUnsignedLong(line.substring(dash + 1, space), 16);
                } else if (line.startsWith("Rss:")) {
                    resident = kilobytes(line);
                } else if (line.startsWith("AnonHugePages:")) {
                    huge = kilobytes(line);
                } else if (line.startsWith("VmFlags:")) {
                    mappings.add(new Mapping(start, end, resident, huge, (line + " ").contains(" hg ")));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return mappings;
    }

    private static long kilobytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
}
