package org.coconutdb.avatica.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests as bytes, over real sockets.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HttpServerTest {
    private static final HttpLimits LIMITS = new HttpLimits(4, 1_024, 10_000, Duration.ofMinutes(3), Duration.ofMinutes(3));

    /// Answers with method, path and body.
    private static HttpServer echo(HttpLimits limits) throws IOException {
        return HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits,
                request -> HttpResponse.text(200, request.method() + " " + request.path() + " "
                        + new String(request.body(), 0, request.bodyLength(), StandardCharsets.UTF_8)));
    }

    /// Sends bytes, says that no more come, and reads all that comes back.
    private static String send(HttpServer server, String bytes) throws IOException {
        try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String unescaped(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "POST /a?b HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\nhi | 200 | POST /a hi",
            "POST / HTTP/1.1\\nContent-Length: 2\\n\\nhi | 200 | POST / hi",
            "\\r\\nPOST / HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\nhi | 200 | POST / hi",
            "POST / HTTP/1.0\\r\\nContent-Length: 2\\r\\n\\r\\nhi | 200 | Connection: close",
            "POST / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nhi\\r\\n3;x=y\\r\\n ho\\r\\n0\\r\\nt: u\\r\\n\\r\\n | 200 | hi ho",
            "POST / HTTP/1.1\\r\\nExpect: 100-continue\\r\\nContent-Length: 2\\r\\n\\r\\nhi | 100 | POST / hi",
            "GET /x HTTP/1.1\\r\\n\\r\\nGET /y HTTP/1.1\\r\\n\\r\\n | 200 | GET /y",
            "nonsense\\r\\n\\r\\n | 400 | CoconutDB",
            "GET / HTTP/2.0\\r\\n\\r\\n | 505 | HTTP/1.1",
            "POST / HTTP/1.1\\r\\n\\r\\n | 411 | how long",
            "POST / HTTP/1.1\\r\\nContent-Length: 2\\r\\nContent-Length: 3\\r\\n\\r\\nhi | 400 | two lengths",
            "POST / HTTP/1.1\\r\\nContent-Length: 2\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nhi | 400 | a length and chunks",
            "POST / HTTP/1.1\\r\\nContent-Length: -2\\r\\n\\r\\nhi | 400 | no number",
            "POST / HTTP/1.1\\r\\nContent-Length: +2\\r\\n\\r\\nhi | 400 | no number",
            "POST / HTTP/1.1\\r\\nContent-Length: 99999999999999\\r\\n\\r\\nhi | 413 | request.bytes.max",
            "POST / HTTP/1.1\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\nhi | 501 | chunked",
            "POST / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nffffffff\\r\\nhi | 400 | no size",
            "POST / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n7fffffff\\r\\nhi | 413 | request.bytes.max",
            "POST / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\nhi\\r\\n0\\r\\n\\r\\n | 400 | longer than it says",
            "GET / HTTP/1.1\\r\\nname : value\\r\\n\\r\\n | 400 | header",
            "GET / HTTP/1.1\\r\\na: b\\r\\n folded: c\\r\\n\\r\\n | 400 | header",
            "POST / HTTP/1.1\\r\\nExpect: miracles\\r\\nContent-Length: 2\\r\\n\\r\\nhi | 417 | 100-continue",
    })
    void aRequestIsAnsweredOrRefusedWithAReason(String request, int status, String part) throws IOException {
        try (HttpServer server = echo(LIMITS)) {
            String answer = send(server, unescaped(request));

            assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains(part);
        }
    }

    @Test
    void aHeadWithoutEndIsCutOff() throws IOException {
        try (HttpServer server = echo(LIMITS)) {
            assertThat(send(server, "GET / HTTP/1.1\r\nx: " + "y".repeat(100_000))).startsWith("HTTP/1.1 431 ");
            assertThat(send(server, "GET / HTTP/1.1\r\n" + "a:b\r\n".repeat(150) + "\r\n")).startsWith("HTTP/1.1 431 ");
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAndTheAnswerReadable() throws IOException {
        try (HttpServer server = echo(LIMITS)) {
            String answer = send(server, "POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n" + "x".repeat(3_000_000));

            assertThat(answer).startsWith("HTTP/1.1 413 ").contains("10000 bytes");
        }
    }

    @Test
    void oneSocketMoreThanAllowedIsToldSo() throws Exception {
        try (HttpServer server = echo(LIMITS)) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                open.add(new Socket(server.address().getAddress(), server.address().getPort()));
            }
            while (server.socketCount() < 4) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            try (Socket more = new Socket(server.address().getAddress(), server.address().getPort())) {
                assertThat(new String(more.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 503 ")
                        .contains("limit.sockets");
            }
            open.get(0).close();
            while (server.socketCount() > 3) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            assertThat(send(server, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void aSlowClientIsCutOff() throws IOException {
        HttpLimits hasty = new HttpLimits(4, 1_024, 10_000, Duration.ofMillis(100), Duration.ofMillis(100));
        try (HttpServer server = echo(hasty); Socket silent = new Socket(server.address().getAddress(), server.address().getPort());
                Socket slow = new Socket(server.address().getAddress(), server.address().getPort())) {
            slow.getOutputStream().write("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nx".getBytes(StandardCharsets.US_ASCII));

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(slow.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aFailingHandlerTellsNoTrace() throws IOException {
        try (HttpServer server = HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), LIMITS, _ -> {
            throw new IllegalStateException("a secret");
        })) {
            assertThat(send(server, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 500 ").doesNotContain("secret").doesNotContain("\tat ");
        }
    }
}
