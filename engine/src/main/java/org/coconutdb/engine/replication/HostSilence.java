package org.coconutdb.engine.replication;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees early that a host is silent, and calls elections of the blocks that it leads. Ratis would see it too; but it sleeps for the timeout of an election, looks whether
/// it has heard anything in that time, and sleeps again, which takes it 1 to 4 s.
///
/// A host calls an election when most of a block's members have not heard the leader for [#SILENCE_IN_LEASES], by its own ears and by what the others say when they are asked
/// then, and of those the election will take it: its log is the longest, or the first of the longest by priority. Nothing rests on that it is called or is not: it is
/// Raft's election.
///
/// Besides, who has led a block last calls an election where nobody leads while its members change. It may be the only one whom all vote for, and is asked for its own vote again and again by
/// one that is just taken in, for whom the others do not vote: each time it waits for another timeout, before it would call one by itself.
///
/// Silence is counted in ticks of this process: one that was stopped, or gets no time, has heard nobody, and must not take that for their silence.
final class HostSilence {
    static final byte TOPIC = -5;

    private static final Logger LOG = LoggerFactory.getLogger(HostSilence.class);
    // By then the leadership lease has ended for two beats.
    private static final double SILENCE_IN_LEASES = 1.5;
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long ANSWER_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(400);
    // A tick: a host that led hundreds of blocks shall not have them all elected in one moment.
    private static final int CALLED_AT_ONCE = 16;
    private static final long LEADERLESS_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final LogEnd NOT_THE_LEADER = new LogEnd(-1, -1);

    private record LogEnd(long term, long index) implements Comparable<LogEnd> {
        private static final int BYTES = 2 * Long.BYTES;

        @Override
        public int compareTo(LogEnd other) {
            return term == other.term ? Long.compare(index, other.index) : Long.compare(term, other.term);
        }
    }

    /// What is heard of another host. Written by the ticking thread.
    private static final class Ear {
        private long heardNanos;
        private volatile long silentNanos;
        private long askedNanos;
    }

    private record Due(int leader, HostBeats.Local local) {}

    private final ClusterConfig config;
    private final GrpcLinks links;
    private final Map<Integer, HostBeats.Local> blocks;
    private final Executor electing;
    private final LongSupplier nanoTime;
    private final long silenceNanos;
    private final long tickNanosMax;
    // Not changed any more.
    private final Map<Integer, Ear> ears = new HashMap<>();
    private final Queue<Due> due = new ConcurrentLinkedQueue<>();
    private final AtomicLong called = new AtomicLong();
    private long tickedNanos;
    // Of blocks that this host has led last, whose members change. The ticking thread's.
    private final Map<Integer, Long> leaderlessSinceNanos = new HashMap<>();

    /// @param electing may wait for logs
    /// @param tickNanos how often it ticks
    HostSilence(ClusterConfig config, GrpcLinks links, Map<Integer, HostBeats.Local> blocks, Executor electing, long tickNanos,
            LongSupplier nanoTime) {
        this.config = config;
        this.links = links;
        this.blocks = blocks;
        this.electing = electing;
        this.nanoTime = nanoTime;
        this.silenceNanos = (long) (config.timing().leadershipLeaseNanos() * SILENCE_IN_LEASES);
        this.tickNanosMax = 4 * tickNanos;
        this.tickedNanos = nanoTime.getAsLong();
        config.hosts().stream().filter(host -> host.number() != config.self()).forEach(host -> ears.put(host.number(), new Ear()));
        links.answer(TOPIC, (_, question) -> CompletableFuture.completedFuture(answer(question)));
    }

    /// One thread.
    void tick() {
        long now = nanoTime.getAsLong();
        long passed = Math.min(now - tickedNanos, tickNanosMax);
        tickedNanos = now;
        ears.forEach((host, ear) -> {
            long heard = links.heardNanos(host);
            ear.silentNanos = heard == ear.heardNanos ? ear.silentNanos + passed : 0;
            ear.heardNanos = heard;
            if (ear.silentNanos >= silenceNanos && now - ear.askedNanos >= ASK_AGAIN_NANOS) {
                ear.askedNanos = now;
                askAbout(host);
            }
        });
        callWhereMembersChange(now);
        for (int i = 0; i < CALLED_AT_ONCE; i++) {
            Due next = due.poll();
            if (next == null) {
                return;
            }
            if (isSilent(next.leader()) && follows(next.local(), next.leader())) {
                LOG.atInfo().addKeyValue("block", next.local().block().block()).addKeyValue("primary", next.leader()).log(
                        "the primary is silent: calls an election");
                called.incrementAndGet();
                electing.execute(() -> next.local().log().callElection(next.leader()));
            }
        }
    }

