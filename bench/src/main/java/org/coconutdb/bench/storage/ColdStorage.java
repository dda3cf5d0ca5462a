package org.coconutdb.bench.storage;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.TierUse;
import org.coconutdb.engine.memory.MemoryUse;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;

/// A table of ten times its memory budget beside the same table without one, in databases of directories: loading, full scans, lookups
/// all over it, and lookups of a hundredth of it, which comes back into memory. Arguments: rows, directory, which must not exist or be
/// empty.
public final class ColdStorage {
    private static final int BATCH = 500;
    private static final int ROW_BYTES = 500;
    private static final int LOOKUPS = 50_000;
    private static final String WORDS =
            "the quick brown fox jumps over a lazy dog while seven wizards pack my box with five dozen liquor jugs ";

    private ColdStorage() {}

    /// Prints the figures.
    public static void main(String[] arguments) throws IOException {
        int rows = Integer.parseInt(arguments[0]);
        Path directory = Path.of(arguments[1]);
        for (TableKind kind : TableKind.values()) {
            double[] hot = run(directory.resolve("hot-" + kind), kind, rows, StorageOptions.DEFAULT);
            double[] cold = run(directory.resolve("cold-" + kind), kind, rows,
                    new StorageOptions(Math.max(StorageOptions.HOT_BYTES_MIN, (long) rows * ROW_BYTES / 10), 0));
            String[] names = {"load, µs a row", "full scan, µs a row", "lookup anywhere, µs", "lookup in a hundredth, µs"};
            for (int i = 0; i < names.length; i++) {
                System.out.printf("%-7s %-26s hot %7.2f  cold %7.2f  %.1f ×%n", kind, names[i], hot[i], cold[i], cold[i] / hot[i]);
            }
        }
    }

    private static double[] run(Path directory, TableKind kind, int rows, StorageOptions options) throws IOException {
        Files.createDirectories(directory.getParent());
        try (CoconutEngine engine = CoconutEngine.open(EngineConfig.inDirectory(directory))) {
            TableDescriptor table = engine.createTable("T", kind, new byte[0], options);
            double[] micros = {
                    load(engine, table, rows), scan(engine, table, rows), lookUp(engine, table, rows, 1), lookUp(engine, table, rows, 100)
            };
            TierUse sum = engine.tierUse().stream().filter(use -> use.table() == table.id()).reduce((a, b) -> new TierUse(0, a.table(),
                    a.hotRows() + b.hotRows(), a.hotBytes() + b.hotBytes(), a.coldRows() + b.coldRows(), a.coldBytes() + b.coldBytes(),
                    a.promotions() + b.promotions(), a.demotions() + b.demotions())).orElseThrow();
            long memory = engine.memoryUse().stream().mapToLong(MemoryUse::residentBytes).sum();
            System.out.printf("%-7s %d rows of %d bytes: %d hot, %.1f MB; %d cold, %.1f MB on disk; %.1f MB of memory in all; "
                    + "%d went cold, %d came back%n", kind, rows, ROW_BYTES, sum.hotRows(), sum.hotBytes() / 1e6, sum.coldRows(),
                    sum.coldBytes() / 1e6, memory / 1e6, sum.demotions(), sum.promotions());
            return micros;
        }
    }

    /// Text of some words and digits, which compresses about as names and addresses do.
    private static byte[] row(int number) {
        ByteBuffer row = ByteBuffer.allocate(ROW_BYTES).putInt(number);
        SplittableRandom random = new SplittableRandom(number);
        while (row.hasRemaining()) {
            int from = random.nextInt(WORDS.length());
            int to = Math.min(WORDS.length(), from + 4 + random.nextInt(8));
            for (int i = from; i < to && row.hasRemaining(); i++) {
                row.put((byte) WORDS.charAt(i));
            }
            if (row.hasRemaining()) {
                row.put((byte) ('0' + random.nextInt(10)));
            }
        }
        return row.array();
    }

    private static double load(CoconutEngine engine, TableDescriptor table, int rows) {
        long begun = System.nanoTime();
        for (int from = 0; from < rows; from += BATCH) {
            try (Transaction transaction = engine.begin()) {
                for (int i = from; i < Math.min(rows, from + BATCH); i++) {
                    transaction.put(table, Rows.key(i, true), row(i));
                }
                transaction.commit();
            }
        }
        return micros(begun, rows);
    }

    private static double scan(CoconutEngine engine, TableDescriptor table, int rows) {
        long begun = System.nanoTime();
        long sum = 0;
        int found = 0;
        RecordView view = new RecordView();
        try (Transaction reader = engine.begin()) {
            for (Scan scan = reader.scan(table, KeyRange.ALL, false); scan.next(view); found++) {
                sum += view.rowSegment().get(ValueLayout.JAVA_BYTE, view.rowOffset() + ROW_BYTES - 1);
            }
        }
        if (found != rows || sum == 0) {
            throw new IllegalStateException("found " + found);
        }
        return micros(begun, rows);
    }

    /// Lookups, of every row or of the first hundredth only.
    private static double lookUp(CoconutEngine engine, TableDescriptor table, int rows, int share) {
        SplittableRandom random = new SplittableRandom(share);
        RecordView view = new RecordView();
        long begun = System.nanoTime();
        for (int i = 0; i < LOOKUPS; i++) {
            try (Transaction reader = engine.begin()) {
                int number = random.nextInt(rows / share);
                if (!reader.get(table, Rows.key(number, true), view)
                        || view.rowSegment().get(ValueLayout.JAVA_INT_UNALIGNED, view.rowOffset()) != Integer.reverseBytes(number)) {
                    throw new IllegalStateException("row " + number);
                }
            }
        }
        return micros(begun, LOOKUPS);
    }

    private static double micros(long begun, int count) {
        return (System.nanoTime() - begun) / 1e3 / count;
    }
}
