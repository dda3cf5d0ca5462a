package org.coconutdb.engine.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.replication.HostLinks;
import org.coconutdb.engine.replication.ReplicatedState;

/// Logs of several hosts in one process which keep the promises of unanimous commit and nothing more: an entry comes to each host when it likes, is committed when all in sync
/// have it, and is applied at each host when that likes. Messages take their time. Primaries change, and then what not all have may be lost.
final class SimulatedCarriers implements AutoCloseable {
    private static final int DELAY_MICROS_MAX = 800;

    /// What a run does without.
    enum Broken {
        NOTHING,
        /// A replica votes before it has marked what an entry touches.
        MARKS_BEFORE_VOTES,
        /// An entry is committed when more than half have it, and all answer reads all the same.
        VOTES_OF_ALL,
        /// A replica that is waited for no more, since it is slow, still answers reads.
        LEASES
    }

    private final Broken broken;

    private final int blockCount;
    private final long seed;
    private final List<Host> hosts = new ArrayList<>();
    private final List<Log> logs = new ArrayList<>();
    private volatile boolean isClosed;

    /// @param blockCount beside the directory
    SimulatedCarriers(int hostCount, int blockCount, long seed, Broken broken) {
        this.broken = broken;
        this.blockCount = blockCount;
        this.seed = seed;
        for (int block = 0; block <= blockCount; block++) {
            logs.add(new Log(block, hostCount, block % hostCount));
        }
        for (int host = 0; host < hostCount; host++) {
            hosts.add(new Host(host));
        }
    }

    LogCarrier host(int number) {
        return hosts.get(number);
    }

    /// A database at each host, all opened at once.
    List<CoconutEngine> open() throws Exception {
        EngineConfig config = EngineConfig.inMemory().withMemoryLimitBytes(256L << 20);
        List<CoconutEngine> engines = new ArrayList<>();
        try (ExecutorService opening = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<CoconutEngine>> opened = new ArrayList<>();
            hosts.forEach(host -> opened.add(opening.submit(() -> CoconutEngine.openMember(config, host))));
            for (Future<CoconutEngine> each : opened) {
                engines.add(each.get());
            }
        }
        return engines;
    }

    /// Another host leads the block from now on. Entries that the new one does not have are lost.
    void movePrimary(int block, int to) {
        logs.get(block).moveTo(to);
    }

    /// For a while nobody leads the block: what is proposed waits.
    void hold(int block, boolean isHeld) {
        logs.get(block).hold(isHeld);
    }

