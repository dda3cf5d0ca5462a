package org.coconutdb.engine.replication;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/// Loses messages of Raft that come to a host, or its answers, where a link is cut. A stream that has lost something loses all that follows, and breaks when the link is healed, as a
/// connection does: Ratis rests on streams without holes, and waits for ever for what got lost within one.
record LosingRaft(int self, HostFaults faults) implements ServerInterceptor {
    private static final long HEALED_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Losing<Q, A> losing = new Losing<>(call);
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(next.startCall(losing, headers)) {
            @Override
            public void onMessage(Q message) {
                int from = sender(message);
                if (from >= 0) {
                    losing.from = from;
                    if (losing.isLost(from, self)) {
                        call.request(1);
                        return;
                    }
                }
                super.onMessage(message);
            }

            @Override
            public void onHalfClose() {
                if (!losing.isLostUnary()) {
                    super.onHalfClose();
                }
            }
        };
    }

    private final class Losing<Q, A> extends ForwardingServerCall.SimpleForwardingServerCall<Q, A> {
        private volatile int from = -1;
        // Guarded by this.
        private boolean hasLost;
        private boolean isOver;

        Losing(ServerCall<Q, A> call) {
            super(call);
        }

        private boolean isUnary() {
            return getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY;
        }

        synchronized boolean isLostUnary() {
            return hasLost && isUnary();
        }

        /// Whether the next message gets lost.
        synchronized boolean isLost(int sender, int receiver) {
            if (faults.cuts(sender, receiver) && !hasLost) {
                hasLost = true;
                if (!isUnary()) {
                    Thread.ofVirtual().name("losing-raft").start(this::breakOff);
                }
            }
            return hasLost;
        }

        private void breakOff() {
            while (faults.cuts(from, self) || faults.cuts(self, from)) {
                LockSupport.parkNanos(HEALED_WAIT_NANOS);
            }
            synchronized (this) {
                if (!isOver) {
                    isOver = true;
                    delegate().close(Status.UNAVAILABLE.withDescription("the link was cut"), new Metadata());
                }
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!isOver && (from < 0 || !isLost(self, from))) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!isOver && !hasLost) {
                isOver = true;
                super.close(status, trailers);
            }
        }
    }

    private static int sender(Object message) {
        RaftRpcRequestProto request = switch (message) {
            case AppendEntriesRequestProto append -> append.getServerRequest();
            case RequestVoteRequestProto vote -> vote.getServerRequest();
            case InstallSnapshotRequestProto snapshot -> snapshot.getServerRequest();
            case StartLeaderElectionRequestProto start -> start.getServerRequest();
            default -> RaftRpcRequestProto.getDefaultInstance();
        };
        String from = request.getRequestorId().toStringUtf8();
        return from.isEmpty() ? -1 : Integer.parseInt(from);
    }
}
