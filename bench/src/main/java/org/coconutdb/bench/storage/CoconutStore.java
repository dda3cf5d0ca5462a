package org.coconutdb.bench.storage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.memory.MemoryUse;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.openjdk.jmh.infra.Blackhole;

/// A table of the engine, in memory, locked. Each read is a transaction of its own.
final class CoconutStore implements Store {
    private final CoconutEngine engine;
    private final TableDescriptor table;

    CoconutStore(TableKind kind) {
        this(kind, LockPolicy.valueOf(System.getProperty("bench.lock", "PREFERRED")));
    }

    CoconutStore(TableKind kind, LockPolicy lock) {
        EngineConfig defaults = EngineConfig.inMemory();
        this.engine = CoconutEngine.open(new EngineConfig(null, defaults.blockCount(), defaults.memoryLimitBytes(), lock));
        this.table = engine.createTable("T", kind, new byte[0]);
    }

    @Override
    public void insert(byte[][] keys, byte[][] rows) {
        try (Transaction transaction = engine.begin()) {
            for (int i = 0; i < keys.length; i++) {
                transaction.put(table, keys[i], rows[i]);
            }
            transaction.commit();
        }
    }

    @Override
    public Reader reader() {
        return new Reader() {
            private final RecordView view = new RecordView();

            @Override
            public int get(byte[] key, byte[] into) {
                try (Transaction transaction = engine.beginReadOnly()) {
                    if (!transaction.get(table, key, view)) {
                        return -1;
                    }
                    int length = view.rowLength();
                    MemorySegment.copy(view.rowSegment(), ValueLayout.JAVA_BYTE, view.rowOffset(), into, 0, length);
                    return length;
                }
            }

            @Override
            public int range(byte[] from, int count, Blackhole sink) {
                try (Transaction transaction = engine.beginReadOnly()) {
                    Scan scan = transaction.scan(table, new KeyRange(from, null), false);
                    int found = 0;
                    while (found < count && scan.next(view)) {
                        sink.consume(view.rowSegment().get(ValueLayout.JAVA_BYTE, view.rowOffset()));
                        found++;
                    }
                    return found;
                }
            }
        };
    }

    /// Reads all rows in any order, until told to stop; answers how many.
    long scan(AtomicBoolean stop) {
        try (Transaction transaction = engine.beginReadOnly()) {
            Scan scan = transaction.scan(table, KeyRange.ALL, false);
            RecordView view = new RecordView();
            long found = 0;
            while (!stop.get() && scan.next(view)) {
                found++;
            }
            return found;
        }
    }

    /// At rest: the housekeeper gives back what readers have let go of.
    @Override
    public long bytes() {
        long before = residentBytes();
        for (int seconds = 0; seconds < 60; seconds++) {
            LockSupport.parkNanos(2_000_000_000L);
            long now = residentBytes();
            if (now == before) {
                break;
            }
            before = now;
        }
        return before;
    }

    private long residentBytes() {
        return engine.memoryUse().stream().mapToLong(MemoryUse::residentBytes).sum();
    }

    @Override
    public void close() {
        engine.close();
    }
}
