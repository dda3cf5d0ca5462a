package org.coconutdb.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Random;

/// What a lookup by key takes that is not prepared, over JDBC, in process and in memory: with a literal that is another each time, so that its plan is
/// found; with a text that is another each time, so that it is planned; and prepared, to compare. Medians, since planning is done by other threads and
/// the machine has other work.
/// ```
/// java @jvm.flags -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.UnpreparedStatements
/// ```
public final class UnpreparedStatements {
    private static final int ROWS = 100_000;
    private static final int WARM_UP = 20_000;
    private static final int RUNS = 4_000;

    private final Connection connection;
    private final Random random = new Random(1);
    private int texts;

    private UnpreparedStatements(Connection connection) {
        this.connection = connection;
    }

    public static void main(String[] arguments) throws SQLException {
        for (String url : new String[] {"jdbc:coconut:mem:unprepared", "jdbc:h2:mem:unprepared"}) {
            try (Connection connection = DriverManager.getConnection(url)) {
                new UnpreparedStatements(connection).measure(url);
            }
        }
    }

    private interface Work {
        void run() throws SQLException;
    }

    private void measure(String url) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40), stock INT)");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?, ?)")) {
            for (int i = 0; i < ROWS; i++) {
                insert.setInt(1, i);
                insert.setString(2, "item " + i);
                insert.setInt(3, i % 100);
                insert.addBatch();
                if (i % 1000 == 999) {
                    insert.executeBatch();
                }
            }
        }
        try (PreparedStatement prepared = connection.prepareStatement("SELECT name, stock FROM item WHERE id = ?")) {
            report(url, "prepared", () -> {
                prepared.setInt(1, random.nextInt(ROWS));
                read(prepared.executeQuery());
            });
        }
        report(url, "another literal each time", () -> query("SELECT name, stock FROM item WHERE id = " + random.nextInt(ROWS)));
        report(url, "another text each time", () -> query("SELECT name, stock AS s" + texts++ + " FROM item WHERE id = " + random.nextInt(
                ROWS)));
        report(url, "another literal each time, UPDATE", () -> update("UPDATE item SET stock = " + random.nextInt(100) + " WHERE id = "
                + random.nextInt(ROWS)));
    }

    private void query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            read(statement.executeQuery(sql));
        }
    }

    private void update(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (statement.executeUpdate(sql) != 1) {
                throw new IllegalStateException("the row is not there");
            }
        }
    }

    private static void read(ResultSet rows) throws SQLException {
        try (rows) {
            if (!rows.next() || rows.getString(1) == null) {
                throw new IllegalStateException("the row is not there");
            }
        }
    }

    private static void report(String url, String what, Work work) throws SQLException {
        for (int i = 0; i < WARM_UP; i++) {
            work.run();
        }
        long[] nanos = new long[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            work.run();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        System.out.printf("%-30s %-36s median %9.2f us, nine of ten below %9.2f us%n", url, what, nanos[RUNS / 2] / 1e3, nanos[RUNS * 9
                / 10] / 1e3);
    }
}
