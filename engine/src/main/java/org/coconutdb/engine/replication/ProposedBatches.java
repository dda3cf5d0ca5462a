package org.coconutdb.engine.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Batches that are in the log of this host by its own proposal, until their outcome is told. Any thread.
final class ProposedBatches {
    private final Proposals proposals;
    private final BlockErrors errors;
    private final Executor executor;
    // Guarded by this.
    private final TreeMap<Long, Proposals.Batch> byIndex = new TreeMap<>();

    ProposedBatches(Proposals proposals, BlockErrors errors, Executor executor) {
        this.proposals = proposals;
        this.errors = errors;
        this.executor = executor;
    }

    synchronized void put(long index, Proposals.Batch batch) {
        byIndex.put(index, batch);
    }

    synchronized boolean isWaiting() {
        return !byIndex.isEmpty();
    }

    /// An entry of the log is applied: whatever was proposed for its place has its outcome.
    void onApplied(LogTail.Unapplied applied, List<byte[]> results) {
        Proposals.@Nullable Batch batch;
        synchronized (this) {
            batch = byIndex.remove(applied.index());
        }
        if (batch == null) {
            return;
        }
        if (batch.term() != applied.term()) {
            fail(batch, "replaced");
            return;
        }
        for (int i = 0; i < results.size(); i++) {
            batch.proposals.get(i).outcome().complete(results.get(i));
        }
        proposals.onOutcome();
    }

    /// Entries from an index on are not in this log any more. Another replica may still have them, and lead one day.
    void onTruncated(long from) {
        List<Proposals.Batch> lost;
        synchronized (this) {
            lost = List.copyOf(byIndex.tailMap(from, true).values());
            byIndex.tailMap(from, true).clear();
        }
        if (!lost.isEmpty()) {
            // Not under the locks of the log.
            executor.execute(() -> lost.forEach(batch -> fail(batch, "truncated")));
        }
    }

    private void fail(Proposals.Batch batch, String why) {
        tell(batch, why);
        proposals.onOutcome();
    }

    private void tell(Proposals.Batch batch, String why) {
        batch.proposals.forEach(proposal -> proposal.outcome().completeExceptionally(errors.unknown(why)));
    }

    /// Tells those who have waited for too long. Their entries may be applied yet.
    void giveUp(long nanosMax) {
        List<Proposals.Batch> late = new ArrayList<>();
        synchronized (this) {
            for (Proposals.Batch batch : byIndex.values()) {
                if (System.nanoTime() - batch.submittedNanos >= nanosMax) {
                    late.add(batch);
                }
            }
        }
        late.forEach(batch -> tell(batch, "not committed in time"));
    }

    void close() {
        List<Proposals.Batch> open;
        synchronized (this) {
            open = List.copyOf(byIndex.values());
            byIndex.clear();
        }
        open.forEach(batch -> tell(batch, "the host was closed"));
    }
}
