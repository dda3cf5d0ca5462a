package org.coconutdb.jdbc.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.coconutdb.avatica.CoconutServer;
import org.coconutdb.avatica.ServerConfig;
import org.coconutdb.jdbc.session.BlockTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A driver that is given one host of three: three servers over a real cluster, in this process.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BlockTableIT {
    private static final int HOSTS = 3;
    private static final long WAIT_SECONDS = 60;

    @TempDir private Path folder;

    private final CoconutServer[] servers = new CoconutServer[HOSTS];
    private String cluster = "";

    @BeforeEach
    void startAll() throws Exception {
        cluster = "block-table-" + folder.getFileName();
        StringBuilder hosts = new StringBuilder();
        for (int port : freePorts()) {
            hosts.append(hosts.length() == 0 ? "" : ", ").append(hosts.toString().split("@", -1).length - 1).append("@127.0.0.1:").append(
                    port);
        }
        for (int host = 0; host < HOSTS; host++) {
            Files.createDirectories(folder.resolve("host-" + host));
            Files.writeString(member(host), """
                    cluster = %s
                    host = %d
                    hosts = %s
                    blocks = 2
                    directory = data
                    insecure = true
                    """.formatted(cluster, host, hosts));
        }
        try (ExecutorService starting = Executors.newCachedThreadPool()) {
            List<Future<CoconutServer>> started = new ArrayList<>();
            for (int host = 0; host < HOSTS; host++) {
                int number = host;
                started.add(starting.submit(() -> start(number)));
            }
            for (int host = 0; host < HOSTS; host++) {
                servers[host] = started.get(host).get();
            }
        }
    }

    private static List<Integer> freePorts() throws Exception {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private Path member(int host) {
        return folder.resolve("host-" + host).resolve("member.properties");
    }

    private CoconutServer start(int host) throws Exception {
        return CoconutServer.start(ServerConfig.of("jdbc:coconut:member:" + member(host) + ";memory.lock=off;memory.limit=256MB")
                .withInsecure(true)
                .withStopWait(Duration.ofSeconds(2))
                .withAddress("127.0.0.1", 0));
    }

    @AfterEach
    void stopAll() {
        for (int host = 0; host < HOSTS; host++) {
            stop(host);
        }
    }

    private void stop(int host) {
        if (servers[host] != null) {
            servers[host].stop();
        }
    }

    private int port(int host) {
        return servers[host].address().getPort();
    }

    private static BlockTable table(String url) throws SQLException {
        return Objects.requireNonNull(KnownCluster.of(RemoteUrl.parse(url, new Properties())).table(), "a block table");
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    private static long hostOf(Connection connection) throws SQLException {
        return number(connection, "SELECT HOST FROM SYSTEM.HOSTS WHERE IS_HERE");
    }

    /// Until it is so; also behind errors of which each says that nothing was done.
    private static void until(String what, Callable<Boolean> isSo) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (true) {
            try {
                if (isSo.call()) {
                    return;
                }
            } catch (SQLException failure) {
                assertThat(failure.getSQLState()).as(failure.getMessage()).isIn("57P03", "40001", "08006");
            }
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static boolean run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        }
    }

    /// All addresses are known, and all replicas in sync.
    private static void untilWhole(Connection connection, String url) throws Exception {
        until("the driver knows all of the cluster", () -> number(connection, "VALUES 1") == 1
                && table(url).hosts().stream().filter(host -> host.port() != 0).count() == HOSTS
                && table(url).blocks().stream().allMatch(block -> block.primary() >= 0 && block.inSync() == 0b111));
    }

    @Test
    void aDriverThatWasGivenOneHostGoesOnAtTheOthersAndFollowsTheTable() throws Exception {
        int firstPort = port(0);
        String url = servers[0].url();
        try (Connection connection = DriverManager.getConnection(url);
                Connection alone = DriverManager.getConnection(url + "?discover=false")) {
            run(connection, "CREATE TABLE t (id INT PRIMARY KEY, v INT) USING HASH");
            untilWhole(connection, url);
            BlockTable before = table(url);
            assertThat(before.cluster()).isEqualTo(cluster);
            assertThat(before.hosts()).extracting(BlockTable.Host::port).containsExactly(port(0), port(1), port(2));
            assertThat(before.blocks()).extracting(BlockTable.Block::primary).containsExactly(0, 1, 2);
            assertThat(hostOf(connection)).isZero();

            stop(0);

            // The same connection, its prepared statement, and new ones.
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 1)")) {
                insert.setInt(1, 7);
                until("a write at another host", () -> insert.executeUpdate() == 1);
            }
            assertThat(hostOf(connection)).isNotZero();
            try (Connection other = DriverManager.getConnection(url)) {
                assertThat(number(other, "SELECT COUNT(*) FROM t")).isEqualTo(1);
            }
            SQLException refused = catchThrowableOfType(SQLException.class, () -> number(alone, "VALUES 1"));
            assertThat(refused.getSQLState()).isEqualTo("08006");
            refused = catchThrowableOfType(SQLException.class, () -> DriverManager.getConnection(url + "?discover=false").close());
            assertThat(refused.getSQLState()).isEqualTo("08001");

            // Another leads the directory: its row has a higher epoch, at the hosts and at the driver.
            until("the driver knows the next primary", () -> number(connection, "VALUES 1") == 1 && table(url).blocks().getFirst()
                    .primary() > 0);
            assertThat(table(url).blocks().getFirst().epoch()).isGreaterThan(before.blocks().getFirst().epoch());
            until("the driver knows that host 0 is in sync nowhere", () -> run(connection, "UPDATE t SET v = v + 1") && !table(url)
                    .isInSync(
                            0));
            assertThat(number(connection, "SELECT EPOCH FROM SYSTEM.BLOCK_TABLE WHERE BLOCK_ID = 0")).isEqualTo(table(url).blocks()
                    .getFirst().epoch());

            servers[0] = start(0);

            assertThat(port(0)).isNotEqualTo(firstPort);
            untilWhole(connection, url);
            assertThat(table(url).hosts().getFirst().port()).isEqualTo(port(0));
            int left = (int) hostOf(connection);
            stop(left);
            until("a write at the third host, or at the first one's new address", () -> run(connection, "UPDATE t SET v = 100"));
            try (Connection other = DriverManager.getConnection(url)) {
                assertThat(hostOf(other)).as("the first that the table has, at its new address").isZero();
                assertThat(number(other, "SELECT v FROM t WHERE id = 7")).isEqualTo(100);
            }
        }
    }

    @Test
    void aClientIsToldOnceAndOthersAreToldNothing() throws Exception {
        String url = servers[1].url();
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            untilWhole(connection, url);
            BlockTable known = table(url);
            assertThat(number(connection, "VALUES 1")).isEqualTo(1);
            assertThat(table(url)).as("no answer brought it again").isSameAs(known);
            try (Connection second = DriverManager.getConnection(url)) {
                assertThat(number(second, "VALUES 1")).isEqualTo(1);
                assertThat(table(url)).as("who opens a session says what it knows").isSameAs(known);
            }
            try (ResultSet hosts = statement.executeQuery(
                    "SELECT HOST, SQL_ADDRESS, IS_TLS, IS_HEARD, IS_HERE FROM SYSTEM.HOSTS ORDER BY HOST")) {
                for (int host = 0; host < HOSTS; host++) {
                    assertThat(hosts.next()).isTrue();
                    assertThat(hosts.getString(2)).isEqualTo("127.0.0.1:" + port(host));
                    assertThat(hosts.getBoolean(3)).isFalse();
                    assertThat(hosts.getBoolean(4)).isTrue();
                    assertThat(hosts.getBoolean(5)).isEqualTo(host == 1);
                }
            }
        }
        try (Connection stock = DriverManager.getConnection("jdbc:avatica:remote:serialization=protobuf;url=http://127.0.0.1:" + port(1))) {
            assertThat(number(stock, "SELECT COUNT(*) FROM SYSTEM.HOSTS")).isEqualTo(HOSTS);
        }
    }

    @Test
    void whatOneHostChangesOfASpaceHoldsAtAllAndTheDirectoryKeepsWhereTheyAre() throws Exception {
        try (Connection one = DriverManager.getConnection(servers[1].url() + "?discover=false")) {
            run(one, "ALTER BLOCK SPACE DEFAULT SET VOTE_TIMEOUT = '2500ms', MIN_VOTERS = 3");
            for (int host = 0; host < HOSTS; host++) {
                try (Connection each = DriverManager.getConnection(servers[host].url() + "?discover=false")) {
                    assertThat(hostOf(each)).isEqualTo(host);
                    assertThat(number(each, "SELECT VOTE_TIMEOUT_MILLIS FROM SYSTEM.BLOCK_SPACES")).isEqualTo(2500);
                    assertThat(number(each, "SELECT MIN_VOTERS FROM SYSTEM.BLOCK_SPACES")).isEqualTo(3);
                    assertThat(number(each, "SELECT COUNT(DISTINCT REPLICATION_ADDRESS) FROM SYSTEM.HOSTS")).isEqualTo(HOSTS);
                }
            }
            run(one, "CREATE TABLE t (id INT PRIMARY KEY, v INT) USING HASH");
            run(one, "INSERT INTO t VALUES (1, 1)");
            stop(2);
            until("a write is refused while one of three is away", () -> {
                SQLException refused = catchThrowableOfType(SQLException.class, () -> run(one, "UPDATE t SET v = v + 1"));
                return refused != null && refused.getSQLState().equals("57P03") && refused.getMessage().contains("minVoters=3");
            });

            until("the directory is changed by two", () -> run(one, "ALTER BLOCK SPACE DEFAULT SET MIN_VOTERS = DEFAULT"));

            until("a write is done by two", () -> run(one, "UPDATE t SET v = 100"));
            assertThat(number(one, "SELECT v FROM t")).isEqualTo(100);
        }
    }

    @Test
    void whoHasAHostsAddressByNowIsNotTakenForIt() throws Exception {
        String url = servers[0].url();
        try (Connection connection = DriverManager.getConnection(url);
                CoconutServer stranger = CoconutServer.start(ServerConfig.of("jdbc:coconut:mem:stranger;memory.lock=off")
                        .withInsecure(true)
                        .withAddress("127.0.0.1", 0))) {
            untilWhole(connection, url);
            List<BlockTable.Host> moved = new ArrayList<>();
            for (BlockTable.Host host : table(url).hosts()) {
                moved.add(new BlockTable.Host(host.number(), "127.0.0.1", stranger.address().getPort(), false, Long.MAX_VALUE / 8));
            }
            KnownCluster.of(RemoteUrl.parse(url, new Properties())).learn(new BlockTable(cluster, moved, List.of()));
            stop(0);

            SQLException refused = catchThrowableOfType(SQLException.class, () -> DriverManager.getConnection(url).close());

            assertThat(refused.getSQLState()).isEqualTo("08001");
            assertThat(refused.getMessage()).contains("no server could be reached");
            assertThat(stranger.connectionCount()).isZero();
        }
    }
}