    /// Proposes for somebody who is not heard of again.
    CompletableFuture<byte[]> propose(int block, byte[] command) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        logs.get(block).propose(new Proposed(command, result));
        return result;
    }

    @Override
    public void close() {
        isClosed = true;
        logs.forEach(Log::close);
    }

    private void pause(Random random) {
        LockSupport.parkNanos(random.nextInt(10) == 0 ? random.nextInt(10 * DELAY_MICROS_MAX) * 1000L : random.nextInt(DELAY_MICROS_MAX) * 1000L);
    }

    private static CoconutException unknown() {
        return CoconutException.of(ErrorCode.OUTCOME_UNKNOWN);
    }

    private record Proposed(byte[] command, CompletableFuture<byte[]> result) {}

    private record Logged(ReplicatedState.Entry entry, List<Proposed> proposed) {}

    /// One block's log at all hosts. Guarded by itself.
    private final class Log {
        private final int block;
        private final ReplicatedState[] states;
        private final boolean[] started;
        // By host: what it has, from index 1 on.
        private final List<List<Logged>> has = new ArrayList<>();
        private final int[] applied;
        private final Queue<Proposed> queue = new ArrayDeque<>();
        private final List<Thread> threads = new ArrayList<>();
        private int primary;
        private long term = 1;
        private int committed;
        private boolean isHeld;

        Log(int block, int hostCount, int primary) {
            this.block = block;
            this.states = new ReplicatedState[hostCount];
            this.started = new boolean[hostCount];
            this.applied = new int[hostCount];
            this.primary = primary;
            for (int host = 0; host < hostCount; host++) {
                has.add(new ArrayList<>());
            }
        }

        synchronized void start(int host) {
            started[host] = true;
            threads.add(Thread.ofVirtual().start(() -> apply(host)));
            threads.add(Thread.ofVirtual().start(() -> follow(host)));
            threads.add(Thread.ofVirtual().start(() -> lead(host)));
            notifyAll();
        }

        private synchronized boolean allStarted() {
            for (boolean each : started) {
                if (!each) {
                    return false;
                }
            }
            return true;
        }

        private void lead(int host) {
            Random random = new Random(seed ^ (block * 31L + host));
            while (!isClosed) {
                List<Proposed> batch = new ArrayList<>();
                long inTerm;
                synchronized (this) {
                    while (!isClosed && (primary != host || queue.isEmpty() || isHeld || !allStarted())) {
                        await();
                    }
                    inTerm = term;
                    while (!queue.isEmpty() && batch.size() < 100) {
                        batch.add(queue.remove());
                    }
                }
                if (isClosed) {
                    return;
                }
                byte[] head;
                try {
                    head = states[host].head(batch.size()).toCompletableFuture().join();
                } catch (RuntimeException failure) {
                    batch.forEach(each -> each.result().completeExceptionally(CoconutException.of(ErrorCode.NOT_PRIMARY)));
                    continue;
                }
                if (random.nextInt(20) == 0) {
                    pause(random);
                }
                synchronized (this) {
                    if (primary != host || term != inTerm) {
                        states[host].onHeadUnused(head);
                        batch.forEach(each -> each.result().completeExceptionally(CoconutException.of(ErrorCode.NOT_PRIMARY)));
                        continue;
                    }
                    Logged logged = new Logged(new ReplicatedState.Entry(head, batch.stream().map(Proposed::command).toList()), batch);
                    append(host, logged);
                }
            }
        }

        private void append(int host, Logged logged) {
            if (host == primary || broken != Broken.MARKS_BEFORE_VOTES) {
                states[host].onAppended(has.get(host).size() + 1, logged.entry());
            }
            has.get(host).add(logged);
            int[] sizes = has.stream().mapToInt(List::size).sorted().toArray();
            committed = Math.max(committed, switch (broken) {
                case NOTHING, MARKS_BEFORE_VOTES -> sizes[0];
                case VOTES_OF_ALL -> sizes[sizes.length / 2];
                case LEASES -> Math.min(has.get(0).size(), has.get(1).size());
            });
            notifyAll();
        }

        private void follow(int host) {
            Random random = new Random(seed ^ (block * 37L + host + 1000));
            while (!isClosed) {
                synchronized (this) {
                    while (!isClosed && (primary == host || has.get(host).size() >= has.get(primary).size())) {
                        await();
                    }
                }
                pause(random);
                synchronized (this) {
                    if (!isClosed && primary != host && has.get(host).size() < has.get(primary).size()) {
                        append(host, has.get(primary).get(has.get(host).size()));
                    }
                }
            }
        }

        private void apply(int host) {
            Random random = new Random(seed ^ (block * 41L + host + 2000));
            while (!isClosed) {
                Logged next;
                int index;
                synchronized (this) {
                    while (!isClosed && applied[host] >= Math.min(committed, has.get(host).size())) {
                        await();
                    }
                    if (isClosed) {
                        return;
                    }
                    index = applied[host] + 1;
                    next = has.get(host).get(index - 1);
                }
                if (random.nextInt(3) == 0) {
                    pause(random);
                }
                if (host != primary && broken == Broken.MARKS_BEFORE_VOTES) {
                    states[host].onAppended(index, next.entry());
                }
                List<byte[]> results = states[host].apply(index, next.entry());
                boolean tells;
                synchronized (this) {
                    applied[host] = index;
                    tells = primary == host;
                    notifyAll();
                }
                for (int i = 0; tells && i < results.size(); i++) {
                    next.proposed().get(i).result().complete(results.get(i));
                }
            }
        }

        private void await() {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        /// Nobody is told of what was under way, whether it is lost or not.
        void moveTo(int to) {
            List<Proposed> untold = new ArrayList<>();
            synchronized (this) {
                if (to == primary) {
                    return;
                }
                primary = to;
                term++;
                List<Logged> kept = has.get(to);
                for (int host = 0; host < has.size(); host++) {
                    List<Logged> log = has.get(host);
                    if (host != to && log.size() > kept.size()) {
                        log.subList(kept.size(), log.size()).forEach(lost -> untold.addAll(lost.proposed()));
                        log.subList(kept.size(), log.size()).clear();
                        states[host].onTruncated(kept.size() + 1);
                    }
                }
                kept.forEach(logged -> untold.addAll(logged.proposed()));
                notifyAll();
            }
            // Without the lock: who is told may ask.
            untold.forEach(each -> each.result().completeExceptionally(unknown()));
        }

        synchronized void hold(boolean hold) {
            isHeld = hold;
            notifyAll();
        }

        synchronized void propose(Proposed proposed) {
            queue.add(proposed);
            notifyAll();
        }

        synchronized BlockLog.Status status(int host) {
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < has.size(); i++) {
                all.add(i);
            }
            return new BlockLog.Status(block, host, allStarted() ? primary : -1, term, all, all, has.get(host).size(), committed, applied[host], true,
                    new BlockLog.Agreed(allStarted() ? primary : -1, term, all, 0));
        }

        synchronized boolean isPrimary(int host) {
            return allStarted() && primary == host;
        }

        void close() {
            synchronized (this) {
                notifyAll();
                queue.forEach(each -> each.result().completeExceptionally(unknown()));
                has.forEach(log -> log.forEach(each -> each.proposed().forEach(late -> late.result().completeExceptionally(unknown()))));
            }
            threads.forEach(thread -> {
                try {
                    thread.join();
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            });
        }
    }

    private final class Host implements LogCarrier, HostLinks {
        private final int number;
        private final Map<Byte, Answerer> answerers = new ConcurrentHashMap<>();
        private final Map<Integer, BlockLog> opened = new HashMap<>();
        private final Random random;

        Host(int number) {
            this.number = number;
            this.random = new Random(seed + number);
        }

        @Override
        public HostLinks links() {
            return this;
        }

        @Override
        public String cluster() {
            return "simulated";
        }

        @Override
        public List<HostAddress> hosts() {
            List<HostAddress> all = new ArrayList<>();
            for (Host host : hosts) {
                all.add(new HostAddress(host.number, "simulated", 1 + host.number));
            }
            return all;
        }

        @Override
        public List<BlockSpace> spaces() {
            return BlockSpace.only(blockCount);
        }

        @Override
        public BlockLog open(int block, ReplicatedState state) {
            Log log = logs.get(block);
            log.states[number] = state;
            BlockLog here = new HostLog(log);
            opened.put(block, here);
            return here;
        }

        @Override
        public void start() {
            opened.keySet().forEach(block -> logs.get(block).start(number));
        }

        @Override
        public void close() {
            SimulatedCarriers.this.close();
        }

        @Override
        public int self() {
            return number;
        }

        @Override
        public CompletableFuture<byte[]> ask(int host, byte topic, byte[] question, long nanosMax) {
            return ask(host, topic, question).orTimeout(nanosMax, TimeUnit.NANOSECONDS);
        }

        @Override
        public CompletableFuture<byte[]> ask(int host, byte topic, byte[] question) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                delay();
                Answerer answerer = hosts.get(host).answerers.get(topic);
                if (answerer == null || isClosed) {
                    answer.completeExceptionally(CoconutException.of(ErrorCode.NOT_PRIMARY));
                    return;
                }
                answerer.answer(number, question).whenComplete((bytes, failure) -> {
                    delay();
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(bytes);
                    }
                });
            });
            return answer;
        }

        private void delay() {
            int micros;
            synchronized (random) {
                micros = random.nextInt(DELAY_MICROS_MAX / 2);
            }
            LockSupport.parkNanos(micros * 1000L);
        }

        @Override
        public void answer(byte topic, Answerer answerer) {
            answerers.put(topic, answerer);
        }

        private final class HostLog implements BlockLog {
            private final Log log;

            HostLog(Log log) {
                this.log = log;
            }

            @Override
            public int block() {
                return log.block;
            }

            @Override
            public Status status() {
                return log.status(number);
            }

            @Override
            public List<Votes> votes() {
                return List.of();
            }

            @Override
            public void setRule(CommitRule rule) {
                // Nobody is evicted.
            }

            @Override
            public boolean isPrimaryHere() {
                return log.isPrimary(number);
            }

            @Override
            public boolean isSettledPrimaryHere() {
                return log.isPrimary(number);
            }

            @Override
            public CompletableFuture<byte[]> propose(byte[] command) {
                CompletableFuture<byte[]> result = new CompletableFuture<>();
                if (log.isPrimary(number)) {
                    log.propose(new Proposed(command, result));
                } else {
                    Thread.startVirtualThread(() -> {
                        delay();
                        log.propose(new Proposed(command, result));
                    });
                }
                return result;
            }

            @Override
            public boolean mayRead() {
                return !isClosed;
            }

            @Override
            public CompletableFuture<Void> catchUp() {
                throw new UnsupportedOperationException();
            }
        }
    }
}
