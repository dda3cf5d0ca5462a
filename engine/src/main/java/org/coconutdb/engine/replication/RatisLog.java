package org.coconutdb.engine.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogBase;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.ProtoUtils;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A block's log, as Ratis keeps it. Any thread.
final class RatisLog implements RaftLogView {
    private static final Logger LOG = LoggerFactory.getLogger(RatisLog.class);

    private final RaftGroupId group;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final ConcurrentMap<Long, Submission> submissions = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable HandingOver> handingOver = new AtomicReference<>();
    private volatile @Nullable RaftServer server;
    private volatile RaftServer.@Nullable Division division;
    private volatile boolean isOpen;
    private volatile int lastLeader = -1;

    /// Entries were refused because the lead is being handed over, the first and the last of them then.
    private record HandingOver(long term, long sinceNanos, long lastNanos) {}

    RatisLog(RaftGroupId group) {
        this.group = group;
    }

    RaftGroupId group() {
        return group;
    }

    /// Ratis begins to open the log.
    void onServer(RaftServer by) {
        server = by;
    }

    /// Ratis has opened the log.
    void onOpen() {
        isOpen = true;
    }

    boolean isOpen() {
        return isOpen;
    }

    /// Whether Raft has closed the log that had been opened, and has let its files go.
    boolean isClosedByRaft() {
        return isOpen && division().getInfo().getLifeCycleState() == LifeCycle.State.CLOSED;
    }

    /// It is opened again, or never.
    void onClosed() {
        isOpen = false;
        server = null;
        division = null;
    }

    private RaftServer.Division division() {
        RaftServer.Division known = division;
        RaftServer by = server;
        if (known == null && by != null) {
            try {
                known = by.getDivision(group);
            } catch (IOException e) {
                throw closed(e);
            }
            division = known;
        }
        if (known == null) {
            throw closed(new IllegalStateException("not started"));
        }
        return known;
    }

    private static CoconutException closed(Exception cause) {
        return CoconutException.of(ErrorCode.NOT_PRIMARY, cause).mend("The replica of this host is not open.");
    }

    private RaftLog log() {
        return division().getRaftLog();
    }

    @Override
    public long lastIndex() {
        TermIndex last = log().getLastEntryTermIndex();
        return last == null ? log().getSnapshotIndex() : last.getIndex();
    }

    /// Where the next entry will be; for who holds the log's lock.
    long nextIndex() {
        return log().getNextIndex();
    }

    @Override
    public long flushedIndex() {
        return log().getFlushIndex();
    }

    @Override
    public long chosenIndex() {
        return log().getLastCommittedIndex();
    }

    @Override
    public long termAt(long index) {
        TermIndex at = log().getTermIndex(index);
        return at == null ? -1 : at.getTerm();
    }

    @Override
    public @Nullable Logged read(long index) {
        try {
            LogEntryProto entry = log().get(index);
            return entry == null ? null : new Logged(index, entry.getTerm(), decode(entry), entry.getSerializedSize());
        } catch (RaftLogIOException e) {
            throw CoconutException.of(ErrorCode.IO_FAILED, e).with("logIndex", index);
        }
    }

    static @Nullable BlockEntry decode(LogEntryProto entry) {
        return entry.hasStateMachineLogEntry() ? BlockEntry.decode(bytes(entry.getStateMachineLogEntry().getLogData())) : null;
    }

    private static ByteBuffer bytes(ByteString data) {
        return data.asReadOnlyByteBuffer();
    }

    @Override
    public void whileLocked(Runnable action) {
        // Ratis has one kind of log that is kept on disk, and this is its base.
        try (var _ = ((RaftLogBase) log()).readLock()) {
            action.run();
        }
    }

    @Override
    public long currentTerm() {
        return server == null ? -1 : division().getInfo().getCurrentTerm();
    }

    @Override
    public int leader() {
        RaftPeerId leader = server == null ? null : division().getInfo().getLeaderId();
        if (leader == null) {
            return -1;
        }
        int number = Integer.parseInt(leader.toString());
        lastLeader = number;
        return number;
    }

