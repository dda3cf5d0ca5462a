package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Log-ins by Kerberos tickets, of a KDC that runs beside: our driver's, Avatica's own clients', and those that are none.
class KerberosLoginsTest {
    @TempDir private static Path folder;

    private static KerberosRealm realm;
    private static Path serviceKeys;
    private static Path joe;
    private static Path stranger;
    private static Path otherService;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        realm = KerberosRealm.start(folder, 3_600);
        serviceKeys = realm.keytab(KerberosRealm.service(), "service.keytab");
        joe = realm.keytab("joe", "joe.keytab");
        stranger = realm.keytab("stranger", "stranger.keytab");
        otherService = realm.keytab("HTTP/elsewhere", "elsewhere.keytab");
        server = serving(KerberosConfig.of(KerberosRealm.service(), serviceKeys));
    }

    private static TestServer serving(KerberosConfig kerberos) throws SQLException {
        TestServer started = TestServer.secured(config -> config.withSecurity(config.security().withKerberos(kerberos)));
        try (Connection admin = started.connect("coconut", "secret")) {
            TestServer.execute(admin, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200000))", "INSERT INTO t VALUES (1, 'one')",
                    "CREATE USER joe", "GRANT SELECT, INSERT, DELETE ON t TO joe", "CREATE ROLE stranger");
        }
        return started;
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        realm.close();
    }

    private static String url(TestServer of, String principal, Path keytab) {
        return "jdbc:coconut://localhost:" + of.port() + "/?authentication=SPNEGO&principal=" + principal + "@" + KerberosRealm.NAME
                + "&keytab=" + keytab;
    }

    private static Connection connect(TestServer to) throws SQLException {
        return DriverManager.getConnection(url(to, "joe", joe));
    }

    private static String first(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    private static void isRefused(String url, String part) {
        assertThatThrownBy(() -> DriverManager.getConnection(url).close()).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(
                failure.getSQLState()).isEqualTo("28000")).hasMessageContaining(part);
    }

    @Test
    void ourDriverLogsInByAKeytab() throws SQLException {
        try (Connection connection = connect(server)) {
            assertThat(first(connection, "VALUES CURRENT_USER")).isEqualTo("JOE");
            assertThat(connection.getMetaData().getUserName()).isEqualTo("JOE");
            assertThat(first(connection, "SELECT v FROM t WHERE id = 1")).isEqualTo("one");
            assertThatThrownBy(() -> TestServer.execute(connection, "UPDATE t SET v = 'x'")).isInstanceOfSatisfying(SQLException.class,
                    refused -> assertThat(refused.getSQLState()).as("what was not granted").isEqualTo("42501"));
            try (Connection admin = server.connect("coconut", "secret")) {
                assertThat(first(admin, "SELECT detail FROM SYSTEM.AUDIT WHERE user_name = 'JOE' AND event = 'login succeeded'"))
                        .isEqualTo("Kerberos: joe@COCONUT.TEST");
            }
        }
    }

    @Test
    void passwordsAreGoodBesideTickets() throws SQLException {
        try (Connection admin = server.connect("coconut", "secret")) {
            assertThat(first(admin, "VALUES CURRENT_USER")).isEqualTo("COCONUT");
        }
        assertThatThrownBy(() -> server.connect("joe", "").close()).as("a user without a password").isInstanceOfSatisfying(
                SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("28P01"));
    }

    @Test
    void whoIsNoUserIsRefused() {
        isRefused(url(server, "stranger", stranger), "CREATE USER");
    }

    @Test
    void principalsOfOtherRealmsAreNoUsers() throws Exception {
        KerberosConfig config = new KerberosConfig(KerberosRealm.service(), serviceKeys, Set.of("ANOTHER.TEST"), Duration.ofHours(1));
        try (TestServer other = serving(config)) {
            isRefused(url(other, "joe", joe), "kerberos.realms");
        }
    }

    @Test
    void aClientWithoutATicketIsToldSo() {
        isRefused(url(server, "eve", folder.resolve("none.keytab")), "keytab");
        isRefused(url(server, "joe", joe) + "&service.principal=HTTP/nowhere@" + KerberosRealm.NAME, "service.principal");
        isRefused("jdbc:coconut://localhost:" + server.port() + "/?authentication=SPNEGO&principal=joe@" + KerberosRealm.NAME, "kinit");
        isRefused("jdbc:coconut://localhost:" + server.port() + "/?authentication=SPNEGO&principal=&keytab=&service.principal=", "kinit");
        // A ticket, but for another.
        isRefused(url(server, "joe", joe) + "&service.principal=HTTP/elsewhere@" + KerberosRealm.NAME, "Kerberos ticket");
    }

    @Test
    void aServerThatTakesNoTicketsSaysSo() throws SQLException {
        try (TestServer plain = TestServer.secured()) {
            isRefused(url(plain, "joe", joe), "knows BASIC");
        }
    }

    @Test
    void aServerThatDoesNotShowWhoItIsIsNotBelieved() {
        try (TestServer anybody = TestServer.start()) {
            // It wants no log-in, so it answers, and proves nothing.
            isRefused(url(anybody, "joe", joe), "does not show that it is HTTP/localhost");
            assertThat(anybody.server().requestCount()).isPositive();
        }
    }

    @Test
    void manyConnectionsLogInAtOnce() throws Exception {
        List<Callable<String>> work = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            work.add(() -> {
                try (Connection connection = connect(server)) {
                    return first(connection, "VALUES CURRENT_USER");
                }
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
            for (Future<String> one : threads.invokeAll(work)) {
                assertThat(one.get()).isEqualTo("JOE");
            }
        }
    }

    @Test
    void whoeverIsDroppedIsOut() throws Exception {
        try (TestServer own = serving(KerberosConfig.of(KerberosRealm.service(), serviceKeys)); Connection connection = connect(own)) {
            assertThat(first(connection, "VALUES CURRENT_USER")).isEqualTo("JOE");
            try (Connection admin = own.connect("coconut", "secret")) {
                TestServer.execute(admin, "REVOKE ALL PRIVILEGES ON t FROM joe", "DROP USER joe");
            }
            assertThatThrownBy(() -> first(connection, "VALUES CURRENT_USER")).isInstanceOfSatisfying(SQLException.class,
                    refused -> assertThat(refused.getSQLState()).isEqualTo("28000"));
        }
    }

    @Test
    void aLoginThatHasEndedIsMadeAnewAndTheConnectionGoesOn() throws Exception {
        KerberosConfig config = new KerberosConfig(KerberosRealm.service(), serviceKeys, Set.of(KerberosRealm.NAME), Duration.ofMillis(
                300));
        try (TestServer own = serving(config); Connection connection = connect(own)) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                for (int i = 2; i < 5; i++) {
                    Thread.sleep(400); // longer than the login lasts
                    insert.setInt(1, i);
                    // The second and third are more than the server reads of those whom it does not know.
                    insert.setString(2, "x".repeat(i == 2 ? 10 : 100_000));
                    assertThat(insert.executeUpdate()).isEqualTo(1);
                }
            }
            Thread.sleep(400);
            connection.commit();
            assertThat(first(connection, "SELECT COUNT(*) FROM t")).isEqualTo("4");
        }
    }

    // ---- over bare HTTP

    private static HttpResponse<String> post(String body, String... headers) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/"))
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static byte[] ticket() throws Exception {
        LoginContext login = new LoginContext("test", null, null, new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {new AppConfigurationEntry("com.sun.security.auth.module.Krb5LoginModule",
                        LoginModuleControlFlag.REQUIRED, Map.of("principal", "joe@" + KerberosRealm.NAME, "keyTab", joe.toString(),
                                "useKeyTab", "true", "doNotPrompt", "true"))};
            }
        });
        login.login();
        return Subject.callAs(login.getSubject(), () -> {
            GSSManager manager = GSSManager.getInstance();
            GSSContext context = manager.createContext(manager.createName("HTTP@localhost", GSSName.NT_HOSTBASED_SERVICE), new Oid(
                    "1.3.6.1.5.5.2"), null, GSSContext.DEFAULT_LIFETIME);
            return context.initSecContext(new byte[0], 0, 0);
        });
    }

    private static final String OPEN = "{\"request\":\"openConnection\",\"connectionId\":\"%s\"}";

    @Test
    void bothWaysAreOffered() throws Exception {
        HttpResponse<String> answer = post("{}");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().allValues("WWW-Authenticate")).hasSize(2).contains("Negotiate");
    }

    @Test
    void aTicketIsGoodOnceAndItsCookieFromThenOn() throws Exception {
        String negotiate = "Negotiate " + Base64.getEncoder().encodeToString(ticket());

        HttpResponse<String> in = post(OPEN.formatted("by-ticket"), "Authorization", negotiate);
        String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
        HttpResponse<String> known = post(OPEN.formatted("by-cookie"), "Cookie", "other=1; " + cookie.substring(0, cookie.indexOf(';')));
        HttpResponse<String> replayed = post(OPEN.formatted("again"), "Authorization", negotiate);
        HttpResponse<String> guessed = post(OPEN.formatted("guessed"), "Cookie", "coconut-login=" + "A".repeat(43));

        assertThat(in.statusCode()).as(in.body()).isEqualTo(200);
        assertThat(in.headers().firstValue("WWW-Authenticate")).hasValueSatisfying(value -> assertThat(value).startsWith("Negotiate o"));
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/");
        assertThat(known.statusCode()).as(known.body()).isEqualTo(200);
        assertThat(known.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(replayed.body()).contains("28000").contains("Kerberos ticket");
        assertThat(guessed.statusCode()).isEqualTo(401);
    }

    @Test
    void aLargeRequestMayBringItsTicketWithIt() throws Exception {
        String body = OPEN.formatted("large") + " ".repeat(200_000);

        HttpResponse<String> answer = post(body, "Authorization", "Negotiate " + Base64.getEncoder().encodeToString(ticket()));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void whatIsNoTicketIsRefusedAndThenHasToWait() throws Exception {
        try (TestServer own = serving(KerberosConfig.of(KerberosRealm.service(), serviceKeys)); HttpClient client = HttpClient
                .newHttpClient()) {
            byte[] cut = ticket();
            List<String> bad = List.of("Negotiate", "Negotiate ", "Negotiate ???", "Negotiate " + Base64.getEncoder().encodeToString(
                    "NTLMSSP\0\1".getBytes(StandardCharsets.ISO_8859_1)), "Negotiate " + Base64.getEncoder().encodeToString(
                            java.util.Arrays.copyOf(cut, cut.length / 2)), "Negotiate " + "A".repeat(60_000));
            List<String> told = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                for (String authorization : bad) {
                    HttpResponse<String> answer = client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + own.port() + "/"))
                            .header("Authorization", authorization)
                            .POST(HttpRequest.BodyPublishers.ofString(OPEN.formatted("no" + i)))
                            .build(), HttpResponse.BodyHandlers.ofString());
                    assertThat(answer.statusCode()).as(authorization).isIn(401, 500);
                    assertThat(answer.body()).doesNotContain("Exception", "\tat ");
                    told.add(answer.body());
                }
            }
            assertThat(told).anySatisfy(body -> assertThat(body).contains("too many log-ins have failed"));
            assertThat(own.server().connectionCount()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void avaticasOwnClientsLogIn(String jar, String serialization) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("authentication", "SPNEGO");
        properties.setProperty("principal", "joe@" + KerberosRealm.NAME);
        properties.setProperty("keytab", joe.toString());

        try (Connection connection = StockClients.driver(jar).connect("jdbc:avatica:remote:url=http://localhost:" + server.port()
                + ";serialization=" + serialization, properties)) {
            assertThat(first(connection, "VALUES CURRENT_USER")).isEqualTo("JOE");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                insert.setInt(1, 100);
                insert.setString(2, "x".repeat(150_000));
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }
            assertThat(first(connection, "SELECT COUNT(*) FROM t WHERE id = 100")).isEqualTo("1");
            try (Statement statement = connection.createStatement()) {
                assertThat(statement.executeUpdate("DELETE FROM t WHERE id = 100")).isEqualTo(1);
            }
        }
    }

    // ---- configuration

    @Test
    void aKeytabThatIsNoGoodStopsTheStart() throws Exception {
        isNotStarted(KerberosRealm.service(), folder.resolve("none"), "cannot be read");
        isNotStarted(KerberosRealm.service(), joe, "no key of " + KerberosRealm.service());
        Path open = Files.copy(serviceKeys, folder.resolve("open.keytab"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        isNotStarted(KerberosRealm.service(), open, "chmod 600");
        assertThatThrownBy(() -> KerberosConfig.of("HTTP", otherService)).isInstanceOf(ServerConfigException.class).hasMessageContaining(
                "HTTP/db.example.com@EXAMPLE.COM");
    }

    private static void isNotStarted(String principal, Path keytab, String part) {
        assertThatThrownBy(() -> serving(KerberosConfig.of(principal, keytab)).close()).isInstanceOf(ServerConfigException.class)
                .hasMessageContaining(part);
    }
}
