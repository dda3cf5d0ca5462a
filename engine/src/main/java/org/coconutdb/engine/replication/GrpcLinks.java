package org.coconutdb.engine.replication;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientStreamTracer;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.KnownLength;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NegotiationType;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Messages between hosts, as a service beside Ratis's at the same port: one channel to each host. A question is `| from (1) | topic (1) | bytes |`, an answer is
/// a [LinkAnswer]. Any thread; answers come on the network's.
final class GrpcLinks implements HostLinks, AutoCloseable {
    /// Larger than the largest command with what goes around it.
    static final int MESSAGE_BYTES_MAX = 16 << 20;
    private static final int OUTSTANDING_MAX = 4_096;
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int HEADER_BYTES = 2;
    private static final long CLOSE_SECONDS_MAX = 2;
    // Where packets got lost the kernel waits twice as long before each further try, up to two minutes, and so long a line that is whole again is of no use.
    private static final long UNANSWERED_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);
    private static final int CONNECT_MILLIS_MAX = 1_000;

    private static final MethodDescriptor<byte[], byte[]> ASK = MethodDescriptor.<byte[], byte[]> newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName("org.coconutdb.HostLinks", "Ask"))
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    /// Bytes as they are.
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        private static final class Known extends ByteArrayInputStream implements KnownLength {
            Known(byte[] bytes) {
                super(bytes);
            }
        }

        @Override
        public InputStream stream(byte[] bytes) {
            return new Known(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// A connection to a host.
    private static final class Host {
        private final ManagedChannel channel;
        private final Semaphore outstanding = new Semaphore(OUTSTANDING_MAX);
        // When that was asked which waits for an answer while none comes; 0: answers come.
        private final AtomicLong unansweredSinceNanos = new AtomicLong();
        private final AtomicBoolean isFirstAnswer;
        private volatile boolean isGivenUp;

        /// @param isRenewed whether it takes the place of one that was given up
        Host(ManagedChannel channel, boolean isRenewed) {
            this.channel = channel;
            this.isFirstAnswer = new AtomicBoolean(isRenewed);
        }
    }

    private final ClusterConfig config;
    private final @Nullable SslContext tls;
    private final HostFaults faults;
    private final ConcurrentMap<Byte, Answerer> answerers = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, Host> hosts = new ConcurrentHashMap<>();
    // By number, of this process's clock.
    private final AtomicLongArray heardNanos = new AtomicLongArray(HostAddress.HOSTS_MAX);
    private volatile IntConsumer onRenewed = _ -> {
    };
    private volatile boolean isClosed;

    GrpcLinks(ClusterConfig config, @Nullable SslContext tls, HostFaults faults) {
        this.config = config;
        this.tls = tls;
        this.faults = faults;
    }

    @Override
    public int self() {
        return config.self();
    }

    @Override
    public void answer(byte topic, Answerer answerer) {
        answerers.put(topic, answerer);
    }

    /// Is told of each host that answers again over a new connection, since nothing came back over the one before. By a thread of the network's.
    void whenRenewed(IntConsumer told) {
        onRenewed = told;
    }

    /// When a question or an answer of a host came in last.
    long heardNanos(int host) {
        return heardNanos.get(host);
    }

    private void onHeard(int host) {
        heardNanos.set(host, System.nanoTime());
    }

    ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(ASK.getServiceName()).addMethod(ASK, ServerCalls.asyncUnaryCall(this::onAsked)).build();
    }

    private void onAsked(byte[] question, StreamObserver<byte[]> to) {
        int from = question.length < HEADER_BYTES || question[0] >= HostAddress.HOSTS_MAX ? -1 : question[0];
        if (from >= 0) {
            onHeard(from);
        }
        CompletableFuture<byte[]> answer;
        try {
            answer = from < 0 ? CompletableFuture.failedFuture(unknownTopic(0)) : answer(from, question[1], Arrays.copyOfRange(question,
                    HEADER_BYTES, question.length));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var _ = answer.whenComplete((bytes, failure) -> {
            if (faults.cuts(self(), from)) {
                return;
            }
            try {
                to.onNext(failure == null ? LinkAnswer.of(bytes) : LinkAnswer.of(failure));
                to.onCompleted();
            } catch (RuntimeException e) {
                // Who asked has gone, or waits no longer.
                to.onError(Status.CANCELLED.withCause(e).asRuntimeException());
            }
        });
    }

    private CompletableFuture<byte[]> answer(int from, byte topic, byte[] question) {
        Answerer answerer = answerers.get(topic);
        return answerer == null ? CompletableFuture.failedFuture(unknownTopic(topic)) : answerer.answer(from, question);
    }

    private CoconutException unknownTopic(int topic) {
        return CoconutException.of(ErrorCode.HOST_UNREACHABLE).with("host", self()).with("topic", topic).mend(
                "The host is starting, or runs another version of CoconutDB.");
    }

    @Override
    public CompletableFuture<byte[]> ask(int host, byte topic, byte[] question) {
        return ask(host, topic, question, ASK_NANOS);
    }

    @Override
    public CompletableFuture<byte[]> ask(int host, byte topic, byte[] question, long nanosMax) {
        return askOnce(host, topic, question, nanosMax).exceptionallyCompose(failure -> CompletableFuture.failedFuture(LinkAnswer.coconut(
                failure)));
    }

    /// Fails with a [LinkException] where no answer came, and with the error that was the answer.
    CompletableFuture<byte[]> askOnce(int host, byte topic, byte[] question, long timeoutNanos) {
        if (question.length > MESSAGE_BYTES_MAX - HEADER_BYTES) {
            return CompletableFuture.failedFuture(
                    CoconutException.of(ErrorCode.TRANSACTION_TOO_LARGE).with("messageBytes", question.length).with("messageBytesMax",
                            MESSAGE_BYTES_MAX));
        }
        if (host == self()) {
            return answer(host, topic, question);
        }
        if (isClosed) {
            return CompletableFuture.failedFuture(new LinkException(host, true, "closed", null));
        }
        Host to = connection(host);
        if (!to.outstanding.tryAcquire()) {
            return CompletableFuture.failedFuture(new LinkException(host, true, "too many questions wait", null));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        var _ = answer.whenComplete((_, _) -> to.outstanding.release());
        if (faults.cuts(self(), host)) {
            return answer.orTimeout(timeoutNanos, TimeUnit.NANOSECONDS)
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new LinkException(host, false, "lost", failure)));
        }
        byte[] bytes = new byte[question.length + HEADER_BYTES];
        bytes[0] = (byte) self();
        bytes[1] = topic;
        System.arraycopy(question, 0, bytes, HEADER_BYTES, question.length);
        if (to.channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            // A host that is back is not to be waited for.
            to.channel.resetConnectBackoff();
        }
        to.unansweredSinceNanos.compareAndSet(0, System.nanoTime() | 1);
        AtomicBoolean isSent = new AtomicBoolean();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS).withStreamTracerFactory(
                new ClientStreamTracer.Factory() {
                    @Override
                    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                        return new ClientStreamTracer() {
                            @Override
                            public void outboundHeaders() {
                                isSent.set(true);
                            }
                        };
                    }
                });
        ClientCalls.asyncUnaryCall(to.channel.newCall(ASK, options), bytes, new Answered(host, to, answer, isSent, this::onAnswered));
        return answer;
    }

    /// The host's connection: another one, where nothing came back over it for too long.
    private Host connection(int host) {
        Host known = hosts.computeIfAbsent(host, _ -> open(host, false));
        long since = known.unansweredSinceNanos.get();
        if (since == 0 || System.nanoTime() - since < UNANSWERED_NANOS_MAX) {
            return known;
        }
        Host other = open(host, true);
        if (!hosts.replace(host, known, other)) {
            other.channel.shutdownNow();
            return hosts.computeIfAbsent(host, _ -> open(host, false));
        }
        known.isGivenUp = true;
        known.channel.shutdownNow();
        if (isClosed) {
            other.channel.shutdownNow();
        }
        return other;
    }

    private void onAnswered(int host, Host by) {
        onHeard(host);
        by.unansweredSinceNanos.set(0);
        if (by.isFirstAnswer.compareAndSet(true, false)) {
            onRenewed.accept(host);
        }
    }

    private interface Heard {
        void onAnswered(int host, Host by);
    }

    private record Answered(int host, Host by, CompletableFuture<byte[]> answer, AtomicBoolean isSent, Heard heard)
            implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] bytes) {
            heard.onAnswered(host, by);
            try {
                answer.complete(LinkAnswer.read(bytes));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE) {
                // The connection is broken, or not there: another is tried for anyway.
                by.unansweredSinceNanos.set(0);
            }
            // With a deadline, and when its connection is given up, the call ends on another thread than the one that sends, so that nothing is sure then.
            boolean isSurelyNotSent = !isSent.get() && !by.isGivenUp && Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE;
            answer.completeExceptionally(new LinkException(host, isSurelyNotSent, String.valueOf(Status.fromThrowable(failure)), failure));
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new LinkException(host, false, "no answer", null));
        }
    }

    private Host open(int host, boolean isRenewed) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(config.address(host).target())
                .proxyDetector(_ -> null)
                .disableRetry()
                .directExecutor()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX);
        if (tls == null) {
            builder.negotiationType(NegotiationType.PLAINTEXT);
        } else {
            builder.negotiationType(NegotiationType.TLS).sslContext(tls);
        }
        return new Host(builder.build(), isRenewed);
    }

    boolean isClosed() {
        return isClosed;
    }

    @Override
    public void close() {
        isClosed = true;
        hosts.values().forEach(host -> host.channel.shutdownNow());
        try {
            for (Host host : hosts.values()) {
                host.channel.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