    /// Who leads, or did last; -1.
    int lastLeader() {
        int leader = leader();
        return leader < 0 ? lastLeader : leader;
    }

    /// Whether a host is one of the log's members, by what is chosen; null while that changes.
    @Nullable
    Boolean isMember(int host) {
        RaftConfiguration members = division().getRaftConf();
        if (!members.getPreviousPeers().isEmpty() || members.getLogEntryIndex() > chosenIndex()) {
            return null;
        }
        return members.getPeer(RaftPeerId.valueOf(String.valueOf(host))) != null;
    }

    /// Whether some of its members are on their way in or out.
    boolean isChangingMembers() {
        return !division().getRaftConf().getPreviousPeers().isEmpty();
    }

    /// With what priority a host is one of the log's members; -1 where it is none.
    int priority(int host) {
        RaftPeer member = division().getRaftConf().getPeer(RaftPeerId.valueOf(String.valueOf(host)));
        return member == null ? -1 : member.getPriority();
    }

    @Override
    public ReplicaSet memberHosts() {
        ReplicaSet hosts = ReplicaSet.NONE;
        for (RaftPeer member : division().getRaftConf().getAllPeers()) {
            hosts = hosts.with(Integer.parseInt(member.getId().toString()));
        }
        return hosts;
    }

    /// Raft's members, with what they are reached by.
    Collection<RaftPeer> members() {
        return division().getRaftConf().getCurrentPeers();
    }

    /// Becomes a candidate, as if who leads had asked for it: where it still does by what this replica knows. Waits for the log.
    void callElection(int leader) {
        RaftServer by = server;
        TermIndex last = log().getLastEntryTermIndex();
        if (by == null || last == null) {
            return;
        }
        try {
            by.startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                    .setServerRequest(RaftRpcRequestProto.newBuilder()
                            .setRequestorId(RaftPeerId.valueOf(String.valueOf(leader)).toByteString())
                            .setReplyId(division().getId().toByteString())
                            .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group)))
                    .setLeaderLastEntry(last.toProto())
                    .build());
        } catch (IOException notNow) {
            // Ratis's own timeout will call one.
            LOG.atInfo().addKeyValue("group", group).addKeyValue("reason", notNow.getMessage()).log("cannot call an election");
        }
    }

    @Override
    public void stop() {
        division().close();
    }

    @Override
    public void submit(Submission submission, Consumer<@Nullable Throwable> ended) {
        long call = calls.incrementAndGet();
        submissions.put(call, submission);
        try {
            RaftServer.Division to = division();
            RaftClientRequest request = RaftClientRequest.newBuilder()
                    .setClientId(client)
                    .setServerId(to.getId())
                    .setGroupId(group)
                    .setCallId(call)
                    .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(submission.entry().encode())))
                    .setType(RaftClientRequest.writeRequestType())
                    .build();
            // The division's own method: that of the server would wait for another thread.
            CompletableFuture<RaftClientReply> reply = ((RaftClientAsynchronousProtocol) to).submitClientRequestAsync(request);
            var _ = reply.whenComplete((answer, failure) -> {
                submissions.remove(call);
                Throwable why = failure != null ? failure : answer.getException();
                if (why instanceof LeaderSteppingDownException) {
                    onHandingOver();
                }
                ended.accept(why);
            });
        } catch (IOException | RuntimeException e) {
            submissions.remove(call);
            ended.accept(e);
        }
    }

    private void onHandingOver() {
        long term = currentTerm();
        long now = System.nanoTime();
        handingOver.updateAndGet(before -> new HandingOver(term, before != null && before.term() == term ? before.sinceNanos() : now, now));
    }

    /// Raft takes an entry.
    void onTaken() {
        handingOver.set(null);
    }

    @Override
    public long handingOverNanos(long term) {
        HandingOver now = handingOver.get();
        return now == null || now.term() != term ? 0 : now.lastNanos() - now.sinceNanos();
    }

    /// The submission that a request is of; null where it is none of this process's.
    @Nullable
    Submission submission(RaftClientRequest request) {
        return request.getClientId().equals(client) ? submissions.get(request.getCallId()) : null;
    }
}
