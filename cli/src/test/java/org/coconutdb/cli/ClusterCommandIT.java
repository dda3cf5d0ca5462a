package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.coconutdb.cli.cluster.LocalCluster;
import org.coconutdb.cli.cluster.LocalHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A cluster of three processes, as a user makes it: with certificates, by SQL, killed.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ClusterCommandIT {
    private static final long WAIT_SECONDS = 120;

    @TempDir private Path folder;

    private Path directory() {
        return folder.resolve("three");
    }

    @AfterEach
    void killAll() throws IOException {
        if (Files.exists(directory())) {
            for (LocalHost host : LocalCluster.open(directory()).hosts()) {
                host.process().ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    private static void run(String... arguments) {
        CapturedScreen screen = new CapturedScreen("");
        assertThat(Coconut.run(screen.screen(), arguments)).as("%s %s", screen.out(), screen.err()).isZero();
    }

    private static List<String> rows(LocalHost host, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(host.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.append(i == 1 ? "" : " ").append(rows.getString(i));
                }
                found.add(row.toString());
            }
            return found;
        }
    }

    private static void change(LocalHost host, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(host.url()); Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static void assertMayBeAway(SQLException failure, long until) {
        assertThat(failure.getSQLState()).as(failure.getMessage()).isIn("57P03", "40001", "08007", "08006", "53000");
        assertThat(System.nanoTime()).as(failure.getMessage()).isLessThan(until);
    }

    /// As often as it is refused because a host is away, which it may be for some seconds.
    private static void changeSoon(LocalHost host, String statement) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (true) {
            try {
                change(host, statement);
                return;
            } catch (SQLException failure) {
                assertMayBeAway(failure, until);
            }
        }
    }

    private static void countSoon(PreparedStatement count, long expected) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (true) {
            try (ResultSet rows = count.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getLong(1)).isEqualTo(expected);
                return;
            } catch (SQLException failure) {
                assertMayBeAway(failure, until);
            }
        }
    }

    private static void kill(LocalHost host) throws IOException {
        host.process().orElseThrow().destroyForcibly();
        host.process().ifPresent(process -> process.onExit().join());
    }

    @Test
    void threeHostsHoldOneDatabaseThroughDeathsAndRestarts() throws Exception {
        run("cluster", "create", "--local", "3", "--blocks", "5", directory().toString());
        List<LocalHost> hosts = LocalCluster.open(directory()).hosts();

        awaitRows(hosts.get(2), "SELECT BLOCK_ID, HOST FROM SYSTEM.BLOCK_SHARDS WHERE ROLE = 'PRIMARY' ORDER BY 1",
                List.of("0 0", "1 1", "2 2", "3 0", "4 1", "5 2"));

        change(hosts.get(0), "CREATE TABLE accounts (id INT PRIMARY KEY, owner VARCHAR(20), balance DECIMAL(10, 2)) USING HASH",
                "CREATE INDEX by_owner ON accounts (owner)");
        change(hosts.get(1), "INSERT INTO accounts SELECT i, 'o' || MOD(i, 10), i FROM TABLE(GENERATE_SERIES(1, 500)) AS n (i)");
        for (LocalHost host : hosts) {
            assertThat(rows(host, "SELECT COUNT(*), SUM(balance) FROM accounts")).containsExactly("500 125250.00");
            assertThat(rows(host, "SELECT owner, balance FROM accounts WHERE id = 77")).containsExactly("o7 77.00");
            assertThat(rows(host, "SELECT COUNT(*) FROM accounts WHERE owner = 'o3'")).containsExactly("50");
            awaitRows(host, "SELECT COUNT(*) FROM SYSTEM.BLOCK_SHARDS WHERE IN_SYNC", List.of("18"));
            awaitRows(host, "SELECT COUNT(*) FROM SYSTEM.VOTES", List.of("18"));
        }

        // One is killed: the others evict it, and go on. So does a client that was given it alone.
        try (Connection client = DriverManager.getConnection(hosts.get(2).url());
                PreparedStatement count = client.prepareStatement("SELECT COUNT(*) FROM accounts")) {
            assertThat(count.executeQuery().next()).isTrue();
            kill(hosts.get(2));
            countSoon(count, 500);
        }
        try (Connection client = DriverManager.getConnection(hosts.get(2).url());
                PreparedStatement count = client.prepareStatement("SELECT COUNT(*) FROM accounts")) {
            countSoon(count, 500);
        }
        changeSoon(hosts.get(0), "UPDATE accounts SET balance = balance + 1 WHERE id = 1");
        changeSoon(hosts.get(1), "UPDATE accounts SET balance = balance + 1 WHERE owner = 'o2'");
        assertThat(rows(hosts.get(0), "SELECT balance FROM accounts WHERE id = 1")).allMatch(balance -> balance.equals("2.00") || balance
                .equals("3.00"));
        run("cluster", "start", directory().toString());
        awaitRows(hosts.get(2), "SELECT COUNT(*) FROM SYSTEM.BLOCK_SHARDS WHERE IN_SYNC", List.of("18"));
        List<String> all = rows(hosts.get(0), "SELECT id, owner, balance FROM accounts ORDER BY id");
        awaitRows(hosts.get(2), "SELECT id, owner, balance FROM accounts ORDER BY id", all);

        // All at once.
        for (LocalHost host : hosts) {
            kill(host);
        }
        run("cluster", "start", directory().toString());
        for (LocalHost host : hosts) {
            awaitRows(host, "SELECT id, owner, balance FROM accounts ORDER BY id", all);
        }

        run("cluster", "stop", directory().toString());
        assertThat(hosts).allSatisfy(host -> assertThat(host.process()).isEmpty());
        run("cluster", "destroy", "--yes", directory().toString());
        assertThat(directory()).doesNotExist();
    }

    private static void awaitRows(LocalHost host, String query, List<String> expected) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (true) {
            try {
                List<String> found = rows(host, query);
                if (found.equals(expected)) {
                    return;
                }
                assertThat(System.nanoTime()).as("%s answers %s", query, found).isLessThan(until);
            } catch (SQLException failure) {
                assertMayBeAway(failure, until);
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
