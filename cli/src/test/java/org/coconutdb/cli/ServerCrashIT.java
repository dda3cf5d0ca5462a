package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed under its writers, again and again. They keep their connections and prepared statements, as a pool would.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ServerCrashIT {
    private static final int WRITERS = 4;
    private static final int KILLS = Integer.getInteger("server.kills", 3);
    private static final int ROWS_BETWEEN = 200;

    @TempDir private Path folder;

    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> states = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ids = new AtomicInteger();
    private volatile boolean ended;

    private Process start(int port) throws IOException {
        return new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("coconut.root"), "jvm.flags"), "-cp", System.getProperty("java.class.path"),
                "org.coconutdb.cli.Coconut", "server", folder.resolve("data").toString(), "--insecure", "--port", Integer.toString(port)))
                        .redirectErrorStream(true).start();
    }

    private static String awaitUrl(Process process) throws IOException {
        // Left open: the server goes on to write.
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder told = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            told.append(line).append('\n');
            int from = line.indexOf("jdbc:coconut://");
            if (from >= 0) {
                return line.substring(from).strip();
            }
        }
        throw new IOException("the server did not start: " + told);
    }

    private int write(String url) throws SQLException {
        int written = 0;
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 'x')")) {
            while (!ended) {
                int id = ids.incrementAndGet();
                insert.setInt(1, id);
                try {
                    insert.executeUpdate();
                    acknowledged.add(id);
                    written++;
                } catch (SQLException failure) {
                    states.add(failure.getSQLState());
                    if (!failure.getSQLState().startsWith("08")) {
                        throw failure;
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            }
        }
        return written;
    }

    private void awaitRows(List<Future<Integer>> writers) {
        int wanted = acknowledged.size() + ROWS_BETWEEN;
        while (acknowledged.size() < wanted && writers.stream().noneMatch(Future::isDone)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Test
    void nothingAcknowledgedIsLostAndConnectionsHeal() throws Exception {
        Process server = start(0);
        String url = awaitUrl(server);
        int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/", "$1"));
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR(10))");
            }
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(threads.submit(() -> write(url)));
            }
            try {
                for (int kill = 0; kill < KILLS; kill++) {
                    awaitRows(writers);
                    server.destroyForcibly().waitFor();
                    server = start(port);
                    assertThat(awaitUrl(server)).isEqualTo(url);
                }
                awaitRows(writers);
            } finally {
                ended = true;
            }
            for (Future<Integer> writer : writers) {
                assertThat(writer.get()).isPositive();
            }
            Set<Integer> found = ConcurrentHashMap.newKeySet();
            try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT id FROM t")) {
                while (rows.next()) {
                    found.add(rows.getInt(1));
                }
            }
            assertThat(found).containsAll(acknowledged);
            assertThat(states).isSubsetOf("08006", "08007");
        } finally {
            ended = true;
            server.destroyForcibly();
        }
    }
}
