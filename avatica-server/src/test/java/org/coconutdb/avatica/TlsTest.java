package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server behind TLS, with certificates that the JDK's keytool makes.
class TlsTest {
    @TempDir private Path folder;

    private Identity identity(String name, String names, String... more) throws Exception {
        return Identity.make(folder, name, names, more);
    }

    private static TestServer serving(Identity identity) {
        return TestServer.secured(config -> config.withSecurity(config.security().withTls(new TlsConfig.Pem(identity.certificate(), identity
                .key()))));
    }

    private static String url(TestServer server, String host, String properties) {
        return "jdbc:coconut://" + host + ":" + server.port() + "/?tls=true&user=coconut&password=secret" + properties;
    }

    private static void works(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            TestServer.execute(connection, "VALUES 1");
        }
    }

    private static void fails(String url, String... parts) {
        assertThatThrownBy(() -> DriverManager.getConnection(url).close()).isInstanceOfSatisfying(SQLException.class, failure -> {
            assertThat(failure.getSQLState()).isEqualTo("08001");
            assertThat(failure.getMessage()).doesNotContain("secret");
            for (String part : parts) {
                assertThat(failure.getMessage()).contains(part);
            }
        });
    }

    @Test
    void theCertificateIsTrustedByAuthorityStoreOrPinAndElseNot() throws Exception {
        Identity good = identity("good", "dns:localhost,ip:127.0.0.1");
        Identity other = identity("other", "dns:localhost,ip:127.0.0.1");
        try (TestServer server = serving(good)) {
            assertThat(server.server().url()).endsWith("?tls=true");
            works(url(server, "localhost", "&tls.ca=" + good.certificate()));
            works(url(server, "127.0.0.1", "&tls.ca=" + good.certificate()));
            works(url(server, "127.0.0.1", "&truststore=" + good.trusting() + "&truststorePassword=" + Identity.PASSWORD));
            works(url(server, "127.0.0.1", "&tls.pin=" + good.sha256()));
            fails(url(server, "127.0.0.1", ""), "unable to find valid certification path");
            fails(url(server, "127.0.0.1", "&tls.ca=" + other.certificate()), "certif");
            fails(url(server, "127.0.0.1", "&tls.pin=" + other.sha256()), "tls.pin", good.sha256());
            assertThatThrownBy(() -> DriverManager.getConnection("jdbc:coconut://127.0.0.1:" + server.port()
                    + "/?user=coconut&password=secret"))
                            .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> DriverManager.getConnection("jdbc:coconut://127.0.0.1:1/?tls.pin=" + good.sha256()))
                    .hasMessageContaining(
                            "tls=true");
        }
    }

    @Test
    void namesAndTimesOfACertificateCount() throws Exception {
        Identity elsewhere = identity("elsewhere", "dns:db.example.com");
        try (TestServer server = serving(elsewhere)) {
            fails(url(server, "127.0.0.1", "&tls.ca=" + elsewhere.certificate()), "127.0.0.1");
            works(url(server, "127.0.0.1", "&tls.verify.host=false&tls.ca=" + elsewhere.certificate()));
        }
        Identity expired = identity("expired", "ip:127.0.0.1", "-startdate", "-10d", "-validity", "2");
        try (TestServer server = serving(expired)) {
            fails(url(server, "127.0.0.1", "&tls.ca=" + expired.certificate()), "not valid now");
            fails(url(server, "127.0.0.1", "&tls.pin=" + expired.sha256()), "NotAfter");
        }
    }

    @Test
    void aNewCertificateIsServedAndABrokenOneIsNot() throws Exception {
        Identity before = identity("before", "ip:127.0.0.1");
        Identity after = identity("after", "ip:127.0.0.1");
        Identity served = new Identity(before.store(), Files.copy(before.certificate(), folder.resolve("served.crt")), Files.copy(before
                .key(),
                folder.resolve("served.key")), before.sha256());
        try (TestServer server = serving(served); Connection old = DriverManager.getConnection(url(server, "127.0.0.1", "&tls.pin=" + before
                .sha256()))) {
            replace(served.certificate(), "no certificate", 10);
            replace(served.certificate(), Files.readString(after.certificate()), 20);
            replace(served.key(), Files.readString(after.key()), 30);
            await(server, "&tls.pin=" + after.sha256());
            fails(url(server, "127.0.0.1", "&tls.pin=" + before.sha256()));
            TestServer.execute(old, "VALUES 1");

            replace(served.key(), "no key", 40);
            works(url(server, "127.0.0.1", "&tls.pin=" + after.sha256()));
        }
    }

    /// @param seconds from now, so that each change has another time
    private static void replace(Path file, String content, int seconds) throws IOException {
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
    }

    private static void await(TestServer server, String properties) throws SQLException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (true) {
            try {
                works(url(server, "127.0.0.1", properties));
                return;
            } catch (SQLException notYet) {
                if (Instant.now().isAfter(deadline)) {
                    throw notYet;
                }
            }
        }
    }

    @Test
    void whoDoesNotShakeHandsHoldsNobodyUp() throws Exception {
        Identity good = identity("good", "ip:127.0.0.1");
        try (TestServer server = serving(good)) {
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                silent.add(new Socket("127.0.0.1", server.port()));
            }
            try (Socket plain = new Socket("127.0.0.1", server.port())) {
                plain.setSoTimeout(20_000);
                plain.getOutputStream().write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1 200");
            }
            works(url(server, "127.0.0.1", "&tls.pin=" + good.sha256()));
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void oldVersionsOfTlsAreRefused() throws Exception {
        Identity good = identity("good", "ip:127.0.0.1");
        try (TestServer server = serving(good)) {
            for (String version : List.of("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1")) {
                boolean isRefused = version.equals("TLSv1.1") || version.equals("TLSv1");
                try (SSLSocket socket = (SSLSocket) trustingAll().getSocketFactory().createSocket("127.0.0.1", server.port())) {
                    socket.setEnabledProtocols(new String[] {version});
                    if (isRefused) {
                        assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
                    } else {
                        socket.startHandshake();
                        assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                    }
                }
            }
        }
    }

    private static SSLContext trustingAll() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) {
                throw new IllegalStateException("no client");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) {
                assertThat(chain).isNotEmpty();
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        }}, null);
        return context;
    }

    @Test
    void whatCannotBeUsedIsRefusedBeforeTheServerStarts() throws Exception {
        Identity good = identity("good", "ip:127.0.0.1");
        Path nothing = Files.writeString(folder.resolve("nothing"), "nothing");
        Path old = Files.writeString(folder.resolve("old.key"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        for (TlsConfig wrong : List.of(new TlsConfig.Pem(nothing, good.key()), new TlsConfig.Pem(good.certificate(), nothing),
                new TlsConfig.Pem(
                        good.certificate(), old), new TlsConfig.Pem(folder.resolve("nowhere"), good.key()), new TlsConfig.KeyStoreFile(good
                                .store(),
                                nothing))) {
            assertThatThrownBy(() -> TestServer.secured(config -> config.withSecurity(config.security().withTls(wrong)))).as(wrong
                    .toString())
                    .isInstanceOf(ServerConfigException.class)
                    .hasMessageContaining("cannot be used");
        }
        Path password = Files.writeString(folder.resolve("password"), Identity.PASSWORD + "\n");
        try (TestServer server = TestServer.secured(config -> config.withSecurity(config.security().withTls(new TlsConfig.KeyStoreFile(good
                .store(), password))))) {
            works(url(server, "127.0.0.1", "&tls.pin=" + good.sha256()));
        }
    }
}
