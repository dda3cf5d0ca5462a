package org.coconutdb.sql.catalog;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.KeyHash;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.row.RowVersions;
import org.coconutdb.engine.row.StorageType;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Looks at all rows of a table, at one snapshot and beside those who write, and keeps of each column a sketch of its different values and a random
/// choice of values: 32 MiB of heap at most, whatever the table has.
public final class StatisticsScan {
    // Of all columns together.
    private static final int VALUES_MAX = 1 << 18;
    private static final int COLUMN_VALUES_MAX = 1 << 13;
    private static final int BUCKETS_MAX = 100;
    private static final int COMMON_MAX = 32;
    // Of all columns together, so that the definition fits.
    private static final int BOUNDS_MAX = 1 << 13;
    private static final long HASH_SEED = 0x5DEECE66DL;

    private final CatalogTable table;
    private final RowLayout layout;
    private final List<Gathered> columns = new ArrayList<>();
    private final int valuesMax;
    // The same choice whenever the same rows are looked at.
    private final Random random = new Random(17);
    private MemorySegment scratch = MemorySegment.NULL;
    private long rows;

    private static final class Gathered {
        final Column type;
        final DistinctSketch sketch = new DistinctSketch();
        final List<byte[]> values = new ArrayList<>();
        long nonNull;
        byte @Nullable [] least;
        byte @Nullable [] greatest;

        Gathered(Column type) {
            this.type = type;
        }
    }

    private StatisticsScan(CatalogTable table) {
        this.table = table;
        this.layout = table.rowLayout();
        table.columns().forEach(column -> columns.add(new Gathered(column)));
        this.valuesMax = Math.min(COLUMN_VALUES_MAX, Math.max(64, VALUES_MAX / columns.size()));
    }

    /// STATEMENT_CANCELLED; TABLE_CHANGED where the table was dropped meanwhile.
    public static TableStatistics run(CoconutEngine engine, CatalogTable table, AtomicBoolean cancelled) {
        StatisticsScan gathering = new StatisticsScan(table);
        try (Transaction transaction = engine.beginReadOnly()) {
            Scan scan = transaction.scan(table.descriptor(), KeyRange.ALL, false);
            RecordView view = new RecordView();
            while (scan.next(view)) {
                if (cancelled.get()) {
                    throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED).mend("Nothing was changed.");
                }
                gathering.look(view);
            }
        }
        return gathering.result();
    }

    private void look(RecordView view) {
        RowVersions versions = table.rowVersions();
        MemorySegment memory = view.rowSegment();
        long row = view.rowOffset();
        if (RowLayout.version(memory, row) > layout.version()) {
            // Of a definition that came meanwhile.
            return;
        }
        if (!versions.isNewest(memory, row)) {
            byte[] newest = versions.toNewest(memory, row);
            if (scratch.byteSize() < newest.length) {
                scratch = Arena.ofAuto().allocate(Math.max(512, Integer.highestOneBit(newest.length) * 2L));
            }
            MemorySegment.copy(newest, 0, scratch, ValueLayout.JAVA_BYTE, 0, newest.length);
            memory = scratch;
            row = 0;
        }
        rows++;
        for (int i = 0; i < columns.size(); i++) {
            Object value = layout.get(memory, row, i);
            if (value != null && columns.get(i).type.type() != StorageType.ARRAY) {
                add(columns.get(i), value);
            }
        }
    }

    private void add(Gathered column, Object value) {
        column.nonNull++;
        byte[] key = ColumnStatistics.key(column.type, value);
        column.sketch.add(KeyHash.of(whole(value, key), HASH_SEED));
        if (column.least == null || Arrays.compareUnsigned(key, column.least) < 0) {
            column.least = key;
        }
        if (column.greatest == null || Arrays.compareUnsigned(key, column.greatest) > 0) {
            column.greatest = key;
        }
        // Algorithm R (Vitter, "Random sampling with a reservoir", 1985).
        if (column.values.size() < valuesMax) {
            column.values.add(key);
        } else {
            long place = random.nextLong(column.nonNull);
            if (place < valuesMax) {
                column.values.set((int) place, key);
            }
        }
    }

    private static byte[] whole(Object value, byte[] key) {
        return switch (value) {
            case String text when text.length() > ColumnStatistics.VALUE_LENGTH_MAX ->
                    text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            case byte[] bytes when bytes.length > ColumnStatistics.VALUE_LENGTH_MAX -> bytes;
            default -> key;
        };
    }

    private TableStatistics result() {
        List<ColumnStatistics> all = new ArrayList<>();
        int buckets = Math.clamp(BOUNDS_MAX / columns.size(), 8, BUCKETS_MAX);
        for (int i = 0; i < columns.size(); i++) {
            // Arrays have no order to make a histogram of.
            if (columns.get(i).type.type() != StorageType.ARRAY) {
                all.add(result(table.definition().columns().get(i).name(), columns.get(i), buckets));
            }
        }
        return new TableStatistics(rows, System.currentTimeMillis(), all);
    }

    private ColumnStatistics result(String name, Gathered column, int buckets) {
        double estimate = Math.min(column.sketch.estimate(), (double) column.nonNull);
        // What the sketch tells no more of: whether all are different.
        double distinct = estimate > 0.97 * column.nonNull ? column.nonNull : estimate;
        List<byte[]> sorted = new ArrayList<>(column.values);
        sorted.sort(Arrays::compareUnsigned);
        List<byte[]> bounds = new ArrayList<>();
        int cuts = Math.min(buckets, sorted.size());
        for (int cut = 0; cut <= cuts && !sorted.isEmpty(); cut++) {
            bounds.add(sorted.get((int) Math.min(sorted.size() - 1L, (long) cut * sorted.size() / cuts)));
        }
        byte[] least = column.least;
        byte[] greatest = column.greatest;
        if (least != null && greatest != null) {
            bounds.set(0, least);
            bounds.set(bounds.size() - 1, greatest);
        }
        double nullFraction = rows == 0 ? 0 : (double) (rows - column.nonNull) / rows;
        return new ColumnStatistics(name, column.type, nullFraction, Math.max(1, distinct), bounds,
                common(sorted, distinct, 1 - nullFraction));
    }

    /// Values that more of the chosen rows have than twice what they would on average, and one in two hundred at least.
    private static List<ColumnStatistics.Common> common(List<byte[]> sorted, double distinct, double nonNullFraction) {
        List<ColumnStatistics.Common> found = new ArrayList<>();
        double least = Math.max(Math.max(2, sorted.size() / 200.0), 2 * sorted.size() / Math.max(1, distinct));
        boolean areFew = distinct <= COMMON_MAX;
        int from = 0;
        for (int i = 1; i <= sorted.size(); i++) {
            if (i == sorted.size() || !Arrays.equals(sorted.get(i), sorted.get(from))) {
                if (areFew || i - from >= least) {
                    found.add(new ColumnStatistics.Common(sorted.get(from), nonNullFraction * (i - from) / sorted.size()));
                }
                from = i;
            }
        }
        found.sort((left, right) -> Double.compare(right.fraction(), left.fraction()));
        return found.subList(0, Math.min(COMMON_MAX, found.size()));
    }
}
