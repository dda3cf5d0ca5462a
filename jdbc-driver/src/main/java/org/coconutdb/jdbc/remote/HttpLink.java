package org.coconutdb.jdbc.remote;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Locale;
import org.coconutdb.jdbc.wire.Protocol;
import org.coconutdb.jdbc.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/// A socket that is kept open and speaks HTTP/1.1: one request, then its answer. One thread, but for [#close].
final class HttpLink implements AutoCloseable {
    /// An answer of the server, or of something between.
    ///
    /// @param bytes of its body
    /// @param isProven whether it comes from the server that is meant, as far as the way of logging in shows that: a refusal need not
    record Response(int status, byte[] bytes, boolean isProven) {}

    /// The server does not know the login any more, and has closed the socket without a look at the request: it can be sent again over another.
    static final class LoginEnded extends IOException {
        private static final long serialVersionUID = 1L;

        LoginEnded() {
            super("the server wants another log-in");
        }
    }

    private static final long STALE_NANOS = 200_000_000;
    private static final int HEAD_BYTES_MAX = 64 * 1024;
    private static final int UNAUTHORIZED = 401;
    // A server reads no more of those whom it does not know.
    private static final int STRANGERS_BYTES_MAX = 60 * 1024;
    private static final String NEGOTIATE = "Negotiate";

    private final Socket socket;
    private final BufferedInputStream in;
    private final OutputStream out;
    private final RemoteUrl url;
    private final RemoteUrl.Host host;
    private byte[] head; // of a request, up to its length
    private boolean isLoggedIn; // by a ticket, and known by a cookie since
    private @Nullable String cookie; // in the last answer
    private @Nullable String negotiated; // likewise
    private long usedAt = System.nanoTime();
    private boolean closesItself;

    private HttpLink(Socket socket, RemoteUrl url, RemoteUrl.Host host) throws IOException {
        this.socket = socket;
        this.url = url;
        this.host = host;
        this.head = head(basic(url));
        this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        this.out = socket.getOutputStream();
    }

