package org.coconutdb.engine.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What clients of some registers did and saw, and whether it is linearizable: as if each operation had happened at one moment between its begin and its end.
///
/// No two writes of a register write the same, so that a read says which write it saw. A write and its reads are then a *cluster*, which takes up a stretch of time: from its
/// first end to its last begin where these lie so, for it is sure to be there in between; else it fits into any moment from its last begin to its first end. A
/// history is linearizable exactly when no read ended before its write began, no two stretches of the first kind overlap, and none of the second kind
/// lies within one of the first (Gibbons and Korach, "Testing shared memories", 1997). Not thread-safe.
public final class RegisterChecker {
    /// Of an operation whose end nobody knows: it may happen at any time from its begin on, or never.
    public static final long NEVER = Long.MAX_VALUE;
    /// What is there before the first write.
    public static final long INITIAL = 0;

    /// @param value what was written, or seen
    /// @param client for people
    /// @param began of any clock that is the same for all
    /// @param ended [#NEVER] where no answer came; only of writes
    public record Operation(String register, boolean isWrite, long value, String client, long began, long ended) {
        public Operation {
            if (ended < began || (!isWrite && ended == NEVER) || (isWrite && value == INITIAL)) {
                throw new IllegalArgumentException("no operation: " + register + " " + value + " " + began + " " + ended);
            }
        }

        @Override
        public String toString() {
            return (isWrite ? "write of " : "read of ") + value + " in " + register + " by " + client + " from " + began + " to "
                    + (ended == NEVER ? "?" : Long.toString(ended));
        }
    }

    private static final class Cluster {
        final List<Operation> operations = new ArrayList<>();
        Operation firstEnded;
        Operation lastBegun;

        void add(Operation operation) {
            operations.add(operation);
            firstEnded = firstEnded == null || operation.ended() < firstEnded.ended() ? operation : firstEnded;
            lastBegun = lastBegun == null || operation.began() > lastBegun.began() ? operation : lastBegun;
        }

        boolean isForward() {
            return firstEnded.ended() < lastBegun.began();
        }

        long from() {
            return Math.min(firstEnded.ended(), lastBegun.began());
        }

        long to() {
            return Math.max(firstEnded.ended(), lastBegun.began());
        }

        @Override
        public String toString() {
            return isForward() ? firstEnded + ", then " + lastBegun : lastBegun.toString();
        }
    }

    private final List<Operation> operations = new ArrayList<>();

    public void add(Operation operation) {
        operations.add(operation);
    }

    public int size() {
        return operations.size();
    }

    /// What is wrong, one line each; empty: nothing.
    public List<String> check() {
        Map<String, List<Operation>> byRegister = new TreeMap<>();
        operations.forEach(operation -> byRegister.computeIfAbsent(operation.register(), _ -> new ArrayList<>()).add(operation));
        List<String> wrong = new ArrayList<>();
        byRegister.forEach((register, own) -> check(register, own, wrong));
        return wrong;
    }

    private static void check(String register, List<Operation> own, List<String> wrong) {
        Map<Long, Operation> writes = new HashMap<>();
        // Before everything.
        writes.put(INITIAL, new Operation(register, true, Long.MIN_VALUE, "nobody", Long.MIN_VALUE, Long.MIN_VALUE));
        for (Operation operation : own) {
            if (operation.isWrite() && writes.put(operation.value(), operation) != null) {
                throw new IllegalArgumentException("the history writes " + operation.value() + " to " + register + " twice");
            }
        }
        Map<Long, Cluster> clusters = new HashMap<>();
        writes.forEach((value, write) -> clusters.computeIfAbsent(value, _ -> new Cluster()).add(write));
        for (Operation read : own) {
            if (read.isWrite()) {
                continue;
            }
            Operation write = writes.get(read.value());
            if (write == null) {
                wrong.add("garbage: " + read + ", which nobody wrote");
            } else if (read.ended() < write.began()) {
                wrong.add("from the future: " + read + " of " + write);
            } else {
                clusters.get(read.value()).add(read);
            }
        }
        overlaps(clusters, wrong);
    }

    private static void overlaps(Map<Long, Cluster> clusters, List<String> wrong) {
        List<Cluster> forward = clusters.values().stream().filter(Cluster::isForward).sorted(Comparator.comparingLong(Cluster::from))
                .toList();
        TreeMap<Long, Cluster> byBegin = new TreeMap<>();
        Cluster before = null;
        for (Cluster next : forward) {
            if (before != null && next.from() < before.to()) {
                wrong.add("stale or lost: " + before + "; meanwhile " + next);
            }
            before = before == null || next.to() > before.to() ? next : before;
            byBegin.merge(next.from(), next, (one, other) -> one.to() >= other.to() ? one : other);
        }
        for (Cluster cluster : clusters.values()) {
            // Where nobody has seen a write that may never have happened, nothing is known of it.
            if (cluster.isForward() || (cluster.operations.size() == 1 && cluster.firstEnded.ended() == NEVER)) {
                continue;
            }
            // Stretches of the first kind do not overlap, else that is reported: only the last that begins before can hold it.
            Map.Entry<Long, Cluster> around = byBegin.lowerEntry(cluster.from());
            if (around != null && cluster.to() < around.getValue().to()) {
                wrong.add("stale or lost: " + cluster + " lies within " + around.getValue());
            }
        }
    }
}
