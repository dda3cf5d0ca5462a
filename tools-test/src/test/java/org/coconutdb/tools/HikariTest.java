package org.coconutdb.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.coconutdb.jdbc.CoconutDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HikariCP's pool over the driver, embedded and through a server.
class HikariTest {
    private static ToolServer server;

    @BeforeAll
    static void start() {
        server = ToolServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HikariConfig config(String url, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(5_000);
        config.setPoolName("test");
        return config;
    }

    private static String url(String mode) {
        return mode.equals("server") ? server.url() : ToolServer.embeddedUrl();
    }

    private static long count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "embedded"})
    void manyThreadsShareFewConnections(String mode) throws Exception {
        try (HikariDataSource pool = new HikariDataSource(config(url(mode), 4)); ExecutorService threads = Executors.newFixedThreadPool(
                16)) {
            try (Connection connection = pool.getConnection()) {
                ToolServer.execute(connection, "CREATE TABLE pooled (id INT PRIMARY KEY, thread INT)");
            }

            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 16; thread++) {
                int number = thread;
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        try (Connection connection = pool.getConnection();
                                PreparedStatement insert = connection.prepareStatement("INSERT INTO pooled VALUES (?, ?)")) {
                            insert.setInt(1, number * 50 + i);
                            insert.setInt(2, number);
                            assertThat(insert.executeUpdate()).isEqualTo(1);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }

            assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isLessThanOrEqualTo(4);
            try (Connection connection = pool.getConnection()) {
                assertThat(count(connection, "pooled")).isEqualTo(800);
                ToolServer.execute(connection, "DROP TABLE pooled");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "embedded"})
    void whatABorrowerChangedIsUndoneWhenItsConnectionComesBack(String mode) throws Exception {
        HikariConfig config = config(url(mode), 1);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setSchema("PUBLIC");
        try (HikariDataSource pool = new HikariDataSource(config)) {
            Statement left;
            try (Connection connection = pool.getConnection()) {
                ToolServer.execute(connection, "CREATE TABLE kept (id INT PRIMARY KEY)", "CREATE SCHEMA IF NOT EXISTS other");
                connection.setAutoCommit(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setSchema("OTHER");
                left = connection.createStatement();
                left.execute("INSERT INTO public.kept VALUES (1)");
            }

            try (Connection connection = pool.getConnection()) {
                assertThat(left.isClosed()).as("the statement that was left open").isTrue();
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                assertThat(connection.getSchema()).isEqualTo("PUBLIC");
                assertThat(count(connection, "kept")).as("rows of the transaction that nobody committed").isZero();
                ToolServer.execute(connection, "DROP TABLE kept", "DROP SCHEMA other");
            }
        }
    }

    /// Pooled connections are opened once: what their user may do is asked at each statement.
    @Test
    void grantsAndPasswordsThatChangeReachPooledConnections(@TempDir Path folder) throws Exception {
        try (ToolServer secured = ToolServer.secured(folder)) {
            secured.asAdmin("CREATE TABLE secrets (id INT PRIMARY KEY)", "CREATE USER app PASSWORD 'apps'");
            HikariConfig config = config(secured.url(), 2);
            config.setUsername("app");
            config.setPassword("apps");
            try (HikariDataSource pool = new HikariDataSource(config)) {
                assertThat(stateOfCounting(pool)).isEqualTo("42501");
                secured.asAdmin("CREATE ROLE readers", "GRANT SELECT ON secrets TO readers", "GRANT readers TO app");
                assertThat(stateOfCounting(pool)).isEmpty();
                secured.asAdmin("REVOKE readers FROM app");
                assertThat(stateOfCounting(pool)).isEqualTo("42501");
                secured.asAdmin("GRANT SELECT ON secrets TO app");
                assertThat(stateOfCounting(pool)).isEmpty();

                // With the old password nobody gets in any more, on old connections either. One that has rested is asked whether it is valid before it is lent.
                secured.asAdmin("ALTER USER app PASSWORD 'other'");
                TimeUnit.MILLISECONDS.sleep(800);
                assertThatThrownBy(() -> stateOfCounting(pool)).isInstanceOf(SQLTransientConnectionException.class);
            }
        }
    }

    private static String stateOfCounting(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            try {
                count(connection, "secrets");
                return "";
            } catch (SQLException refused) {
                return refused.getSQLState();
            }
        }
    }

    @Test
    void aLeakedConnectionLeavesTheOthersATimeOut() throws Exception {
        HikariConfig config = config(server.url(), 1);
        config.setConnectionTimeout(250);
        try (HikariDataSource pool = new HikariDataSource(config); Connection leaked = pool.getConnection()) {
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class).hasMessageContaining("timed out");
            assertThat(leaked.isValid(1)).isTrue();
        }
    }

    @Test
    void aDataSourceOfOursCanStandBehindIt() throws Exception {
        CoconutDataSource source = new CoconutDataSource();
        source.setUrl(server.url());
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        try (HikariDataSource pool = new HikariDataSource(config); Connection connection = pool.getConnection()) {
            assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("CoconutDB");
        }
    }

    @Test
    void aServerThatCannotBeReachedFailsThePoolAtOnce() throws Exception {
        int port;
        try (ToolServer gone = ToolServer.start()) {
            port = gone.port();
        }
        assertThatThrownBy(() -> new HikariDataSource(config("jdbc:coconut://127.0.0.1:" + port + "/", 1)))
                .hasRootCauseInstanceOf(java.net.ConnectException.class);
    }
}