    /// Tries all addresses of the host's name.
    static HttpLink connect(RemoteUrl url, RemoteUrl.Host host) throws IOException {
        IOException failure = null;
        for (InetAddress address : InetAddress.getAllByName(host.name())) {
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                socket.connect(new InetSocketAddress(address, host.port()), url.connectMillis());
                TlsSettings tls = url.tls();
                return new HttpLink(tls == null ? socket : tls.over(socket, host, Math.max(1, url.connectMillis())), url, host);
            } catch (IOException failed) {
                socket.close();
                failure = failed;
            }
        }
        throw failure == null ? new IOException("the name " + host.name() + " has no address") : failure;
    }

    /// Whose socket it is.
    RemoteUrl.Host host() {
        return host;
    }

    private static String basic(RemoteUrl url) {
        return url.user().isEmpty() && url.password().isEmpty() ? ""
                : "Authorization: Basic " + Base64.getEncoder()
                        .encodeToString((url.user() + ":" + url.password()).getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }

    /// @param login a header with its end; or nothing
    private byte[] head(String login) {
        return ("POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/octet-stream\r\n" + login + "Content-Length: ")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Whether the other side has closed it, as far as that can be known without asking. Only looked at after a pause: it takes a millisecond.
    boolean isStale() {
        if (closesItself || socket.isClosed()) {
            return true;
        }
        if (System.nanoTime() - usedAt < STALE_NANOS) {
            return false;
        }
        try {
            socket.setSoTimeout(1);
            in.read(); // nothing was asked, so whatever comes is no answer
            return true;
        } catch (SocketTimeoutException alive) {
            usedAt = System.nanoTime();
            return false;
        } catch (IOException broken) {
            return true;
        }
    }

    /// Sends a request and waits for its answer. After an exception the link is of no use any more, and whether the request has arrived is not
    /// known, but for [LoginEnded]. 28000 where there is no ticket to log in with.
    Response exchange(WireWriter body, int timeoutMillis) throws IOException, SQLException {
        KerberosLogin kerberos = url.kerberos();
        if (kerberos == null) {
            return send(body, timeoutMillis);
        }
        if (isLoggedIn) {
            Response response = send(body, timeoutMillis);
            if (response.status() != UNAUTHORIZED) {
                return response;
            }
            isLoggedIn = false;
            if (closesItself) {
                throw new LoginEnded();
            }
        } else if (body.length() > STRANGERS_BYTES_MAX) {
            WireWriter ping = new WireWriter();
            ping.number(Protocol.Ask.OPERATION, Protocol.Operation.PING);
            Response refused = logIn(kerberos, Protocol.wrap(ping), timeoutMillis);
            return isLoggedIn ? send(body, timeoutMillis) : refused;
        }
        return logIn(kerberos, body, timeoutMillis);
    }

    /// Sends a ticket with the request.
    private Response logIn(KerberosLogin kerberos, WireWriter body, int timeoutMillis) throws IOException, SQLException {
        KerberosLogin.Negotiation negotiation = kerberos.begin(host);
        head = head("Authorization: " + NEGOTIATE + " " + negotiation.token() + "\r\n");
        Response response;
        String known;
        try {
            response = send(body, timeoutMillis);
            known = cookie;
            if (known != null) {
                negotiation.finish(negotiated);
            }
        } finally {
            negotiation.dispose();
        }
        if (known == null) {
            return new Response(response.status(), response.bytes(), false);
        }
        isLoggedIn = true;
        head = head("Cookie: " + known + "\r\n");
        return response;
    }

    private Response send(WireWriter body, int timeoutMillis) throws IOException {
        socket.setSoTimeout(timeoutMillis);
        byte[] length = (body.length() + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] request = new byte[head.length + length.length + body.length()];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(length, 0, request, head.length, length.length);
        System.arraycopy(body.array(), 0, request, head.length + length.length, body.length());
        out.write(request);
        Response response = read();
        usedAt = System.nanoTime();
        return response;
    }

    private Response read() throws IOException {
        int status = 100;
        int bodyLength = -1;
        boolean chunked = false;
        cookie = null;
        negotiated = null;
        while (status < 200) {
            String line = line();
            if (!line.startsWith("HTTP/1.") || line.length() < 12) {
                throw new IOException("what answers is no HTTP server");
            }
            status = number(line.substring(9, 12), 10);
            closesItself = line.startsWith("HTTP/1.0");
            for (line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                String name = colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
                String value = line.substring(colon + 1).strip();
                switch (name) {
                    case "content-length" -> bodyLength = number(value, 10);
                    case "transfer-encoding" -> chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
                    case "set-cookie" -> {
                        // What stands between may set others.
                        if (value.startsWith(Protocol.LOGIN_COOKIE + "=")) {
                            cookie = value.substring(0, end(value, ';'));
                        }
                    }
                    case "www-authenticate" -> {
                        if (value.regionMatches(true, 0, NEGOTIATE, 0, NEGOTIATE.length())) {
                            negotiated = value.substring(NEGOTIATE.length()).strip();
                        }
                    }
                    case "connection" -> closesItself |= value.equalsIgnoreCase("close");
                    default -> {
                        // Says nothing that matters here.
                    }
                }
            }
        }
        if (chunked) {
            return new Response(status, chunks(), true);
        }
        if (bodyLength < 0) {
            closesItself = true;
            return new Response(status, in.readAllBytes(), true);
        }
        return new Response(status, exactly(bodyLength), true);
    }

    private static int end(String value, char stop) {
        int found = value.indexOf(stop);
        return found < 0 ? value.length() : found;
    }

    private byte[] exactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the server closed the connection in the middle of an answer");
        }
        return bytes;
    }

    /// As a proxy may send what the server has sent whole.
    private byte[] chunks() throws IOException {
        java.io.ByteArrayOutputStream body = new java.io.ByteArrayOutputStream();
        while (true) {
            String line = line();
            int end = line.indexOf(';');
            int size = number((end < 0 ? line : line.substring(0, end)).strip(), 16);
            if (size == 0) {
                while (!line().isEmpty()) {
                    // Trailers say nothing that matters here.
                }
                return body.toByteArray();
            }
            body.write(exactly(size));
            line();
        }
    }

    private static int number(String text, int radix) throws IOException {
        try {
            int number = Integer.parseInt(text, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, like a number below 0.
        }
        throw new IOException("what answers is no HTTP server: '" + text + "' is no number");
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (line.length() > HEAD_BYTES_MAX) {
                throw new IOException("what answers is no HTTP server");
            }
            line.append((char) next);
        }
        int end = line.length() > 0 && line.charAt(line.length() - 1) == '\r' ? line.length() - 1 : line.length();
        return line.substring(0, end);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // Nothing is lost: nobody waits for it.
        }
    }
}
