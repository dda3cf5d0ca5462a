package org.coconutdb.engine.table;

/// A number that one thread at a time changes and any thread may read.
final class WriterCount {
    private volatile long value;

    void add(long change) {
        if (change != 0) {
            long now = value;
            value = now + change;
        }
    }

    long get() {
        return value;
    }
}
