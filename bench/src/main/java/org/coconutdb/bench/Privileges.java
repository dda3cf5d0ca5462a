package org.coconutdb.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Random;

/// What it costs that somebody runs a statement who may not do everything: lookups and updates by key, prepared and not, in process and in memory, by the
/// database's owner, by a user with privileges on the table, and by one who has them on its columns through a role. In turns, since the machine has other
/// work: medians of all turns.
/// ```
/// java @jvm.flags -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.Privileges
/// ```
public final class Privileges {
    private static final String URL = "jdbc:coconut:mem:privileges";
    private static final int ROWS = 100_000;
    private static final int TURNS = 40;
    private static final int RUNS = 1_000;

    private final Random random = new Random(1);

    private Privileges() {}

    public static void main(String[] arguments) throws SQLException {
        try (Connection owner = DriverManager.getConnection(URL)) {
            fill(owner);
            try (Connection table = DriverManager.getConnection(URL, "of_table", "x");
                    Connection columns = DriverManager.getConnection(URL, "of_columns", "x")) {
                new Privileges().measure(owner, table, columns);
            }
        }
    }

    private static void fill(Connection owner) throws SQLException {
        try (Statement statement = owner.createStatement()) {
            statement.execute("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40), stock INT)");
            for (String sql : new String[] {"CREATE USER of_table PASSWORD 'x'", "CREATE USER of_columns PASSWORD 'x'",
                    "CREATE ROLE reader",
                    "GRANT reader TO of_columns", "GRANT SELECT, UPDATE ON item TO of_table",
                    "GRANT SELECT (id, name, stock), UPDATE (stock) ON item TO reader"}) {
                statement.execute(sql);
            }
        }
        try (PreparedStatement insert = owner.prepareStatement("INSERT INTO item VALUES (?, 'item', ?)")) {
            for (int i = 0; i < ROWS; i++) {
                insert.setInt(1, i);
                insert.setInt(2, i % 100);
                insert.addBatch();
                if (i % 1000 == 999) {
                    insert.executeBatch();
                }
            }
        }
    }

    private interface Work {
        void run(Connection connection, PreparedStatement prepared) throws SQLException;
    }

    private void measure(Connection... connections) throws SQLException {
        measure("prepared lookup", connections, (_, prepared) -> {
            prepared.setInt(1, random.nextInt(ROWS));
            read(prepared.executeQuery());
        });
        measure("lookup, another literal each time", connections, (connection, _) -> {
            try (Statement statement = connection.createStatement()) {
                read(statement.executeQuery("SELECT name, stock FROM item WHERE id = " + random.nextInt(ROWS)));
            }
        });
        measure("update, another literal each time", connections, (connection, _) -> {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE item SET stock = 7 WHERE id = " + random.nextInt(ROWS));
            }
        });
    }

    private static void measure(String what, Connection[] connections, Work work) throws SQLException {
        long[][] nanos = new long[connections.length][TURNS * RUNS];
        PreparedStatement[] prepared = new PreparedStatement[connections.length];
        for (int i = 0; i < connections.length; i++) {
            prepared[i] = connections[i].prepareStatement("SELECT name, stock FROM item WHERE id = ?");
        }
        for (int turn = -5; turn < TURNS; turn++) {
            for (int i = 0; i < connections.length; i++) {
                for (int run = 0; run < RUNS; run++) {
                    long start = System.nanoTime();
                    work.run(connections[i], prepared[i]);
                    if (turn >= 0) {
                        nanos[i][turn * RUNS + run] = System.nanoTime() - start;
                    }
                }
            }
        }
        for (int i = 0; i < connections.length; i++) {
            prepared[i].close();
            Arrays.sort(nanos[i]);
        }
        System.out.printf("%-36s owner %7.2f us, user %7.2f us, role and columns %7.2f us%n", what, median(nanos[0]), median(nanos[1]),
                median(
                        nanos[2]));
    }

    private static double median(long[] sorted) {
        return sorted[sorted.length / 2] / 1e3;
    }

    private static void read(ResultSet rows) throws SQLException {
        try (rows) {
            if (!rows.next() || rows.getString(1) == null) {
                throw new IllegalStateException("the row is not there");
            }
        }
    }
}
