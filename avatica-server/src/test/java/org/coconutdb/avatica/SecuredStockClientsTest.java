package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Avatica's own clients that log in over TLS, with no more rights than they were granted.
class SecuredStockClientsTest {
    @TempDir private static Path folder;

    private static Identity identity;
    private static Path trusted;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        identity = Identity.make(folder, "good", "dns:localhost,ip:127.0.0.1");
        trusted = identity.trusting();
        server = serving();
        asAdmin("CREATE USER reader PASSWORD 'readers'", "CREATE TABLE staff (id INT PRIMARY KEY, name VARCHAR(20), salary INT)",
                "INSERT INTO staff VALUES (1, 'Ada', 100), (2, 'Bob', 90)");
    }

    private static TestServer serving() {
        return TestServer.secured(config -> config.withSecurity(config.security()
                .withTls(new TlsConfig.Pem(identity.certificate(), identity.key()))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void asAdmin(String... statements) throws SQLException {
        try (Connection admin = DriverManager.getConnection(
                "jdbc:coconut://127.0.0.1:" + server.port() + "/?tls=true&truststore=" + trusted + "&truststorePassword="
                        + Identity.PASSWORD,
                "coconut", "secret")) {
            TestServer.execute(admin, statements);
        }
    }

    private static Connection connect(TestServer to, String jar, String serialization, String password) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("authentication", "BASIC");
        properties.setProperty("avatica_user", "reader");
        properties.setProperty("avatica_password", password);
        properties.setProperty("truststore", trusted.toString());
        properties.setProperty("truststore_password", Identity.PASSWORD);
        return StockClients.driver(jar).connect("jdbc:avatica:remote:url=https://127.0.0.1:" + to.port() + ";serialization="
                + serialization, properties);
    }

    private static void isRefused(Statement statement, String sql, String part) {
        assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused
                .getSQLState()).isEqualTo("42501")).hasMessageContaining(part);
    }

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void grantsHoldFromTheNextStatementOn(String jar, String serialization) throws Exception {
        asAdmin("REVOKE ALL PRIVILEGES ON staff FROM reader");
        try (Connection connection = connect(server, jar, serialization, "readers"); Statement statement = connection.createStatement()) {
            isRefused(statement, "SELECT name FROM staff", "STAFF");

            asAdmin("GRANT SELECT (id, name) ON staff TO reader");
            try (PreparedStatement query = connection.prepareStatement("SELECT name FROM staff WHERE id = ?")) {
                query.setInt(1, 2);
                try (ResultSet rows = query.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo("Bob");
                }
                isRefused(statement, "SELECT salary FROM staff", "SALARY");
                isRefused(statement, "DELETE FROM staff", "STAFF");

                asAdmin("REVOKE SELECT (id, name) ON staff FROM reader");
                assertThatThrownBy(() -> query.executeQuery().close()).as("a statement that was prepared before").isInstanceOfSatisfying(
                        SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
            }
            asAdmin("GRANT SELECT ON staff TO reader");
            try (ResultSet rows = statement.executeQuery("SELECT SUM(salary) FROM staff")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(190);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void aWrongPasswordOpensNothing(String jar, String serialization) {
        // Each at a server of its own: behind some failures an address has to wait.
        try (TestServer other = serving()) {
            assertThatThrownBy(() -> {
                try (Connection connection = connect(other, jar, serialization, "guess"); Statement statement = connection
                        .createStatement()) {
                    statement.execute("VALUES 1");
                }
            }).hasStackTraceContaining("28P01");
        }
    }
}
