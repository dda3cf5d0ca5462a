package org.coconutdb.engine.cluster;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.Map;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.HostLinks;
import org.coconutdb.engine.replication.Later;
import org.coconutdb.engine.version.Snapshots;
import org.jspecify.annotations.Nullable;

/// Timestamps for this host, from the directory's primary, wherever that is. Any thread.
///
/// Snapshots that are asked for while a question is under way share the next one: a question must begin behind whoever asks.
final class Timestamps {
    static final byte TOPIC = 16;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    // Then it is asked again, of who gives them out by then.
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_MILLIS = 5;
    // Of answers, by timestamp: for snapshots that were opened by them.
    private static final int KEPT_MAX = 1024;
    private static final int NO_BLOCK = -1;

    /// @param issued by block
    /// @param askedNanos what was acknowledged before has no higher timestamp
    private record Answered(long[] issued, long askedNanos) {}

    private final HostLinks links;
    private final BlockLog directory;
    private final int blockCount;
    private final TimestampSource source;
    private final Snapshots snapshots;
    private final Consumer<TimestampAnswer> answered;
    // Questions come one after the other, so what was asked later has no lower timestamp.
    private final ConcurrentSkipListMap<Long, Answered> answers = new ConcurrentSkipListMap<>();
    private final Object asking = new Object();
    // Guarded by `asking`.
    private @Nullable CompletableFuture<TimestampAnswer> underWay;
    private @Nullable CompletableFuture<TimestampAnswer> next;

    /// @param blockCount the directory among them
    /// @param answered told of each answer to a snapshot's question, before it is given on
    Timestamps(
            HostLinks links,
            BlockLog directory,
            int blockCount,
            TimestampSource source,
            Snapshots snapshots,
            Consumer<TimestampAnswer> answered) {
        this.links = links;
        this.directory = directory;
        this.blockCount = blockCount;
        this.source = source;
        this.snapshots = snapshots;
        this.answered = answered;
        links.answer(TOPIC, this::answer);
    }

    private CompletableFuture<byte[]> answer(int host, byte[] question) {
        ByteBuffer from = ByteBuffer.wrap(question);
        TimestampAnswer answer = source.answer(host, from.getInt(), from.getLong());
        return CompletableFuture.completedFuture(answer == null ? new byte[0] : answer.encode());
    }

    /// For an entry of a block that is about to be written.
    CompletableFuture<TimestampAnswer> forEntry(int block) {
        return ask(block, System.nanoTime() + PATIENCE_NANOS);
    }

    /// For a snapshot that is opened now.
    CompletableFuture<TimestampAnswer> forSnapshot() {
        synchronized (asking) {
            CompletableFuture<TimestampAnswer> later = next;
            if (underWay != null) {
                if (later == null) {
                    later = new CompletableFuture<>();
                    next = later;
                }
                return later;
            }
        }
        return begin(new CompletableFuture<>());
    }

    private CompletableFuture<TimestampAnswer> begin(CompletableFuture<TimestampAnswer> question) {
        synchronized (asking) {
            underWay = question;
        }
        long askedNanos = System.nanoTime();
        var _ = ask(NO_BLOCK, System.nanoTime() + PATIENCE_NANOS).whenComplete((answer, failure) -> {
            CompletableFuture<TimestampAnswer> after;
            synchronized (asking) {
                after = next;
                next = null;
                underWay = null;
            }
            if (after != null) {
                var _ = begin(after);
            }
            if (failure != null) {
                question.completeExceptionally(failure);
                return;
            }
            answers.put(answer.timestamp(), new Answered(answer.issued(), askedNanos));
            while (answers.size() > KEPT_MAX) {
                answers.pollFirstEntry();
            }
            answered.accept(answer);
            question.complete(answer);
        });
        return question;
    }

    /// The last timestamp that was given out for an entry of the block when the snapshot was opened, or a bit later.
    long issuedAt(long snapshot, int block) {
        Map.Entry<Long, Answered> answer = answers.ceilingEntry(snapshot);
        return answer == null ? Long.MAX_VALUE : answer.getValue().issued()[block];
    }

    /// Whether everything that was acknowledged up to so long ago has a timestamp at or below the snapshot's.
    boolean isYoungerThan(long snapshot, long ageNanos) {
        Map.Entry<Long, Answered> answer = answers.floorEntry(snapshot);
        return answer != null && System.nanoTime() - answer.getValue().askedNanos() < ageNanos;
    }

    private CompletableFuture<TimestampAnswer> ask(int block, long untilNanos) {
        CompletableFuture<TimestampAnswer> answered = new CompletableFuture<>();
        ask(block, untilNanos, answered);
        return answered;
    }

    private void ask(int block, long untilNanos, CompletableFuture<TimestampAnswer> into) {
        long lowWater = snapshots.lowWater();
        int primary = directory.status().primary();
        if (primary == links.self()) {
            TimestampAnswer answer = source.answer(primary, block, lowWater);
            if (answer != null) {
                into.complete(answer);
            } else {
                again(block, untilNanos, into, null);
            }
            return;
        }
        if (primary < 0) {
            again(block, untilNanos, into, null);
            return;
        }
        byte[] question = ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(block).putLong(lowWater).array();
        var _ = links.ask(primary, TOPIC, question, ANSWER_NANOS_MAX).whenComplete((bytes, failure) -> {
            if (failure == null && bytes.length > 0) {
                TimestampAnswer answer = TimestampAnswer.decode(bytes);
                if (answer.issued().length < blockCount) {
                    into.completeExceptionally(CoconutException.of(ErrorCode.INVALID_CONNECTION_STRING)
                            .with("blocks", blockCount)
                            .with("blocksElsewhere", answer.issued().length)
                            .mend("Give all hosts of the cluster the same blocks and spaces; new spaces while no host runs."));
                    return;
                }
                into.complete(answer);
            } else {
                again(block, untilNanos, into, failure);
            }
        });
    }

    private void again(int block, long untilNanos, CompletableFuture<TimestampAnswer> into, @Nullable Throwable failure) {
        if (System.nanoTime() - untilNanos >= 0) {
            Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : failure;
            into.completeExceptionally((cause == null
                    ? CoconutException.of(ErrorCode.NOT_PRIMARY)
                    : CoconutException.of(ErrorCode.NOT_PRIMARY, cause))
                            .with("block", directory.block())
                            .with("waitedMillis", TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS))
                            .mend("Nothing was done. More than half of the hosts must run and reach each other: see which do, and try again."));
            return;
        }
        var _ = Later.in(RETRY_MILLIS).thenRun(() -> ask(block, untilNanos, into));
    }
}