    private void callWhereMembersChange(long now) {
        blocks.forEach((block, local) -> {
            RatisLog log = local.log();
            if (!log.isOpen() || log.leader() >= 0 || log.lastLeader() != config.self() || !log.isChangingMembers()) {
                leaderlessSinceNanos.remove(block);
                return;
            }
            long since = leaderlessSinceNanos.computeIfAbsent(block, _ -> now);
            if (now - since >= LEADERLESS_NANOS) {
                leaderlessSinceNanos.put(block, now);
                LOG.atInfo().addKeyValue("block", block).log("nobody leads while members change: calls an election");
                called.incrementAndGet();
                electing.execute(() -> log.callElection(config.self()));
            }
        });
    }

    /// How many elections it has called.
    long called() {
        return called.get();
    }

    private boolean isSilent(int host) {
        Ear ear = ears.get(host);
        return ear != null && ear.silentNanos >= silenceNanos;
    }

    private static boolean follows(HostBeats.Local local, int leader) {
        return local.log().isOpen() && local.log().lastLeader() == leader;
    }

    private void askAbout(int silent) {
        List<HostBeats.Local> led = blocks.values().stream().filter(local -> follows(local, silent)).toList();
        if (led.isEmpty()) {
            return;
        }
        ByteBuffer question = ByteBuffer.allocate((led.size() + 1) * Integer.BYTES).putInt(silent);
        led.forEach(local -> question.putInt(local.block().block()));
        Asked asked = new Asked(silent, led);
        for (int host : ears.keySet()) {
            if (host != silent) {
                var _ = links.askOnce(host, TOPIC, question.array(), ANSWER_NANOS_MAX).thenAcceptAsync(answer -> asked.onSaid(host, answer),
                        electing);
            }
        }
    }

    private byte[] answer(byte[] question) {
        ByteBuffer from = ByteBuffer.wrap(question);
        int silent = from.getInt();
        if (!isSilent(silent)) {
            return new byte[0];
        }
        ByteBuffer said = ByteBuffer.allocate(from.remaining() / Integer.BYTES * LogEnd.BYTES);
        while (from.hasRemaining()) {
            HostBeats.Local local = blocks.get(from.getInt());
            LogEnd end = local != null && follows(local, silent) ? end(local) : NOT_THE_LEADER;
            said.putLong(end.term()).putLong(end.index());
        }
        return said.array();
    }

    private static LogEnd end(HostBeats.Local local) {
        long index = local.log().lastIndex();
        return new LogEnd(local.log().termAt(index), index);
    }

    /// Hosts that were asked about a silent one, and what they have said.
    private final class Asked {
        private final int silent;
        private final List<HostBeats.Local> led;
        // Guarded by this: by place in `led`.
        private final List<Map<Integer, LogEnd>> said = new ArrayList<>();

        Asked(int silent, List<HostBeats.Local> led) {
            this.silent = silent;
            this.led = led;
            led.forEach(_ -> said.add(new HashMap<>()));
        }

        synchronized void onSaid(int host, byte[] answer) {
            ByteBuffer from = ByteBuffer.wrap(answer);
            for (int i = 0; i < led.size() && from.remaining() >= LogEnd.BYTES; i++) {
                LogEnd end = new LogEnd(from.getLong(), from.getLong());
                if (!end.equals(NOT_THE_LEADER) && led.get(i).block().members().contains(host)) {
                    said.get(i).put(host, end);
                    if (isToElect(led.get(i), said.get(i))) {
                        due.add(new Due(silent, led.get(i)));
                    }
                }
            }
        }

        private boolean isToElect(HostBeats.Local local, Map<Integer, LogEnd> others) {
            ReplicaSet agree = ReplicaSet.NONE.with(config.self());
            for (int host : others.keySet()) {
                agree = agree.with(host);
            }
            if (!agree.isMajorityOf(local.block().members())) {
                return false;
            }
            LogEnd own = end(local);
            for (Map.Entry<Integer, LogEnd> other : others.entrySet()) {
                int compared = own.compareTo(other.getValue());
                if (compared < 0 || (compared == 0 && local.block().isBefore(other.getKey(), config.self()))) {
                    return false;
                }
            }
            return true;
        }
    }
}
