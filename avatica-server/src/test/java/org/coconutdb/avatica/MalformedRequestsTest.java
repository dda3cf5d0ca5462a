package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.calcite.avatica.remote.JsonService;
import org.apache.calcite.avatica.remote.ProtobufTranslationImpl;
import org.apache.calcite.avatica.remote.Service;
import org.coconutdb.avatica.connection.ConnectionLimits;
import org.coconutdb.jdbc.wire.Protocol;
import org.coconutdb.jdbc.wire.WireWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Whatever comes in, what goes out is a short error, and nothing is left behind.
class MalformedRequestsTest {
    private static final long SEED = Long.parseUnsignedLong(System.getProperty("seed", "5e12fe"), 16);
    private static final int REQUESTS = Integer.getInteger("malformed.requests", 3_000);

    /// Requests that are right, to be spoilt.
    private static List<byte[]> samples() throws IOException {
        ProtobufTranslationImpl protobuf = new ProtobufTranslationImpl();
        List<Service.Request> requests = List.of(new Service.OpenConnectionRequest("sample", Map.of("user", "x")),
                new Service.PrepareAndExecuteRequest("sample", 1, "SELECT * FROM INFORMATION_SCHEMA.TABLES", -1),
                new Service.PrepareRequest("sample", "VALUES ?", -1), new Service.FetchRequest("sample", 7, 3, 100),
                new Service.TablesRequest("sample", null, "%", "%", List.of("TABLE")), new Service.CloseConnectionRequest("sample"),
                new Service.ExecuteBatchRequest("sample", 3, List.of()), new Service.CommitRequest("sample"));
        java.util.ArrayList<byte[]> samples = new java.util.ArrayList<>();
        for (Service.Request request : requests) {
            samples.add(protobuf.serializeRequest(request));
            samples.add(JsonService.MAPPER.writeValueAsBytes(request));
        }
        for (int operation = 0; operation < 20; operation++) {
            WireWriter message = new WireWriter();
            message.number(Protocol.Ask.OPERATION, operation);
            message.text(Protocol.Ask.CONNECTION, "sample");
            message.number(Protocol.Ask.STATEMENT, 5);
            message.element(Protocol.Ask.SQL, "VALUES 1");
            message.number(Protocol.Ask.ROW_COUNT, 3);
            message.bytes(Protocol.Ask.ROWS, new byte[] {5, 2, 10, 1, 'x', 9, 4, 2, 1, 1});
            message.number(Protocol.Ask.NUMBER, 1);
            samples.add(Protocol.wrap(message).toByteArray());
        }
        return samples;
    }

    private static byte[] spoilt(byte[] sample, RandomGenerator random) {
        byte[] bytes = sample.clone();
        switch (random.nextInt(5)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> random.nextBytes(bytes);
            case 2 -> bytes = new byte[random.nextInt(200)];
            default -> {
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
        }
        return bytes;
    }

    @Test
    @DisplayName("spoilt requests get errors and leave nothing behind")
    void spoiltRequestsGetErrorsAndLeaveNothingBehind() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        List<byte[]> samples = samples();
        try (TestServer server = TestServer.start(config -> config.withConnections(
                new ConnectionLimits(50, 20, 100_000, 1_000, java.time.Duration.ofMillis(200))))) {
            try (Exchange exchange = new Exchange(server.port())) {
                for (int i = 0; i < REQUESTS; i++) {
                    byte[] request = spoilt(samples.get(random.nextInt(samples.size())), random);
                    String rerun = "rerun: mvnw -pl avatica-server -am test -Dtest=MalformedRequestsTest -Dseed=" + Long.toHexString(SEED)
                            + " (request " + i + ": " + HexFormat.of().formatHex(request) + ")";
                    String answer = exchange.post(request);
                    assertThat(answer).as(rerun).doesNotContain("\tat ").doesNotContain("Exception:").doesNotContain("XX000");
                    assertThat(exchange.status).as(rerun + ": " + answer).isIn(200, 500);
                }
            }
            while (server.server().connectionCount() > 0 || server.server().socketCount() > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            goesOn(server);
        }
    }

    @Test
    @DisplayName("strangers are told to log in, whatever they send")
    void strangersAreToldToLogInWhateverTheySend() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        List<byte[]> samples = samples();
        try (TestServer server = TestServer.secured(config -> config)) {
            try (Exchange exchange = new Exchange(server.port())) {
                for (int i = 0; i < REQUESTS; i++) {
                    byte[] sample = samples.get(random.nextInt(samples.size()));
                    byte[] request = random.nextBoolean() ? sample : spoilt(sample, random);
                    String rerun = "rerun: mvnw -pl avatica-server -am test -Dtest=MalformedRequestsTest -Dseed=" + Long.toHexString(SEED)
                            + " (request " + i + ": " + HexFormat.of().formatHex(request) + ")";
                    String answer = exchange.post(request);
                    assertThat(exchange.status).as(rerun + ": " + answer).isEqualTo(401);
                    assertThat(answer).as(rerun).contains("wants a log-in");
                }
            }
            assertThat(server.server().connectionCount()).isZero();
        }
    }

