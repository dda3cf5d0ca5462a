package org.coconutdb.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Three hosts of Ratis by itself, in this process, with a state machine that holds the last command; set up as CoconutDB sets Ratis up.
final class BareRatis implements AutoCloseable {
    private final List<RaftServer> servers = new ArrayList<>();
    private final RaftGroup group;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    private static final class Last extends BaseStateMachine {
        private volatile ByteString last = ByteString.EMPTY;

        @Override
        public CompletableFuture<Message> applyTransaction(TransactionContext context) {
            last = context.getStateMachineLogEntry().getLogData();
            updateLastAppliedTermIndex(context.getLogEntry().getTerm(), context.getLogEntry().getIndex());
            return CompletableFuture.completedFuture(Message.EMPTY);
        }

        @Override
        public CompletableFuture<Message> query(Message request) {
            return CompletableFuture.completedFuture(Message.valueOf(last));
        }
    }

    BareRatis(Path directory, List<Integer> ports) throws IOException {
        List<RaftPeer> peers = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            peers.add(RaftPeer.newBuilder().setId(String.valueOf(i)).setAddress("127.0.0.1:" + ports.get(i)).setPriority(i == 0 ? 1 : 0)
                    .build());
        }
        group = RaftGroup.valueOf(RaftGroupId.valueOf(new UUID(1, 1)), peers);
        for (int i = 0; i < ports.size(); i++) {
            RaftServer server = RaftServer.newBuilder()
                    .setServerId(RaftPeerId.valueOf(String.valueOf(i)))
                    .setGroup(group)
                    .setStateMachineRegistry(_ -> new Last())
                    .setProperties(properties(directory.resolve("ratis" + i), ports.get(i)))
                    .build();
            server.start();
            servers.add(server);
        }
    }

    private static RaftProperties properties(Path directory, int port) {
        RaftProperties properties = new RaftProperties();
        GrpcConfigKeys.Server.setPort(properties, port);
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, TimeDuration.valueOf(1, TimeUnit.SECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, TimeDuration.valueOf(2, TimeUnit.SECONDS));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, TimeDuration.valueOf(100, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, TimeDuration.valueOf(300, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(5 << 20));
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        return properties;
    }

    private int leader() throws IOException {
        for (int i = 0; i < servers.size(); i++) {
            if (servers.get(i).getDivision(group.getGroupId()).getInfo().isLeaderReady()) {
                return i;
            }
        }
        return -1;
    }

    boolean isReady() {
        try {
            return leader() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    CompletableFuture<RaftClientReply> write(byte[] command) throws IOException {
        return servers.get(leader()).submitClientRequestAsync(request(leader(), Message.valueOf(UnsafeByteOperations.unsafeWrap(command)),
                RaftClientRequest.writeRequestType()));
    }

    /// At a host that does not lead, which asks the one that does.
    CompletableFuture<RaftClientReply> readAtFollower() throws IOException {
        int follower = (leader() + 1) % servers.size();
        return servers.get(follower).submitClientRequestAsync(request(follower, Message.EMPTY, RaftClientRequest.readRequestType()));
    }

    private RaftClientRequest request(int server, Message message, RaftClientRequest.Type type) {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(servers.get(server).getId())
                .setGroupId(group.getGroupId())
                .setCallId(calls.incrementAndGet())
                .setMessage(message)
                .setType(type)
                .build();
    }

    @Override
    public void close() throws IOException {
        for (RaftServer server : servers) {
            server.close();
        }
    }
}
