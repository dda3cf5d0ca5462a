package org.coconutdb.engine.cluster;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.version.Marks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The logs of a cluster's blocks, as this host proposes to them. Any thread.
final class ReplicatedLog implements CommandLog {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedLog.class);
    private static final long UNTIMED_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final long UNTIMED_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final List<BlockLog> logs;
    private final List<BlockReplica> blocks;
    private final Replicas replicas;
    private final Timestamps timestamps;

    ReplicatedLog(List<BlockLog> logs, List<BlockReplica> blocks, Replicas replicas, Timestamps timestamps) {
        this.logs = logs;
        this.blocks = blocks;
        this.replicas = replicas;
        this.timestamps = timestamps;
    }

    @Override
    public List<CommandResult> propose(List<Proposal> proposals) {
        List<CommandResult> results = new ArrayList<>(proposals.size());
        if (isOncePerBlock(proposals)) {
            List<CompletableFuture<byte[]>> futures = new ArrayList<>(proposals.size());
            proposals.forEach(proposal -> futures.add(begin(proposal)));
            collect(proposals, futures, results);
        } else {
            // In their order: messages to another host may overtake each other.
            for (Proposal proposal : proposals) {
                collect(List.of(proposal), List.of(begin(proposal)), results);
            }
        }
        return results;
    }

    private static boolean isOncePerBlock(List<Proposal> proposals) {
        Set<Integer> seen = new HashSet<>();
        for (Proposal proposal : proposals) {
            if (!seen.add(proposal.block())) {
                return false;
            }
        }
        return true;
    }

    private CompletableFuture<byte[]> begin(Proposal proposal) {
        assert !replicas.isWriter() : "the writer asks a log";
        return logs.get(proposal.block()).propose(ReplicaCommand.encode(proposal.command()));
    }

    /// All of them are waited for, also where one fails: none goes on behind the caller's back.
    private void collect(List<Proposal> proposals, List<CompletableFuture<byte[]>> futures, List<CommandResult> into) {
        CoconutException failed = null;
        for (int i = 0; i < futures.size(); i++) {
            try {
                into.add(ResultCodec.decode(timed(proposals.get(i), Waiting.on(futures.get(i)))));
            } catch (CoconutException failure) {
                // What nobody knows outweighs what was surely not done.
                if (failed == null || failure.code() == ErrorCode.OUTCOME_UNKNOWN) {
                    failed = failure;
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private byte[] timed(Proposal proposal, byte[] first) {
        byte[] result = first;
        long until = System.nanoTime() + UNTIMED_NANOS_MAX;
        while (ResultCodec.isUntimed(result)) {
            if (System.nanoTime() - until >= 0) {
                throw CoconutException.of(ErrorCode.NOT_PRIMARY)
                        .with("block", proposal.block())
                        .mend("Nobody gives out timestamps. Nothing was done: see which hosts run, and try again.");
            }
            LockSupport.parkNanos(this, UNTIMED_WAIT_NANOS);
            result = Waiting.on(begin(proposal));
        }
        return result;
    }

    @Override
    public void proposeLater(List<Proposal> first, List<Proposal> then) {
        Thread.ofVirtual().name("coconut-decide").start(() -> {
            try {
                if (!first.isEmpty()) {
                    propose(first);
                }
                propose(then);
            } catch (CoconutException failure) {
                LOG.atInfo().addKeyValue("code", failure.code()).log("a decided transaction is left to those who meet it");
            }
        });
    }

    @Override
    public long lastTimestamp() {
        return replicas.snapshots().visible();
    }

    @Override
    public boolean isOneLog() {
        return false;
    }

    @Override
    public boolean leads(int block) {
        assert !replicas.isWriter() : "the writer asks a log";
        return logs.get(block).isPrimaryHere();
    }

    @Override
    public void asWriter(Runnable task) {
        replicas.asWriter(task);
    }

    @Override
    public Marks marks(int block) {
        return replicas.marks(blocks.get(block).lowWater());
    }

    /// Asks for the time, which tells the source of timestamps of this host, too, and does not wait.
    @Override
    public void advance() {
        var _ = timestamps.forSnapshot();
    }

    @Override
    public void close() {
        // The logs have an owner of their own.
    }
}
