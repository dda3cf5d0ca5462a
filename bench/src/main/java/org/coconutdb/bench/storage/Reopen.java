package org.coconutdb.bench.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.transaction.Transaction;

/// Opening a database of a directory again, after an orderly close: the seconds it takes, and the bytes it reads a second beside those
/// that plain reads of the same files reach. Arguments: rows in each kind of table, directory, which must not exist or be empty.
public final class Reopen {
    private static final int BATCH = 1000;

    private Reopen() {}

    /// Prints the figures.
    public static void main(String[] arguments) throws IOException {
        long rows = Long.parseLong(arguments[0]);
        Path directory = Path.of(arguments[1]);
        long start = System.nanoTime();
        try (CoconutEngine engine = CoconutEngine.open(EngineConfig.inDirectory(directory))) {
            for (TableKind kind : TableKind.values()) {
                fill(engine, engine.createTable(kind.name(), kind, new byte[0]), rows);
            }
            System.out.printf("written in %.1f s%n", seconds(start));
            start = System.nanoTime();
        }
        System.out.printf("closed in %.1f s%n", seconds(start));

        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        start = System.nanoTime();
        long bytes = read(files);
        double readSeconds = seconds(start);
        start = System.nanoTime();
        try (CoconutEngine engine = CoconutEngine.open(EngineConfig.inDirectory(directory))) {
            double openSeconds = seconds(start);
            long found = engine.tables().stream().mapToLong(engine::rowCount).sum();
            System.out.printf("%d rows, %.0f MB: opened in %.1f s, %.0f MB/s, %.2f µs a row; plain reads of the files: %.0f MB/s%n", found,
                    bytes / 1e6, openSeconds, bytes / 1e6 / openSeconds, openSeconds * 1e6 / found, bytes / 1e6 / readSeconds);
        }
    }

    private static void fill(CoconutEngine engine, TableDescriptor table, long rows) {
        for (long i = 0; i < rows;) {
            try (Transaction transaction = engine.begin()) {
                for (int j = 0; j < BATCH && i < rows; j++, i++) {
                    transaction.put(table, Rows.key(i, false), Rows.row(i));
                }
                transaction.commit();
            }
        }
    }

    private static long read(List<Path> files) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        long bytes = 0;
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file)) {
                for (int count = channel.read(buffer.clear()); count >= 0; count = channel.read(buffer.clear())) {
                    bytes += count;
                }
            }
        }
        return bytes;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
