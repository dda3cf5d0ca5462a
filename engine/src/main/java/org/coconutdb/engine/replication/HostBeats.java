package org.coconutdb.engine.replication;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.RaftGroupId;
import org.jspecify.annotations.Nullable;

/// What hosts tell each other of all their blocks, in one message to a host each time.
///
/// - Beat: of blocks that this host leads, the term and how far they are committed. The answer says of each block whether the other's Raft is in that term: this
///   is the acknowledgement on which the leadership lease rests. Sent again and again, and when something is committed of which no entry tells soon.
/// - Ask for leases: of blocks that the other leads.
final class HostBeats implements ReplicatedBlock.CommitNews, VoteTap.Votes {
    static final byte BEAT = -1;
    static final byte LEASE = -2;

    private static final int BEAT_BYTES = Integer.BYTES + Long.BYTES + ReplicatedBlock.Commit.BYTES;
    private static final int BEATS_OUTSTANDING_MAX = 4;
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    /// Longer than it takes until somebody who was told of a commit proposes the next command, whose entry tells of it.
    private static final long NEWS_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long NEWS_NANOS_MIN = TimeUnit.MICROSECONDS.toNanos(50);

    /// A block's replica here.
    record Local(ReplicatedBlock block, RatisLog log) {}

    private static final class Peer {
        final Set<Integer> news = ConcurrentHashMap.newKeySet();
        final AtomicInteger newsOutstanding = new AtomicInteger();
        final AtomicInteger beatsOutstanding = new AtomicInteger();
        final AtomicInteger leasesOutstanding = new AtomicInteger();
    }

    private final ClusterConfig config;
    private final GrpcLinks links;
    private final Map<Integer, Local> blocks;
    private final IntPredicate isMissing;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<Integer, Peer> peers = new ConcurrentHashMap<>();
    private final ConcurrentMap<RaftGroupId, Local> byGroup = new ConcurrentHashMap<>();
    // Blocks in which something was committed, and when last.
    private final ConcurrentMap<Integer, Long> committedNanos = new ConcurrentHashMap<>();
    private final AtomicBoolean isNewsDue = new AtomicBoolean();
    private final ScheduledExecutorService telling;

    /// @param telling is given short work, where its time has come
    /// @param isMissing of which blocks this host has lost what it held, and is no member again: its word does not count there
    /// @param nanoTime what leases are measured by
    HostBeats(ClusterConfig config, GrpcLinks links, ScheduledExecutorService telling, Map<Integer, Local> blocks, IntPredicate isMissing,
            LongSupplier nanoTime) {
        this.config = config;
        this.telling = telling;
        this.links = links;
        this.blocks = blocks;
        this.isMissing = isMissing;
        this.nanoTime = nanoTime;
        links.answer(BEAT, this::onBeat);
        links.answer(LEASE, this::onLeasesAsked);
    }

    private Peer peer(int host) {
        return peers.computeIfAbsent(host, _ -> new Peer());
    }

    // At primaries.

    @Override
    public void onVote(RaftGroupId group, long term, int replica, long index) {
        Local local = byGroup.get(group);
        if (local == null) {
            local = blocks.values().stream().filter(each -> each.log().group().equals(group)).findFirst().orElse(null);
            if (local == null) {
                return;
            }
            byGroup.put(group, local);
        }
        local.block().onVote(term, replica, index);
    }

    @Override
    public void onCommitted(ReplicatedBlock block) {
        committedNanos.put(block.block(), System.nanoTime());
        tellIn(NEWS_NANOS);
    }

