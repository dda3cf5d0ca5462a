package org.coconutdb.avatica.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP server: a thread that accepts sockets, one for each socket, and one that watches for clients that do not take their answers. Any
/// thread.
///
/// Platform threads: a statement may compute for seconds, and virtual threads would all wait for it once there are as many such statements
/// as cores.
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int BACKLOG = 1024;
    private static final int STACK_BYTES = 1024 * 1024;
    private static final long WATCH_MILLIS = 1_000;
    private static final long LOOK_MILLIS = 20;

    private final ServerSocket acceptor;
    private final HttpLimits limits;
    private final HttpHandler handler;
    private final @Nullable TlsSockets tls;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    // Notified when a connection has ended.
    private final Object ends = new Object();
    private final AtomicLong roomBytes = new AtomicLong(Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4));
    private final AtomicLong numbers = new AtomicLong();
    private final LongAdder requests = new LongAdder();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean stopping;

    private HttpServer(ServerSocket acceptor, HttpLimits limits, HttpHandler handler, @Nullable TlsSockets tls) {
        this.tls = tls;
        this.acceptor = acceptor;
        this.limits = limits;
        this.handler = handler;
    }

    /// Listens on the address; port 0: one that is free.
    public static HttpServer start(InetSocketAddress address, HttpLimits limits, HttpHandler handler) throws IOException {
        return start(address, limits, handler, null);
    }

    /// The same.
    ///
    /// @param tls null: plain sockets
    public static HttpServer start(InetSocketAddress address, HttpLimits limits, HttpHandler handler, @Nullable TlsSockets tls)
            throws IOException {
        ServerSocket acceptor = new ServerSocket();
        try {
            acceptor.setReuseAddress(true); // or a server could not be started anew while old sockets linger
            acceptor.bind(address, BACKLOG);
            HttpServer server = new HttpServer(acceptor, limits, handler, tls);
            Thread.ofPlatform().daemon().name("coconut-http-accept").start(server::accept);
            Thread.ofPlatform().daemon().name("coconut-http-watch").start(server::watch);
            return server;
        } catch (IOException | RuntimeException failure) {
            acceptor.close();
            throw failure;
        }
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) acceptor.getLocalSocketAddress();
    }

    HttpLimits limits() {
        return limits;
    }

    /// Null: plain sockets.
    @Nullable
    TlsSockets tls() {
        return tls;
    }

    HttpHandler handler() {
        return handler;
    }

    /// Bytes that bodies above the usual size may still take, all together.
    AtomicLong roomBytes() {
        return roomBytes;
    }

    boolean isStopping() {
        return stopping;
    }

    /// Sockets that are open.
    public int socketCount() {
        return connections.size();
    }

    private void accept() {
        while (!acceptor.isClosed()) {
            Socket socket;
            try {
                socket = acceptor.accept();
            } catch (IOException failure) {
                if (!acceptor.isClosed()) {
                    // As when the process has no file descriptor left: others may give some back.
                    LOG.atWarn().addKeyValue("why", failure.getMessage()).log("a socket could not be accepted");
                    pause();
                }
                continue;
            }
            admit(socket);
        }
    }

    private void pause() {
        try {
            boolean _ = closing.await(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void admit(Socket socket) {
        HttpConnection connection = new HttpConnection(socket, this);
        if (stopping || connections.size() >= limits.sockets()) {
            refuse(socket);
            return;
        }
        connections.add(connection);
        try {
            Thread thread = Thread.ofPlatform()
                    .daemon()
                    .stackSize(STACK_BYTES)
                    .name("coconut-http-" + numbers.incrementAndGet())
                    .unstarted(connection);
            thread.start();
        } catch (OutOfMemoryError noThread) {
            LOG.warn("the operating system gives no thread for another socket");
            connections.remove(connection);
            refuse(socket);
        }
    }

    /// Says why, as far as that fits the socket's buffer, which is empty.
    private void refuse(Socket socket) {
        try (socket) {
            if (tls != null) {
                return; // it could not be read before a handshake, which takes a thread
            }
            String sentence = stopping ? "the server is stopping\n"
                    : "the server has as many connections as limit.sockets allows (" + limits.sockets() + "): try again later\n";
            socket.getOutputStream()
                    .write(HttpInput.latin(
                            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
                                    + sentence.length() + "\r\n\r\n" + sentence));
            socket.shutdownOutput();
        } catch (IOException gone) {
            LOG.debug("a socket that was refused was gone already");
        }
    }

    private void watch() {
        try {
            while (!closing.await(WATCH_MILLIS, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                for (HttpConnection connection : connections) {
                    if (connection.isStuck(now, limits.transfer())) {
                        LOG.warn("a client does not take its answer, or does not end its handshake: its socket is closed");
                        connection.close();
                    }
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /// Requests that were answered so far.
    public long requestCount() {
        return requests.sum();
    }

    void answered() {
        requests.increment();
    }

    void ended(HttpConnection connection) {
        synchronized (ends) {
            connections.remove(connection);
            ends.notifyAll();
        }
    }

    /// Takes no more requests: sockets that wait for one are closed, the others behind the answer that they are at.
    public void stop() {
        stopping = true;
        try {
            acceptor.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        for (HttpConnection connection : connections) {
            if (!connection.isBusy()) {
                connection.close();
            }
        }
    }

    /// Waits until all requests are answered; whether they were within the bound.
    public boolean awaitAnswers(Duration bound) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        while (!connections.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            synchronized (ends) {
                // Looked at again from time to time: one that ends its answer just now has not seen that the server stops.
                if (!connections.isEmpty()) {
                    ends.wait(LOOK_MILLIS);
                }
            }
            for (HttpConnection connection : connections) {
                if (!connection.isBusy()) {
                    connection.close();
                }
            }
        }
        return true;
    }

    @Override
    public void close() {
        stop();
        closing.countDown();
        connections.forEach(HttpConnection::close);
    }
}