    @Test
    void deepJsonIsRefused() throws Exception {
        try (TestServer server = TestServer.start(); Exchange exchange = new Exchange(server.port())) {
            String answer = exchange.post(("{\"request\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8));

            assertThat(exchange.status).isEqualTo(500);
            assertThat(answer).contains("08P01").doesNotContain("\tat ");
            assertThat(exchange.post(("{\"request\":\"getCatalogs\",\"x\":" + "{\"a\":".repeat(50_000)).getBytes(StandardCharsets.UTF_8)))
                    .contains("08P01");
            goesOn(server);
        }
    }

    @Test
    void whatAnotherLoginOpenedIsNotThere() throws Exception {
        try (TestServer server = TestServer.start(); Exchange exchange = new Exchange(server.port())) {
            assertThat(exchange.post("{\"request\":\"commit\",\"connectionId\":\"never opened\"}".getBytes(StandardCharsets.UTF_8)))
                    .contains("\"errorCode\":1")
                    .contains("08003");
            assertThat(exchange.status).isEqualTo(500);
        }
    }

    @Test
    void aWebPageIsRefused() throws Exception {
        try (TestServer server = TestServer.start(); Exchange exchange = new Exchange(server.port())) {
            byte[] request = "{\"request\":\"openConnection\",\"connectionId\":\"a page's\",\"info\":{}}".getBytes(StandardCharsets.UTF_8);
            for (String header : new String[] {"Origin: http://127.0.0.1:1", "Origin: null", "Sec-Fetch-Site: same-origin"}) {
                exchange.post(request, header + "\r\n");
                assertThat(exchange.status).as(header).isEqualTo(403);
            }
            assertThat(server.server().connectionCount()).isZero();
            exchange.post(request);
            assertThat(exchange.status).isEqualTo(200);
            assertThat(server.server().connectionCount()).isEqualTo(1);
        }
    }

    private static void goesOn(TestServer server) throws SQLException {
        try (Connection connection = server.connect(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("VALUES 1")) {
            assertThat(rows.next()).isTrue();
        }
    }

    /// A socket that posts.
    private static final class Exchange implements AutoCloseable {
        private final Socket socket;
        private int status;

        Exchange(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
        }

        String post(byte[] body) throws IOException {
            return post(body, "");
        }

        /// @param headers more of them, with their ends of line
        String post(byte[] body, String headers) throws IOException {
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(("POST / HTTP/1.1\r\nHost: x\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n").getBytes(
                    StandardCharsets.UTF_8));
            request.writeBytes(body);
            socket.getOutputStream().write(request.toByteArray());
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("no answer behind: " + head);
                }
                head.append((char) next);
            }
            status = Integer.parseInt(head.substring(9, 12));
            int from = head.indexOf("Content-Length: ") + "Content-Length: ".length();
            int length = Integer.parseInt(head.substring(from, head.indexOf("\r\n", from)));
            return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
