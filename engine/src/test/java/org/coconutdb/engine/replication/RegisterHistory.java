package org.coconutdb.engine.replication;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What clients of some registers did and saw. The order of writes is known, since it is the log's, so that whether the history is linearizable is
/// seen by one look: no operation sees, or writes, less than what an operation that ended before it began has seen or written.
final class RegisterHistory {
    /// An operation of a client, and when it began and ended.
    static final class Operation {
        final int key;
        final boolean isWrite;
        final int node;
        final long beganNanos;
        long endedNanos = Long.MAX_VALUE;
        // What it wrote or saw; 0 is what stands there at first. Each is written once.
        long value;

        Operation(int key, boolean isWrite, int node, long beganNanos) {
            this.key = key;
            this.isWrite = isWrite;
            this.node = node;
            this.beganNanos = beganNanos;
        }

        boolean hasEnded() {
            return endedNanos != Long.MAX_VALUE;
        }

        @Override
        public String toString() {
            return (isWrite ? "write" : "read") + " of " + key + " = " + value + " at " + node + ", " + beganNanos / 1000 + " to "
                    + endedNanos
                            / 1000 + " us";
        }
    }

    private final List<Operation> operations = new ArrayList<>();

    Operation begin(int key, boolean isWrite, int node, long nanos) {
        Operation operation = new Operation(key, isWrite, node, nanos);
        operations.add(operation);
        return operation;
    }

    long ended(boolean writes) {
        return operations.stream().filter(operation -> operation.isWrite == writes && operation.hasEnded()).count();
    }

    /// Whether a write that began then or later was acknowledged.
    boolean hasWriteSince(long nanos) {
        return operations.stream().anyMatch(operation -> operation.isWrite && operation.hasEnded() && operation.beganNanos >= nanos);
    }

    /// What is wrong; null where nothing is.
    ///
    /// @param written what the log wrote of each key, in its order
    @Nullable
    String violation(Map<Integer, List<Long>> written) {
        for (int key : operations.stream().map(operation -> operation.key).distinct().toList()) {
            Map<Long, Integer> order = new HashMap<>();
            order.put(0L, 0);
            written.getOrDefault(key, List.of()).forEach(value -> order.put(value, order.size()));
            List<Operation> ended = operations.stream().filter(operation -> operation.key == key && operation.hasEnded()).toList();
            for (Operation operation : ended) {
                if (!order.containsKey(operation.value)) {
                    return "lost: " + operation;
                }
            }
            List<Operation> byEnd = ended.stream().sorted(Comparator.comparingLong(operation -> operation.endedNanos)).toList();
            int next = 0;
            Operation newest = null;
            for (Operation operation : ended.stream().sorted(Comparator.comparingLong(each -> each.beganNanos)).toList()) {
                while (next < byEnd.size() && byEnd.get(next).endedNanos < operation.beganNanos) {
                    Operation before = byEnd.get(next++);
                    newest = newest == null || place(order, before) > place(order, newest) ? before : newest;
                }
                if (newest != null && place(order, operation) < place(order, newest)) {
                    return "stale: " + operation + " after " + newest;
                }
            }
        }
        Map<Long, Operation> writes = new HashMap<>();
        operations.stream().filter(operation -> operation.isWrite).forEach(write -> writes.put(write.value, write));
        for (Operation read : operations) {
            Operation write = read.isWrite || !read.hasEnded() ? null : writes.get(read.value);
            if (write != null && read.endedNanos < write.beganNanos) {
                return "from the future: " + read + " of " + write;
            }
        }
        return null;
    }

    private static int place(Map<Long, Integer> order, Operation operation) {
        return order.getOrDefault(operation.value, 0);
    }
}
