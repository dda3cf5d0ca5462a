package org.coconutdb.engine.replication;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/// What Ratis knows as a block's state machine. It applies nothing: what Ratis has committed is chosen, no more. It tells a [ReplicatedBlock] what happens to its log.
final class BlockStateMachine extends BaseStateMachine {
    private final ReplicatedBlock block;
    private final RatisLog log;
    private final Snapshots snapshots;
    private final DataApi data;
    // What Ratis believes to be applied; by its own thread for that.
    private volatile TermIndex passed = TermIndex.INITIAL_VALUE;

    BlockStateMachine(ReplicatedBlock block, RatisLog log, HostFaults faults) {
        this.block = block;
        this.log = log;
        this.snapshots = block.snapshots();
        this.data = new DataApi() {
            @Override
            public CompletableFuture<Void> flush(long index) {
                faults.onSync();
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    // Life. Ratis does not move these states by itself, and installs no snapshot in others.

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        super.initialize(server, group, storage);
        log.onServer(server);
        getLifeCycle().transition(LifeCycle.State.STARTING);
        snapshots.init(storage);
        SnapshotInfo latest = snapshots.getLatestSnapshot();
        SnapshotMark kept = block.kept(latest == null ? -1 : latest.getIndex());
        goOnFrom(kept == null ? snapshots.restore() : kept);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    private void goOnFrom(SnapshotMark mark) {
        passed = TermIndex.valueOf(Math.max(0, mark.term()), mark.index());
        block.open(mark);
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        try {
            block.pause();
            snapshots.syncReceived();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            snapshots.load();
            goOnFrom(snapshots.restore());
            getLifeCycle().transition(LifeCycle.State.RUNNING);
            block.follow();
        }
    }

    @Override
    public void close() throws IOException {
        block.onNotLeading();
        try {
            block.pause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    // The log.

    @Override
    public DataApi data() {
        return data;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        RaftLogView.Submission submission = log.submission(request);
        if (submission == null) {
            throw new IOException("entries are made by the primary alone");
        }
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setLogData(request.getMessage().getContent())
                .setStateMachineContext(submission)
                .build();
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext context) throws IOException {
        RaftLogView.Submission submission = (RaftLogView.Submission) context.getStateMachineContext();
        long index = log.nextIndex();
        long term = log.currentTerm();
        if (!submission.onAppending(index, term)) {
            throw new StateMachineException("the entry is of another term", false);
        }
        log.onTaken();
        block.onAppending(index, term, submission.entry(), context.getStateMachineLogEntry().getLogData().size(), true);
        return context;
    }

    @Override
    public TransactionContext startTransaction(LogEntryProto entry, RaftPeerRole role) {
        // Also called without a lock of the log, for entries that this process has not appended.
        log.whileLocked(() -> {
            BlockEntry decoded = RatisLog.decode(entry);
            if (decoded != null) {
                block.onAppending(entry.getIndex(), entry.getTerm(), decoded, entry.getSerializedSize(), false);
            }
        });
        return super.startTransaction(entry, role);
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext context) {
        LogEntryProto entry = context.getLogEntry();
        passed = TermIndex.valueOf(entry.getTerm(), entry.getIndex());
        block.advance();
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        passed = TermIndex.valueOf(term, index);
        block.advance();
    }

    // Leadership.

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId self, @Nullable RaftPeerId leader) {
        if (self.getPeerId().equals(leader)) {
            block.onElected(log.currentTerm());
        } else {
            block.onNotLeading();
        }
    }

    @Override
    public void notifyLeaderReady() {
        block.onReady();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        block.onNotLeading();
    }

    // Snapshots are taken when the block says so; Ratis is told when one is there, and drops the log before it.

    @Override
    public TermIndex getLastAppliedTermIndex() {
        SnapshotInfo latest = snapshots.getLatestSnapshot();
        return latest == null || latest.getIndex() > passed.getIndex() ? TermIndex.INITIAL_VALUE : latest.getTermIndex();
    }

    @Override
    public long takeSnapshot() {
        SnapshotInfo latest = snapshots.getLatestSnapshot();
        return latest == null || latest.getIndex() > passed.getIndex() ? RaftLog.INVALID_LOG_INDEX : latest.getIndex();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return snapshots.getLatestSnapshot();
    }
}
