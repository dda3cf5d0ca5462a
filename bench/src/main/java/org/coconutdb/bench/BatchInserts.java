package org.coconutdb.bench;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.avatica.CoconutServer;
import org.coconutdb.avatica.ServerConfig;

/// Batches of 1,000 inserts over loopback, by one connection, pass after pass of 100,000 rows into an emptied table in memory. CPU is that of
/// client and server, which are in this process.
/// ```
/// java @jvm.flags -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.BatchInserts 40
/// ```
public final class BatchInserts {
    private static final int ROWS = 100_000;
    private static final int BATCH = 1_000;

    private BatchInserts() {}

    public static void main(String[] arguments) throws Exception {
        int passes = arguments.length == 0 ? 40 : Integer.parseInt(arguments[0]);
        List<Double> rates = new ArrayList<>();
        List<Double> cpuMicros = new ArrayList<>();
        try (CoconutServer server = CoconutServer.start(ServerConfig.of("jdbc:coconut:mem:batches").withInsecure(true).withAddress(
                "127.0.0.1",
                0));
                Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE arrival (id INT PRIMARY KEY, name VARCHAR(40), stock INT)");
            for (int pass = 0; pass < passes; pass++) {
                statement.execute("TRUNCATE TABLE arrival");
                long cpuBefore = cpuNanos();
                long begin = System.nanoTime();
                insert(connection);
                rates.add(ROWS * 1e9 / (System.nanoTime() - begin));
                cpuMicros.add((cpuNanos() - cpuBefore) / 1_000.0 / ROWS);
            }
        }
        rates.sort(null);
        cpuMicros.sort(null);
        System.out.printf("rows/s: median %,.0f, quartiles %,.0f and %,.0f, slowest %,.0f; CPU a row: median %.1f µs%n", rates.get(passes
                / 2),
                rates.get(passes / 4), rates.get(passes * 3 / 4), rates.getFirst(), cpuMicros.get(passes / 2));
    }

    private static void insert(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO arrival VALUES (?, ?, ?)")) {
            for (int i = 0; i < ROWS; i++) {
                insert.setInt(1, i);
                insert.setString(2, "item " + i);
                insert.setInt(3, i % 100);
                insert.addBatch();
                if (i % BATCH == BATCH - 1) {
                    insert.executeBatch();
                }
            }
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
