package org.coconutdb.engine.replication;

import java.util.stream.IntStream;

/// Replicas of one block, by their numbers, 0 to 63.
record ReplicaSet(long bits) {
    static final ReplicaSet NONE = new ReplicaSet(0);

    /// Replicas 0 to `count` less one.
    static ReplicaSet first(int count) {
        return new ReplicaSet(count == Long.SIZE ? -1 : (1L << count) - 1);
    }

    boolean contains(int replica) {
        return (bits >>> replica & 1) != 0;
    }

    ReplicaSet with(int replica) {
        return new ReplicaSet(bits | 1L << replica);
    }

    ReplicaSet without(int replica) {
        return new ReplicaSet(bits & ~(1L << replica));
    }

    ReplicaSet and(ReplicaSet other) {
        return new ReplicaSet(bits & other.bits);
    }

    ReplicaSet not() {
        return new ReplicaSet(~bits);
    }

    int size() {
        return Long.bitCount(bits);
    }

    /// Whether more than half of the others are among these.
    boolean isMajorityOf(ReplicaSet all) {
        return 2 * Long.bitCount(bits & all.bits) > all.size();
    }

    IntStream stream() {
        return IntStream.range(0, Long.SIZE).filter(this::contains);
    }

    @Override
    public String toString() {
        return stream().boxed().toList().toString();
    }
}
