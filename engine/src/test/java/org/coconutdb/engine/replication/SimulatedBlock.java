package org.coconutdb.engine.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Replicas of a block over a network that loses, delays, repeats and turns messages around, with clocks that drift, processes that stop and die, and
/// clients. All of it from one seed, and in one thread.
final class SimulatedBlock {
    static final long MILLIS = 1_000_000L;
    private static final int KEYS = 3;
    private static final long FAULTS_END = 20_000 * MILLIS;
    private static final long CALM_END = FAULTS_END + 12_000 * MILLIS;

    private record Event(long atNanos, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNanos != other.atNanos ? Long.compare(atNanos, other.atNanos) : Long.compare(number, other.number);
        }
    }

    final Random random;
    final Rule without;
    final RegisterHistory history = new RegisterHistory();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final boolean[][] cut;
    private final double lossRate;
    private long now;
    private long eventNumber;
    private long lastValue;
    private boolean calm;

    SimulatedBlock(long seed, int count, Rule without) {
        this.random = new Random(seed);
        this.without = without;
        this.cut = new boolean[count][count];
        this.lossRate = random.nextInt(3) * 0.02;
        for (int i = 0; i < count; i++) {
            replicas.add(new SimulatedReplica(this, i, count));
        }
    }

    /// Runs it; answers what was wrong, null where nothing was.
    @Nullable
    String run() {
        replicas.forEach(SimulatedReplica::start);
        at(MILLIS, this::client);
        at(1_000 * MILLIS, this::fault);
        at(FAULTS_END, this::heal);
        while (!events.isEmpty() && events.element().atNanos() <= CALM_END) {
            Event event = events.remove();
            now = event.atNanos();
            event.action().run();
        }
        SimulatedReplica longest = replicas.getFirst();
        for (SimulatedReplica replica : replicas) {
            longest = replica.commitIndex() > longest.commitIndex() ? replica : longest;
        }
        Map<Integer, List<Long>> written = new HashMap<>();
        longest.committedWrites((key, value) -> written.computeIfAbsent(key, _ -> new ArrayList<>()).add(value));
        String violation = history.violation(written);
        return violation == null && !history.hasWriteSince(FAULTS_END + 3_000 * MILLIS) ? "stuck" : violation;
    }

    long nowNanos() {
        return now;
    }

    int size() {
        return replicas.size();
    }

    /// Does something after a while.
    void at(long afterNanos, Runnable action) {
        events.add(new Event(now + afterNanos, eventNumber++, action));
    }

    /// Sends a message, which may come late, twice or never.
    void send(int from, int to, Consumer<SimulatedReplica> message) {
        if (cut[from][to] || random.nextDouble() < (calm ? 0 : lossRate)) {
            return;
        }
        for (int copies = !calm && random.nextInt(50) == 0 ? 2 : 1; copies > 0; copies--) {
            long delay = 200_000L + random.nextInt(2_000_000);
            if (!calm && random.nextInt(100) == 0) {
                delay += random.nextInt(600) * MILLIS;
            }
            SimulatedReplica receiver = replicas.get(to);
            at(delay, () -> receiver.deliver(() -> message.accept(receiver)));
        }
    }

    private void client() {
        if (now < CALM_END - 6_000 * MILLIS) {
            at(random.nextInt(6) * MILLIS, this::client);
        }
        SimulatedReplica replica = replicas.get(random.nextInt(replicas.size()));
        int key = random.nextInt(KEYS);
        if (random.nextInt(4) == 0) {
            // Whoever takes itself for the leader; there may be two.
            for (SimulatedReplica leader : replicas.stream().filter(SimulatedReplica::isLeader).toList()) {
                long value = ++lastValue;
                leader.deliver(() -> leader.write(key, value));
            }
        } else {
            replica.deliver(() -> replica.read(key));
        }
    }

    private void fault() {
        if (now > FAULTS_END - 1_000 * MILLIS) {
            return;
        }
        at((100 + random.nextInt(1_500)) * MILLIS, this::fault);
        SimulatedReplica replica = random.nextBoolean() ? replicas.get(random.nextInt(replicas.size())) : leader();
        disturb(replica, random.nextInt(size()));
    }

    /// A leader is elected, or has changed who is in sync: when it matters most who is told.
    void onDangerousMoment(int leader, int replica) {
        if (!calm && random.nextInt(3) == 0) {
            at(random.nextInt(4) == 0 ? random.nextInt(800) * MILLIS : random.nextInt(4_000_000), () -> disturb(replicas.get(leader),
                    replica));
        }
    }

    private void disturb(SimulatedReplica replica, int other) {
        if (calm) {
            return;
        }
        int number = replica.number();
        switch (random.nextInt(10)) {
            case 0 -> replica.pause((50 + random.nextInt(3_000)) * MILLIS);
            case 1 -> replica.crash((50 + random.nextInt(2_000)) * MILLIS);
            case 2 -> replicas.forEach(each -> each.crash((50 + random.nextInt(1_000)) * MILLIS));
            case 3 -> part(random.nextLong());
            case 4 -> part(1L << number | 1L << other);
            case 5 -> part(1L << number);
            case 6 -> cut[number][random.nextInt(size())] = true;
            case 7 -> cut[random.nextInt(size())][number] = true;
            default -> join();
        }
    }

    /// Some of them from the rest.
    private void part(long side) {
        for (int i = 0; i < size(); i++) {
            for (int j = 0; j < size(); j++) {
                cut[i][j] = (side >>> i & 1) != (side >>> j & 1);
            }
        }
    }

    private void join() {
        for (boolean[] row : cut) {
            Arrays.fill(row, false);
        }
    }

    private SimulatedReplica leader() {
        return replicas.stream().filter(SimulatedReplica::isLeader).findAny().orElse(replicas.getFirst());
    }

    private void heal() {
        calm = true;
        join();
    }
}
