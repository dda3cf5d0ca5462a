package org.coconutdb.engine.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A client's connection to one host, which is made anew when it broke. One thread at a time.
final class HostClient implements AutoCloseable {
    private static final int CONNECT_MILLIS_MAX = 1_000;

    /// The host may have heard the request, and no answer came.
    static final class NoAnswerException extends IOException {
        private static final long serialVersionUID = 1;

        NoAnswerException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private final ProcessCluster cluster;
    private final int host;
    private @Nullable Socket socket;
    private @Nullable BufferedReader answers;
    private int connectedPort;

    HostClient(ProcessCluster cluster, int host) {
        this.cluster = cluster;
        this.host = host;
    }

    /// The answer's line. NoAnswerException where none comes in time, another IOException where the host has surely not heard it.
    String ask(String request, int millisMax) throws IOException {
        int port = cluster.clientPort(host);
        if (port == 0) {
            close();
            throw new IOException("host " + host + " is not up");
        }
        if (socket == null || port != connectedPort) {
            connect(port);
        }
        try {
            socket.setSoTimeout(millisMax);
            socket.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
            String answer = answers.readLine();
            if (answer == null) {
                throw new NoAnswerException("host " + host + " has gone", null);
            }
            return answer;
        } catch (SocketTimeoutException late) {
            close();
            throw new NoAnswerException("host " + host + " does not answer", late);
        } catch (NoAnswerException gone) {
            close();
            throw gone;
        } catch (IOException broken) {
            close();
            throw new NoAnswerException("host " + host + " has gone", broken);
        }
    }

    private void connect(int port) throws IOException {
        close();
        Socket made = new Socket();
        try {
            made.connect(new InetSocketAddress(cluster.address(host), port), CONNECT_MILLIS_MAX);
            made.setTcpNoDelay(true);
            answers = new BufferedReader(new InputStreamReader(made.getInputStream(), StandardCharsets.UTF_8));
            socket = made;
            connectedPort = port;
        } catch (IOException failure) {
            made.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        answers = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException gone) {
                // Nothing more is asked of it.
            }
        }
    }
}
