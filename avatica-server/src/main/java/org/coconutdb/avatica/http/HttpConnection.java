package org.coconutdb.avatica.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One socket: reads a request, has it answered, and begins again, until either side has enough. Its own thread, but for [#close] and what
/// [HttpServer] asks.
///
/// What makes a request ambiguous is refused: two lengths, a length and chunks, folded headers, names with blanks. So a proxy in between
/// cannot be led to see other requests than are answered here.
final class HttpConnection implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final int HEADERS_MAX = 100;
    // Of whom nobody knows.
    private static final int STRANGERS_BODY_BYTES_MAX = 64 * 1024;
    private static final int DRAIN_BYTES_MAX = 256 * 1024 * 1024;
    private static final long DRAIN_NANOS = 2_000_000_000L;
    private static final int ONE_WRITE_BYTES_MAX = 64 * 1024;
    private static final byte[] CONTINUE = HttpInput.latin("HTTP/1.1 100 Continue\r\n\r\n");

    private final Socket accepted;
    private final HttpServer server;
    // Its own thread: the accepted socket, or TLS over it.
    private Socket socket;
    private boolean isSecured;
    private HttpInput in;
    private volatile boolean isBusy;
    private volatile long writingSince; // nanoTime, 0: not writing

    HttpConnection(Socket socket, HttpServer server) {
        this.accepted = socket;
        this.socket = socket;
        this.server = server;
        this.in = new HttpInput(socket);
    }

    /// What the head of a request says.
    private static final class Head {
        private String method = "";
        private String path = "";
        private @Nullable String authorization;
        private @Nullable String cookie;
        private @Nullable HttpCredentials credentials;
        private boolean fromBrowser;
        private int contentLength = -1;
        private boolean chunked;
        private boolean expectsContinue;
        private boolean keepsAlive = true;
    }

    @Override
    public void run() {
        try {
            socket.setTcpNoDelay(true);
            secure();
            while (serve()) {
                // The next one.
            }
        } catch (SocketTimeoutException | java.io.EOFException gone) {
            LOG.debug("a client was silent for too long, or went away");
        } catch (IOException failure) {
            LOG.atDebug().addKeyValue("why", failure.getMessage()).log("a socket failed");
        } finally {
            sayGoodbye();
            close();
            server.ended(this);
        }
    }

    /// The handshake, where there is TLS. The watch closes the socket of a client that is slow at it.
    private void secure() throws IOException {
        TlsSockets tls = server.tls();
        if (tls == null) {
            return;
        }
        accepted.setSoTimeout((int) Math.min(server.limits().transfer().toMillis(), Integer.MAX_VALUE));
        SSLSocket secured = (SSLSocket) tls.factory().createSocket(accepted, null, true);
        secured.setUseClientMode(false);
        secured.setEnabledProtocols(PROTOCOLS);
        writingSince = System.nanoTime() | 1;
        try {
            secured.startHandshake();
        } finally {
            writingSince = 0;
        }
        socket = secured;
        isSecured = true;
        in = new HttpInput(secured);
    }

    /// One request; whether another may follow.
    private boolean serve() throws IOException {
        in.setDeadline(System.nanoTime() + server.limits().idle().toNanos());
        if (!in.awaitByte()) {
            return false;
        }
        isBusy = true;
        try {
            in.setDeadline(System.nanoTime() + server.limits().transfer().toNanos());
            Head head = head();
            byte[] body = body(head);
            int length = head.chunked ? body.length : Math.max(0, head.contentLength);
            HttpResponse response = answer(new HttpRequest(head.method, head.path, credentials(head), head.fromBrowser, body, length));
            server.answered();
            boolean goesOn = head.keepsAlive && !server.isStopping();
            write(response, goesOn, head.method.equals("HEAD"));
            return goesOn;
        } catch (BadRequest refused) {
            write(HttpResponse.text(refused.status(), String.valueOf(refused.getMessage())).with(refused.headers()), false, false);
            linger();
            return false;
        } finally {
            isBusy = false;
        }
    }

    private HttpResponse answer(HttpRequest request) {
        try {
            return server.handler().handle(request);
        } catch (RuntimeException | Error failure) {
            LOG.atError().setCause(failure).log("a request failed in a way nobody expected");
            return HttpResponse.text(500, "the server failed: its log says why");
        }
    }

    private Head head() throws IOException, BadRequest {
        in.beginHead(server.limits().headBytes());
        String line = in.line();
        while (line.isEmpty()) {
            line = in.line(); // some clients send an end of line too many behind a body
        }
        Head head = new Head();
        requestLine(line, head);
        int headers = 0;
        for (line = in.line(); !line.isEmpty(); line = in.line()) {
            if (++headers > HEADERS_MAX) {
                throw new BadRequest(431, "the request has more than " + HEADERS_MAX + " headers");
            }
            header(line, head);
        }
        if (head.chunked && head.contentLength >= 0) {
            throw new BadRequest(400, "the request has a length and chunks");
        }
        return head;
    }

    private static void requestLine(String line, Head head) throws BadRequest {
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || parts[0].isEmpty() || !parts[1].startsWith("/")) {
            throw new BadRequest(400, "this is a CoconutDB server: it speaks HTTP, and what came is none");
        }
        head.method = parts[0];
        int question = parts[1].indexOf('?');
        head.path = question < 0 ? parts[1] : parts[1].substring(0, question);
        head.keepsAlive = parts[2].equals("HTTP/1.1");
        if (!head.keepsAlive && !parts[2].equals("HTTP/1.0")) {
            throw new BadRequest(505, "this server speaks HTTP/1.1");
        }
    }

    private static void header(String line, Head head) throws BadRequest {
        int colon = line.indexOf(':');
        if (colon < 1 || line.charAt(0) <= ' ' || line.charAt(colon - 1) <= ' ') {
            throw new BadRequest(400, "a header cannot be read");
        }
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "content-length" -> {
                if (head.contentLength >= 0) {
                    throw new BadRequest(400, "the request has two lengths");
                }
                head.contentLength = contentLength(value);
            }
            case "transfer-encoding" -> {
                if (!value.equalsIgnoreCase("chunked") || head.chunked) {
                    throw new BadRequest(501, "of transfer encodings this server knows chunked");
                }
                head.chunked = true;
            }
            case "connection" -> head.keepsAlive = value.equalsIgnoreCase("keep-alive")
                    || (head.keepsAlive && !value.toLowerCase(Locale.ROOT).contains("close"));
            case "expect" -> {
                if (!value.equalsIgnoreCase("100-continue")) {
                    throw new BadRequest(417, "of expectations this server knows 100-continue");
                }
                head.expectsContinue = true;
            }
            case "authorization" -> head.authorization = value;
            case "cookie" -> head.cookie = head.cookie == null ? value : head.cookie + "; " + value;
            case "origin", "sec-fetch-site" -> head.fromBrowser = true;
            default -> {
                // Says nothing that matters here.
            }
        }
    }

    private static int contentLength(String value) throws BadRequest {
        boolean digits = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            throw new BadRequest(400, "the request's length is no number");
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException beyond) {
            return Integer.MAX_VALUE; // and so beyond every limit
        }
    }

    /// The same object for all of a request.
    private HttpCredentials credentials(Head head) {
        HttpCredentials credentials = head.credentials;
        if (credentials == null) {
            credentials = new HttpCredentials(head.authorization, head.cookie, socket.getInetAddress());
            head.credentials = credentials;
        }
        return credentials;
    }

    private byte[] body(Head head) throws IOException, BadRequest {
        int lengthMax = server.limits().requestBytes();
        if (head.contentLength > lengthMax) {
            throw HttpInput.tooLarge(lengthMax);
        }
        boolean isLarge = head.chunked || head.contentLength > STRANGERS_BODY_BYTES_MAX;
        if (isLarge && !server.handler().admits(credentials(head))) {
            throw new BadRequest(401, "this server wants a log-in before it reads a large request", server.handler().challenges(credentials(
                    head)).toArray(String[]::new));
        }
        if (head.expectsContinue && (head.chunked || head.contentLength > 0)) {
            send(CONTINUE, CONTINUE.length);
        }
        if (head.chunked) {
            return in.chunkedBody(lengthMax, server.roomBytes());
        }
        if (head.contentLength > 0) {
            return in.body(head.contentLength, server.roomBytes());
        }
        if (head.contentLength < 0 && head.method.equals("POST")) {
            throw new BadRequest(411, "a POST says how long it is: Content-Length, or chunks");
        }
        return new byte[0];
    }

    private void write(HttpResponse response, boolean goesOn, boolean headOnly) throws IOException {
        StringBuilder head = new StringBuilder(160);
        head.append("HTTP/1.1 ").append(response.status()).append(' ').append(HttpResponse.reason(response.status()));
        head.append("\r\nContent-Type: ").append(response.contentType());
        head.append("\r\nContent-Length: ").append(response.bodyLength());
        for (String header : response.headers()) {
            head.append("\r\n").append(header);
        }
        head.append(goesOn ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
        byte[] first = HttpInput.latin(head.toString());
        int bodyLength = headOnly ? 0 : response.bodyLength();
        if (first.length + bodyLength <= ONE_WRITE_BYTES_MAX) {
            byte[] whole = new byte[first.length + bodyLength];
            System.arraycopy(first, 0, whole, 0, first.length);
            System.arraycopy(response.body(), 0, whole, first.length, bodyLength);
            send(whole, whole.length);
        } else {
            send(first, first.length);
            send(response.body(), bodyLength);
        }
    }

    /// A write has no time-out of its own: [HttpServer]'s watch closes the socket of a client that does not take its answer.
    private void send(byte[] bytes, int length) throws IOException {
        OutputStream out = socket.getOutputStream();
        writingSince = System.nanoTime() | 1;
        try {
            out.write(bytes, 0, length);
        } finally {
            writingSince = 0;
        }
    }

    /// Closing a socket with unread input resets it, and the other side would not read the answer.
    private void linger() throws IOException {
        socket.shutdownOutput();
        in.setDeadline(System.nanoTime() + DRAIN_NANOS);
        in.drain(DRAIN_BYTES_MAX);
    }

    /// Of TLS, whose other side takes an end without it for one that somebody made.
    private void sayGoodbye() {
        if (isSecured && !accepted.isClosed()) {
            writingSince = System.nanoTime() | 1;
            try {
                socket.close();
            } catch (IOException alreadyGone) {
                LOG.debug("a socket was gone already");
            } finally {
                writingSince = 0;
            }
        }
    }

    boolean isBusy() {
        return isBusy;
    }

    boolean isStuck(long now, Duration bound) {
        long since = writingSince;
        return since != 0 && now - since > bound.toNanos();
    }

    void close() {
        try {
            // Not TLS's own, which may wait for whoever writes.
            accepted.close();
        } catch (IOException alreadyGone) {
            LOG.debug("a socket was gone already");
        }
    }
}
