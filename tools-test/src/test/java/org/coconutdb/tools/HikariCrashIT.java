package org.coconutdb.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed and started again while eight threads write through a pool of four connections.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class HikariCrashIT {
    private static final int WRITERS = 8;
    private static final int KILLS = Integer.getInteger("server.kills", 2);
    private static final int ROWS_BETWEEN = 400;
    /// What "within seconds" allows on a machine that does much else.
    private static final long HEALED_SECONDS = 10;

    @TempDir private Path folder;

    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final Set<String> states = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    private int write(HikariDataSource pool) throws SQLException {
        int written = 0;
        while (!ended) {
            int id = ids.incrementAndGet();
            try (Connection connection = pool.getConnection();
                    PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 'x')")) {
                insert.setInt(1, id);
                insert.executeUpdate();
                acknowledged.add(id);
                written++;
            } catch (SQLException failure) {
                // The pool has none of its own where a connection could not be had in time.
                states.add(failure.getSQLState() == null ? "pool" : failure.getSQLState());
                if (failure.getSQLState() != null && !failure.getSQLState().startsWith("08")) {
                    throw failure;
                }
                refused.incrementAndGet();
            }
        }
        return written;
    }

    private void awaitRows(int count, List<Future<Integer>> writers) {
        int wanted = acknowledged.size() + count;
        while (acknowledged.size() < wanted && writers.stream().noneMatch(Future::isDone)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(4);
        config.setConnectionTimeout(1_000);
        return new HikariDataSource(config);
    }

    @Test
    void thePoolHealsWithinSecondsAndNothingAcknowledgedIsLost() throws Exception {
        ServerProcess server = ServerProcess.start(folder.resolve("data"), 0);
        String url = server.url();
        List<Future<Integer>> writers = new ArrayList<>();
        try (HikariDataSource pool = pool(url); ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            try (Connection connection = pool.getConnection()) {
                ToolServer.execute(connection, "CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR(10))");
            }
            try {
                for (int i = 0; i < WRITERS; i++) {
                    writers.add(threads.submit(() -> write(pool)));
                }
                for (int kill = 0; kill < KILLS; kill++) {
                    awaitRows(ROWS_BETWEEN, writers);
                    server.kill();
                    server = ServerProcess.start(folder.resolve("data"), server.port());
                    long up = System.nanoTime();
                    awaitRows(WRITERS, writers);
                    long healedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - up);
                    System.out.println("written again " + healedMillis + " ms after the server was up");
                    assertThat(healedMillis).isLessThan(TimeUnit.SECONDS.toMillis(HEALED_SECONDS));
                }
                awaitRows(ROWS_BETWEEN, writers);
            } finally {
                ended = true;
            }
            for (Future<Integer> writer : writers) {
                assertThat(writer.get()).isPositive();
            }

            Set<Integer> found = new HashSet<>();
            try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT id FROM t")) {
                while (rows.next()) {
                    found.add(rows.getInt(1));
                }
            }
            System.out.println(acknowledged.size() + " rows acknowledged, " + refused + " statements failed, with " + states);
            assertThat(found).containsAll(acknowledged);
            assertThat(refused.get()).isPositive();
        } finally {
            ended = true;
            server.close();
        }
    }
}
