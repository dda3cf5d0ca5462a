package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that wants a log-in, asked by our driver and by whoever can open a socket.
class LoginsTest {
    private static TestServer server;

    @BeforeAll
    static void start() throws SQLException {
        server = TestServer.secured();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String first(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    private static void refused(String user, String password, String state) {
        assertThatThrownBy(() -> server.connect(user, password).close()).isInstanceOfSatisfying(SQLException.class, failure -> {
            assertThat(failure.getSQLState()).isEqualTo(state);
            assertThat(failure.getMessage()).doesNotContain(password);
        });
    }

    private static HttpResponse<String> post(String body, String... headers) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/"))
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void ourDriverLogsIn() throws SQLException {
        try (Connection joe = server.connect("joe", "joes"); Connection admin = server.connect("COCONUT", "secret")) {
            assertThat(first(joe, "VALUES CURRENT_USER")).isEqualTo("JOE");
            assertThat(first(joe, "SELECT v FROM t WHERE id = 1")).isEqualTo("one");
            assertThatThrownBy(() -> first(joe, "DELETE FROM t")).hasMessageContaining("DELETE");
            assertThat(first(admin, "SELECT COUNT(*) FROM SYSTEM.USERS")).isEqualTo("3");
            assertThat(joe.getMetaData().getUserName()).isEqualTo("joe");
        }
        try (Connection eve = server.connect("eve", "eves")) {
            assertThatThrownBy(() -> first(eve, "SELECT v FROM t WHERE id = 1")).isInstanceOfSatisfying(SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("42501"));
        }
        refused("eve", "joes", "28P01");
        refused("nobody", "joes", "28P01");
        assertThatThrownBy(() -> DriverManager.getConnection(server.server().url())).isInstanceOfSatisfying(SQLException.class,
                failure -> assertThat(failure.getSQLState()).isEqualTo("28000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"request\":\"openConnection\",\"connectionId\":\"x\"}", "{\"request\":\"getCatalogs\"}",
            "\n?org.apache.calcite.avatica.proto.Requests$OpenConnectionRequest", "anything"})
    void nothingIsAnsweredBeforeALogin(String body) throws Exception {
        int connections = server.server().connectionCount();

        HttpResponse<String> answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValueSatisfying(value -> assertThat(value).startsWith("Basic "));
        assertThat(server.server().connectionCount()).isEqualTo(connections);
        for (String header : List.of("Basic", "Basic !!!", "Basic " + Base64.getEncoder().encodeToString("joe".getBytes(
                StandardCharsets.UTF_8)), "Digest username=joe", "Negotiate abc", "Bearer abc", basic("joe", "x".repeat(10_000)))) {
            answer = post(body, "Authorization", header);
            assertThat(answer.statusCode()).as(header).isEqualTo(500);
            assertThat(answer.body()).contains("28000");
        }
    }

    @Test
    void healthIsToldToAll() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String path : List.of("/health", "/ready")) {
                assertThat(client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
                        HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void largeRequestsOfStrangersAreNotRead() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\nExpect: 100-continue\r\n\r\n")
                    .getBytes(
                            StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 401").doesNotContain("100 Continue");
        }
        String large = "{\"request\":\"getCatalogs\",\"connectionId\":\"" + "x".repeat(200_000) + "\"}";
        assertThat(post(large, "Authorization", basic("joe", "joes")).statusCode()).isEqualTo(500);
    }

    @Test
    void aConnectionWorksForTheLoginAloneThatOpenedIt() throws Exception {
        String open = "{\"request\":\"openConnection\",\"connectionId\":\"joes own\",\"info\":{}}";
        assertThat(post(open, "Authorization", basic("joe", "joes")).statusCode()).isEqualTo(200);

        for (String request : List.of("{\"request\":\"commit\",\"connectionId\":\"joes own\"}",
                "{\"request\":\"createStatement\",\"connectionId\":\"joes own\"}",
                "{\"request\":\"getCatalogs\",\"connectionId\":\"joes own\"}")) {
            HttpResponse<String> answer = post(request, "Authorization", basic("eve", "eves"));
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("08003");
            assertThat(post(request, "Authorization", basic("joe", "joes")).statusCode()).isEqualTo(200);
        }
        post("{\"request\":\"closeConnection\",\"connectionId\":\"joes own\"}", "Authorization", basic("eve", "eves"));
        assertThat(post("{\"request\":\"commit\",\"connectionId\":\"joes own\"}", "Authorization", basic("joe", "joes")).statusCode())
                .isEqualTo(200);
        assertThat(post("{\"request\":\"openConnection\",\"connectionId\":\"joes own\",\"info\":{}}", "Authorization", basic("eve", "eves"))
                .body()).contains("08002");
        post("{\"request\":\"closeConnection\",\"connectionId\":\"joes own\"}", "Authorization", basic("joe", "joes"));
    }

    @Test
    void connectionsEndWithTheirUserAndItsPassword() throws Exception {
        try (Connection admin = server.connect("coconut", "secret")) {
            TestServer.execute(admin, "CREATE USER zoe PASSWORD 'first'");
            Connection zoe = server.connect("zoe", "first");
            PreparedStatement prepared = zoe.prepareStatement("VALUES 1");
            int before = server.server().connectionCount();
            TestServer.execute(admin, "ALTER USER zoe PASSWORD 'second'");

            assertThatThrownBy(prepared::executeQuery).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure
                    .getSQLState())
                            .isEqualTo("28000"));
            assertThat(server.server().connectionCount()).isEqualTo(before - 1);
            refused("zoe", "first", "28P01");

            Connection again = server.connect("zoe", "second");
            TestServer.execute(admin, "DROP USER zoe");
            assertThatThrownBy(() -> first(again, "VALUES 1")).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure
                    .getSQLState()).isEqualTo("28000"));
            TestServer.execute(admin, "CREATE USER zoe PASSWORD 'second'");
            server.connect("zoe", "second").close();
            TestServer.execute(admin, "DROP USER zoe");
            assertThat(first(admin, "SELECT COUNT(*) FROM SYSTEM.AUDIT WHERE EVENT = 'login ended' AND USER_NAME = 'ZOE'")).isEqualTo("2");
        }
    }

    @Test
    void failedLoginsAreDelayedAndAudited() throws Exception {
        try (TestServer own = TestServer.secured(); Connection admin = own.connect("coconut", "secret")) {
            List<String> states = new ArrayList<>();
            for (int i = 0; i < LoginLimits.FREE_BY_USER + 5; i++) {
                String password = "wrong " + i;
                assertThatThrownBy(() -> own.connect("joe", password)).isInstanceOfSatisfying(SQLException.class, failure -> states.add(
                        failure
                                .getSQLState()));
            }
            // Each verification takes a while, so that now and then one more may be tried.
            assertThat(states).startsWith("28P01", "28P01", "28P01", "28P01", "28P01").contains("28000");
            assertThatThrownBy(() -> own.connect("JOE", "joes")).hasMessageContaining("try again in");
            assertThat(first(admin,
                    "SELECT COUNT(*) > 4 FROM SYSTEM.AUDIT WHERE EVENT = 'login failed' AND USER_NAME = 'JOE' AND ADDRESS = '127.0.0.1'"))
                            .isEqualTo("true");
            assertThat(first(admin, "SELECT COUNT(*) > 0 FROM SYSTEM.AUDIT WHERE EVENT = 'login refused' AND USER_NAME = 'JOE'")).isEqualTo(
                    "true");
            own.connect("eve", "eves").close();
        }
    }

    @Test
    void aPoolThatOpensManyConnectionsAtOnceIsNoAttack() throws Exception {
        try (TestServer own = TestServer.secured(); ExecutorService pool = Executors.newFixedThreadPool(30)) {
            List<Future<String>> users = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                Callable<String> work = () -> {
                    try (Connection joe = own.connect("joe", "joes")) {
                        return first(joe, "VALUES CURRENT_USER");
                    }
                };
                users.add(pool.submit(work));
            }
            for (Future<String> user : users) {
                assertThat(user.get()).isEqualTo("JOE");
            }
        }
    }

    @Test
    void theFirstStartMakesASecretAndTellsItOnce() throws Exception {
        ServerConfig config = ServerConfig.of("jdbc:coconut:mem:first-start;memory.lock=off;blocks=2").withAddress("127.0.0.1", 0);
        try (CoconutServer first = CoconutServer.start(config); CoconutServer second = CoconutServer.start(config)) {
            FirstAdmin admin = first.firstAdmin().orElseThrow();

            assertThat(admin.user()).isEqualTo("coconut");
            assertThat(admin.secret()).hasSizeGreaterThan(20);
            assertThat(admin.toString()).doesNotContain(admin.secret());
            assertThat(second.firstAdmin()).isEmpty();
            DriverManager.getConnection(second.url(), "coconut", admin.secret()).close();
        }
    }
}
