package org.coconutdb.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// Prepared statements over JDBC, in process and in memory, on tables of [Database#ROWS] rows: CoconutDB's two kinds of table and H2's
/// in-memory one in the same run. Numbers are to be read as ratios within a run.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class StatementBenchmark {
    /// A database of one kind and its table.
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // by fill()
    public static class Database {
        static final int ROWS = 200_000;
        private static final int BATCH_ROWS = 1000;

        @Param({"coconut-hash", "coconut-sorted", "h2"}) public String kind = "";

        final AtomicInteger nextKey = new AtomicInteger(ROWS);
        // Holds the database open.
        private Connection keeper;

        Connection connect() throws SQLException {
            return DriverManager.getConnection(kind.equals("h2")
                    ? "jdbc:h2:mem:bench;DB_CLOSE_DELAY=-1"
                    : "jdbc:coconut:mem:bench;memory.lock=preferred");
        }

        @Setup(Level.Trial)
        public void fill() throws SQLException {
            keeper = connect();
            String using = switch (kind) {
                case "coconut-hash" -> " USING HASH";
                case "coconut-sorted" -> " USING SORTED";
                default -> "";
            };
            try (Statement statement = keeper.createStatement()) {
                statement.execute("CREATE TABLE item (id BIGINT PRIMARY KEY, name VARCHAR(40), price DECIMAL(12, 2), stock INT)" + using);
            }
            try (PreparedStatement insert = keeper.prepareStatement("INSERT INTO item VALUES (?, ?, ?, ?)")) {
                for (int i = 0; i < ROWS; i++) {
                    set(insert, i);
                    insert.addBatch();
                    if (i % BATCH_ROWS == BATCH_ROWS - 1) {
                        insert.executeBatch();
                    }
                }
            }
        }

        static void set(PreparedStatement insert, long key) throws SQLException {
            insert.setLong(1, key);
            insert.setString(2, "the name of item " + key);
            insert.setBigDecimal(3, java.math.BigDecimal.valueOf(key * 7, 2));
            insert.setInt(4, (int) key % 1000);
        }

        @TearDown(Level.Trial)
        public void drop() throws SQLException {
            try (Statement statement = keeper.createStatement()) {
                statement.execute("DROP TABLE item");
            }
            keeper.close();
        }
    }

    /// A thread's connection and statements.
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // by open()
    public static class Client {
        private Connection connection;
        private PreparedStatement lookup;
        private PreparedStatement range;
        private PreparedStatement update;
        private PreparedStatement insert;

        @Setup(Level.Trial)
        public void open(Database database) throws SQLException {
            connection = database.connect();
            lookup = connection.prepareStatement("SELECT name, price, stock FROM item WHERE id = ?");
            range = connection.prepareStatement("SELECT id, price FROM item WHERE id BETWEEN ? AND ? ORDER BY id");
            update = connection.prepareStatement("UPDATE item SET stock = ? WHERE id = ?");
            insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?, ?, ?)");
        }

        @TearDown(Level.Trial)
        public void close() throws SQLException {
            connection.close();
        }
    }

    /// One row by its key, three columns read.
    @Benchmark
    public void lookup(Client client, Blackhole sink) throws SQLException {
        client.lookup.setLong(1, ThreadLocalRandom.current().nextInt(Database.ROWS));
        try (ResultSet rows = client.lookup.executeQuery()) {
            rows.next();
            sink.consume(rows.getString(1));
            sink.consume(rows.getBigDecimal(2));
            sink.consume(rows.getInt(3));
        }
    }

    /// A hundred rows by a range of keys, in order. A hash table looks at all rows for it, which is not what it is for.
    @Benchmark
    public void rangeOfHundred(Client client, Blackhole sink) throws SQLException {
        long from = ThreadLocalRandom.current().nextInt(Database.ROWS - 100);
        client.range.setLong(1, from);
        client.range.setLong(2, from + 99);
        try (ResultSet rows = client.range.executeQuery()) {
            while (rows.next()) {
                sink.consume(rows.getLong(1));
                sink.consume(rows.getBigDecimal(2));
            }
        }
    }

    /// One column of one row by its key, committed.
    @Benchmark
    public int update(Client client) throws SQLException {
        client.update.setInt(1, ThreadLocalRandom.current().nextInt(1000));
        client.update.setLong(2, ThreadLocalRandom.current().nextInt(Database.ROWS));
        return client.update.executeUpdate();
    }

    /// One new row, committed.
    @Benchmark
    public int insert(Client client, Database database) throws SQLException {
        Database.set(client.insert, database.nextKey.getAndIncrement());
        return client.insert.executeUpdate();
    }
}
