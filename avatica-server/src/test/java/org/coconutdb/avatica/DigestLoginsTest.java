package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.coconutdb.sql.session.DatabaseLogins;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// DIGEST, of users who were given it.
class DigestLoginsTest {
    private static final Pattern NONCE = Pattern.compile("nonce=\"([^\"]+)\"");

    private static TestServer server;

    @BeforeAll
    static void start() throws SQLException {
        server = TestServer.secured();
        asAdmin("CREATE USER dora PASSWORD 'doras' DIGEST", "GRANT SELECT, INSERT, DELETE ON t TO dora");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void asAdmin(String... statements) throws SQLException {
        try (Connection admin = server.connect("coconut", "secret")) {
            TestServer.execute(admin, statements);
        }
    }

    private static String first(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    private static Connection connect(TestServer to, String jar, String serialization, String user, String password) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("authentication", "DIGEST");
        properties.setProperty("avatica_user", user);
        properties.setProperty("avatica_password", password);
        return StockClients.driver(jar).connect("jdbc:avatica:remote:url=http://127.0.0.1:" + to.port() + ";serialization=" + serialization,
                properties);
    }

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void avaticasOwnClientsLogIn(String jar, String serialization) throws Exception {
        for (String user : List.of("dora", "DORA")) {
            try (Connection connection = connect(server, jar, serialization, user, "doras")) {
                assertThat(first(connection, "VALUES CURRENT_USER")).isEqualTo("DORA");
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                    for (int i = 100; i < 120; i++) {
                        insert.setInt(1, i);
                        insert.setString(2, "x");
                        insert.addBatch();
                    }
                    assertThat(insert.executeBatch()).hasSize(20);
                }
                try (Statement statement = connection.createStatement()) {
                    assertThat(statement.executeUpdate("DELETE FROM t WHERE id >= 100")).isEqualTo(20);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void whatIsWrongOpensNothing(String jar, String serialization) throws Exception {
        // At a server of its own: behind some failures one has to wait.
        try (TestServer own = TestServer.secured()) {
            try (Connection admin = own.connect("coconut", "secret")) {
                TestServer.execute(admin, "CREATE USER dora PASSWORD 'doras' DIGEST");
            }
            for (List<String> login : List.of(List.of("dora", "guess"), List.of("joe", "joes"), List.of("nobody", "x"), List.of("Dora",
                    "doras"))) {
                assertThatThrownBy(() -> {
                    try (Connection connection = connect(own, jar, serialization, login.getFirst(), login.getLast())) {
                        first(connection, "VALUES 1");
                    }
                }).as(login.toString()).hasStackTraceContaining("28P01");
            }
            assertThat(own.server().connectionCount()).isZero();
        }
    }

    @Test
    void passwordsAndBasicAreAsTheyWere() throws SQLException {
        try (Connection dora = server.connect("dora", "doras")) {
            assertThat(first(dora, "VALUES CURRENT_USER")).isEqualTo("DORA");
        }
    }

    @Test
    void digestIsOfWhomItWasSaidAndGoesWithThePassword() throws SQLException {
        try (Connection admin = server.connect("coconut", "secret")) {
            TestServer.execute(admin, "CREATE USER zoe PASSWORD 'zoes' DIGEST");
            assertThat(first(admin, "SELECT STRING_AGG(USER_NAME, ',' ORDER BY USER_NAME) FROM SYSTEM.USERS WHERE HAS_DIGEST")).isEqualTo(
                    "DORA,ZOE");
            TestServer.execute(admin, "ALTER USER zoe PASSWORD 'others'");
            assertThat(first(admin, "SELECT HAS_DIGEST FROM SYSTEM.USERS WHERE USER_NAME = 'ZOE'")).isEqualTo("false");
            TestServer.execute(admin, "ALTER USER zoe SET PASSWORD 'more' DIGEST");
            assertThat(first(admin, "SELECT HAS_DIGEST FROM SYSTEM.USERS WHERE USER_NAME = 'ZOE'")).isEqualTo("true");
            TestServer.execute(admin, "DROP USER zoe");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE USER \"Small\" PASSWORD 'x' DIGEST", "CREATE USER x PASSWORD NULL DIGEST",
            "CREATE ROLE r PASSWORD 'x' DIGEST"})
    void whatCannotBeIsRefused(String sql) throws SQLException {
        try (Connection admin = server.connect("coconut", "secret")) {
            assertThatThrownBy(() -> TestServer.execute(admin, sql)).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(
                    refused
                            .getSQLState()).isIn("22023", "0A000"));
            assertThat(first(admin, "SELECT COUNT(*) FROM SYSTEM.USERS WHERE USER_NAME IN ('Small', 'X', 'R')")).isEqualTo("0");
        }
    }

    // ---- over bare HTTP

    private static HttpResponse<String> post(TestServer to, String... authorization) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + "/"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"request\":\"openConnection\",\"connectionId\":\"%s\"}".formatted(System
                            .nanoTime())));
            for (String header : authorization) {
                request.header("Authorization", header);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String nonce(TestServer from) throws IOException, InterruptedException {
        HttpResponse<String> asked = post(from);
        assertThat(asked.statusCode()).isEqualTo(401);
        String challenge = asked.headers().allValues("WWW-Authenticate").stream().filter(each -> each.startsWith("Digest ")).findFirst()
                .orElseThrow();
        assertThat(challenge).contains("algorithm=SHA-256", "qop=\"auth\"", "realm=\"CoconutDB\"");
        Matcher nonce = NONCE.matcher(challenge);
        assertThat(nonce.find()).isTrue();
        return nonce.group(1);
    }

    private static String header(String nonce, String count, String password, String method) {
        String key = DatabaseLogins.sha256("dora:CoconutDB:" + password);
        String response = DatabaseLogins.sha256(key + ":" + nonce + ":" + count + ":abc:auth:" + DatabaseLogins.sha256(method + ":/"));
        return "Digest username=\"dora\", realm=\"CoconutDB\", nonce=\"" + nonce + "\", uri=\"/\", qop=auth, algorithm=SHA-256, nc=" + count
                + ", cnonce=\"abc\", response=\"" + response + "\"";
    }

    @Test
    void eachCountOfANonceIsGoodOnce() throws Exception {
        String nonce = nonce(server);
        assertThat(post(server, header(nonce, "00000003", "doras", "POST")).statusCode()).isEqualTo(200);
        assertThat(post(server, header(nonce, "00000001", "doras", "POST")).statusCode()).as("out of order").isEqualTo(200);
        assertThat(post(server, header(nonce, "00000003", "doras", "POST")).statusCode()).as("again").isEqualTo(401);
        assertThat(post(server, header(nonce, "00000001", "doras", "POST")).statusCode()).as("again").isEqualTo(401);
        assertThat(post(server, header(nonce, "000000ff", "doras", "POST")).statusCode()).isEqualTo(200);
        HttpResponse<String> behind = post(server, header(nonce, "00000002", "doras", "POST"));
        assertThat(behind.statusCode()).as("too far behind").isEqualTo(401);
        assertThat(behind.headers().allValues("WWW-Authenticate")).as("clients ask again").anyMatch(each -> each.contains("stale=true"));
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            assertThat(nonces.add(nonce(server))).as("two clients never have the same").isTrue();
        }
    }

    @Test
    void whatIsNoProofIsRefused() throws Exception {
        try (TestServer own = TestServer.secured()) {
            try (Connection admin = own.connect("coconut", "secret")) {
                TestServer.execute(admin, "CREATE USER dora PASSWORD 'doras' DIGEST");
            }
            assertThat(post(own, header(nonce(server), "00000001", "doras", "POST")).statusCode()).as("another server's nonce").isEqualTo(
                    401);
            assertThat(post(own, header("AAAA", "00000001", "doras", "POST")).statusCode()).as("nobody's nonce").isEqualTo(401);
            String nonce = nonce(own);
            String right = header(nonce, "00000001", "doras", "POST");
            for (String wrong : List.of(header(nonce, "00000001", "guess", "POST"), header(nonce, "00000001", "doras", "GET"), right
                    .replace(
                            "qop=auth", "qop=auth-int"), right.replace("nc=00000001", "nc=1"), right + ", nc=00000001", right.replace(
                                    "dora",
                                    "joe"), "Digest ", "Digest x", "Digest \"\"", "Digest " + "a=b,".repeat(1_500), right.replace("SHA-256",
                                            "MD5"))) {
                HttpResponse<String> answer = post(own, wrong);
                assertThat(answer.statusCode()).as(wrong).isEqualTo(500);
                assertThat(answer.body()).as(wrong).containsAnyOf("28P01", "28000").doesNotContain("Exception");
            }
            assertThat(own.server().connectionCount()).isZero();
        }
    }

    @Test
    void nobodyIsAskedForItWhereNobodyHasIt() throws Exception {
        try (TestServer plain = TestServer.secured()) {
            assertThat(post(plain).headers().allValues("WWW-Authenticate")).hasSize(1);
        }
    }
}