    private void tellIn(long nanos) {
        if (!isNewsDue.compareAndSet(false, true)) {
            return;
        }
        try {
            var _ = telling.schedule(this::tellOfCommits, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            // Nobody is told any more.
        }
    }

    private void tellOfCommits() {
        isNewsDue.set(false);
        long now = System.nanoTime();
        long soonest = Long.MAX_VALUE;
        Set<Integer> hosts = new HashSet<>();
        for (Map.Entry<Integer, Long> committed : committedNanos.entrySet()) {
            long left = NEWS_NANOS - (now - committed.getValue());
            if (left > 0) {
                soonest = Math.min(soonest, left);
            } else if (committedNanos.remove(committed.getKey(), committed.getValue())) {
                ReplicatedBlock block = Objects.requireNonNull(blocks.get(committed.getKey())).block();
                if (block.isCommitUntold()) {
                    block.members().without(config.self()).stream().forEach(host -> {
                        peer(host).news.add(block.block());
                        hosts.add(host);
                    });
                }
            }
        }
        hosts.forEach(host -> tellNews(host, peer(host)));
        if (soonest < Long.MAX_VALUE) {
            tellIn(Math.max(soonest, NEWS_NANOS_MIN));
        }
    }

    /// While one message with news is under way the next ones are gathered.
    private void tellNews(int host, Peer peer) {
        if (peer.news.isEmpty() || !peer.newsOutstanding.compareAndSet(0, 1)) {
            return;
        }
        List<Integer> told = new ArrayList<>(peer.news);
        told.forEach(peer.news::remove);
        var _ = beat(host, told).whenComplete((_, failure) -> {
            peer.newsOutstanding.set(0);
            // What got lost is in the next beat.
            if (failure == null) {
                tellNews(host, peer);
            }
        });
    }

    /// Sends to each host what this one leads.
    void beatAll() {
        Map<Integer, List<Integer>> byHost = new HashMap<>();
        for (Local local : blocks.values()) {
            if (local.block().beat() != null) {
                local.block().members().without(config.self()).stream().forEach(host -> byHost.computeIfAbsent(host, _ -> new ArrayList<>())
                        .add(local.block().block()));
            }
        }
        byHost.forEach((host, numbers) -> {
            AtomicInteger outstanding = peer(host).beatsOutstanding;
            if (outstanding.get() < BEATS_OUTSTANDING_MAX) {
                outstanding.incrementAndGet();
                var _ = beat(host, numbers).whenComplete((_, _) -> outstanding.decrementAndGet());
            }
        });
    }

    private CompletableFuture<byte[]> beat(int host, List<Integer> numbers) {
        List<Local> told = new ArrayList<>();
        List<Long> terms = new ArrayList<>();
        ByteBuffer question = ByteBuffer.allocate(numbers.size() * BEAT_BYTES);
        for (int number : numbers) {
            Local local = blocks.get(number);
            ReplicatedBlock.Beat beat = local == null ? null : local.block().beat();
            if (local != null && beat != null) {
                told.add(local);
                terms.add(beat.term());
                beat.commit().put(question.putInt(number).putLong(beat.term()));
            }
        }
        if (told.isEmpty()) {
            return CompletableFuture.completedFuture(new byte[0]);
        }
        byte[] bytes = new byte[question.position()];
        question.flip().get(bytes);
        long sentNanos = nanoTime.getAsLong();
        return links.askOnce(host, BEAT, bytes, ANSWER_NANOS_MAX).whenComplete((answer, _) -> {
            for (int i = 0; answer != null && i < Math.min(told.size(), answer.length); i++) {
                if (answer[i] != 0) {
                    told.get(i).block().onAcknowledged(terms.get(i), host, sentNanos);
                }
            }
        });
    }

    private CompletableFuture<byte[]> onLeasesAsked(int from, byte[] question) {
        ByteBuffer numbers = ByteBuffer.wrap(question);
        byte[] granted = new byte[question.length / Integer.BYTES];
        for (int i = 0; i < granted.length; i++) {
            Local local = blocks.get(numbers.getInt());
            granted[i] = (byte) (local != null && local.block().members().contains(from) && local.block().grant(from) ? 1 : 0);
        }
        return CompletableFuture.completedFuture(granted);
    }

    // At the other replicas.

    private CompletableFuture<byte[]> onBeat(int from, byte[] question) {
        ByteBuffer beats = ByteBuffer.wrap(question);
        byte[] acknowledged = new byte[question.length / BEAT_BYTES];
        for (int i = 0; i < acknowledged.length; i++) {
            Local local = blocks.get(beats.getInt());
            long term = beats.getLong();
            ReplicatedBlock.Commit commit = ReplicatedBlock.Commit.from(beats);
            if (local != null && local.log().isOpen() && local.block().members().contains(from)) {
                // In the term of who asks now: what it votes for in a later term it has not voted for yet.
                acknowledged[i] = (byte) (local.log().currentTerm() == term && !isMissing.test(local.block().block()) ? 1 : 0);
                local.block().onPrimaryHeard(from, term);
                local.block().onCommitTold(commit);
            }
        }
        return CompletableFuture.completedFuture(acknowledged);
    }

    /// Asks for leases of all blocks that others lead and that are read by leases.
    void askForLeases() {
        Map<Integer, List<Local>> byHost = new HashMap<>();
        for (Local local : blocks.values()) {
            int leader = local.block().isReadByLeases() && local.log().isOpen() ? local.log().leader() : -1;
            if (leader >= 0 && leader != config.self()) {
                byHost.computeIfAbsent(leader, _ -> new ArrayList<>()).add(local);
            }
        }
        byHost.forEach((host, locals) -> {
            AtomicInteger outstanding = peer(host).leasesOutstanding;
            if (outstanding.get() < BEATS_OUTSTANDING_MAX) {
                outstanding.incrementAndGet();
                var _ = askForLeases(host, locals).whenComplete((_, _) -> outstanding.decrementAndGet());
            }
        });
    }

    private CompletableFuture<byte[]> askForLeases(int host, List<Local> locals) {
        ByteBuffer question = ByteBuffer.allocate(locals.size() * Integer.BYTES);
        locals.forEach(local -> question.putInt(local.block().block()));
        long askedNanos = nanoTime.getAsLong();
        return links.askOnce(host, LEASE, question.array(), ANSWER_NANOS_MAX).whenComplete((byte @Nullable [] granted,
                @Nullable Throwable _) -> {
            for (int i = 0; granted != null && i < Math.min(locals.size(), granted.length); i++) {
                if (granted[i] != 0) {
                    locals.get(i).block().lease().onGranted(askedNanos);
                }
            }
        });
    }
}
