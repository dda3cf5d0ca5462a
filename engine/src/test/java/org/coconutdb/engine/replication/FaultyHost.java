package org.coconutdb.engine.replication;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/// What can be wrong with a host whose process goes on: links that lose what is sent, a disk that takes its time, a clock that runs faster or slower. Any thread.
public final class FaultyHost implements HostFaults {
    private final Set<List<Integer>> cuts = ConcurrentHashMap.newKeySet();
    private volatile long syncNanos;
    // The clock showed `shown` when the system's showed `at`.
    private record Clock(long at, long shown, double rate) {
        long now() {
            return shown + Math.round((System.nanoTime() - at) * rate);
        }
    }

    private volatile Clock clock = new Clock(System.nanoTime(), System.nanoTime(), 1);

    /// [ReplicationHost#open] with these faults.
    public ReplicationHost open(ClusterConfig config, List<ReplicatedBlockPlan> plans, Function<Integer, ReplicatedState> states) {
        return ReplicationHost.open(config, plans, states, this);
    }

    /// What the one sends to the other gets lost from now on. Both have to be told, where neither is this host it means nothing.
    public void cut(int from, int to) {
        cuts.add(List.of(from, to));
    }

    public void heal() {
        cuts.clear();
    }

    /// Each sync takes so much longer.
    public void setSyncMillis(long millis) {
        syncNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /// @param rate 1.01: the clock shows 1 % more time than passes from now on
    public synchronized void setClockRate(double rate) {
        clock = new Clock(System.nanoTime(), clock.now(), rate);
    }

    @Override
    public boolean cuts(int from, int to) {
        return !cuts.isEmpty() && cuts.contains(List.of(from, to));
    }

    @Override
    public ServerInterceptor raft(int self) {
        return new LosingRaft(self, this);
    }

    @Override
    public long nanoTime() {
        return clock.now();
    }

    @Override
    public void onSync() {
        long until = System.nanoTime() + syncNanos;
        for (long left = syncNanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }
}
