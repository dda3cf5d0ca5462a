package org.coconutdb.engine.memory;

/// What the kernel is told of a region's use (`madvise(2)`).
///
/// `RANDOM` and `SEQUENTIAL` are about read-ahead from files. A region has no file, so that they change nothing about it, and nothing
/// gives them: `AdviceEffects` in `bench` shows both.
public enum Advice {
    NORMAL(0),
    /// Lookups: no read-ahead.
    RANDOM(1),
    /// Loads and scans.
    SEQUENTIAL(2),
    /// Back with huge pages where the kernel may.
    HUGE_PAGES(14);

    private final int number;

    Advice(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
