package org.coconutdb.sql.catalog;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Some rows of a table, by which the planner guesses how many meet a condition and how many share the beginning of a key. Immutable but for
/// what it has found out; any thread.
///
/// The rows are the first in the table's order: of a hash table a random choice, of a sorted one those with the least keys. Guesses only choose
/// between plans that answer the same.
public final class TableSample {
    /// Rows and entries that are looked at.
    private static final int ROWS_MAX = 2000;

    private final CoconutEngine engine;
    private final CatalogTable table;
    private final long tableRows;
    private final MemorySegment[] rows;
    private final Map<String, Double> prefixRows = new ConcurrentHashMap<>();
    private final Map<Integer, Double> distinct = new ConcurrentHashMap<>();

    private TableSample(CoconutEngine engine, CatalogTable table, long tableRows, MemorySegment[] rows) {
        this.engine = engine;
        this.table = table;
        this.tableRows = tableRows;
        this.rows = rows;
    }

    static TableSample take(CoconutEngine engine, CatalogTable table) {
        long tableRows = table.rowCount();
        List<MemorySegment> rows = new ArrayList<>();
        Arena arena = Arena.ofAuto();
        try (Transaction transaction = engine.beginReadOnly()) {
            RecordView view = new RecordView();
            Scan scan = transaction.scan(table.descriptor(), KeyRange.ALL, false);
            while (rows.size() < ROWS_MAX && scan.next(view)) {
                // What is cold stays on disk: to guess is not worth the reading.
                if (!view.isCold()) {
                    byte[] row = table.rowVersions().toNewest(view.rowSegment(), view.rowOffset());
                    MemorySegment kept = arena.allocate(Math.max(1, row.length));
                    MemorySegment.copy(row, 0, kept, ValueLayout.JAVA_BYTE, 0, row.length);
                    rows.add(kept);
                }
            }
        }
        return new TableSample(engine, table, tableRows, rows.toArray(MemorySegment[]::new));
    }

    /// Whether the table has by now so many rows more or less that a plan may be another.
    boolean isStale(long rowsNow) {
        return rowsNow > 2 * tableRows + ROWS_MAX || rowsNow < tableRows / 2;
    }

    /// Its rows, each at the beginning of its memory, with [#layout].
    public List<MemorySegment> rows() {
        return List.of(rows);
    }

    public RowLayout layout() {
        return table.rowLayout();
    }

    /// How many different values a column has, NULL being none: counted in the sample and projected by the estimator Duj1 (Haas, Naughton, Seshadri
    /// and Stokes, "Sampling-based estimation of the number of distinct values of an attribute", 1995).
    public double distinct(int column) {
        return distinct.computeIfAbsent(column, this::countDistinct);
    }

    private double countDistinct(int column) {
        List<Integer> key = table.definition().primaryKey();
        if (table.definition().kind() == TableKind.SORTED && key.getFirst() == column) {
            // The sample has the first of its values alone.
            return Math.max(1, tableRows / rowsOfPrefix(null, 1));
        }
        Map<Object, Integer> counts = new HashMap<>();
        for (MemorySegment row : rows) {
            Object value = layout().get(row, 0, column);
            if (value != null) {
                counts.merge(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value, 1, Integer::sum);
            }
        }
        double looked = rows.length;
        double once = counts.values().stream().filter(count -> count == 1).count();
        double different = counts.size();
        if (different == 0) {
            return 1;
        }
        return Math.max(different, looked * different / (looked - once + once * looked / Math.max(looked, (double) tableRows)));
    }

    /// How many rows have the same values in the first columns of a key, on average over the first keys.
    ///
    /// @param index null: the primary key
    public double rowsOfPrefix(@Nullable CatalogIndex index, int columns) {
        String name = (index == null ? "" : index.definition().name()) + "/" + columns;
        return prefixRows.computeIfAbsent(name, _ -> countPrefixes(index, columns));
    }

    private double countPrefixes(@Nullable CatalogIndex index, int columns) {
        int entries = 0;
        int prefixes = 0;
        try (Transaction transaction = engine.beginReadOnly()) {
            RecordView view = new RecordView();
            byte[] last = null;
            Scan scan = transaction.scan(index == null ? table.descriptor() : index.descriptor(), KeyRange.ALL, false);
            while (entries < ROWS_MAX && scan.next(view)) {
                byte[] key = view.keyBytes();
                int length = (index == null ? table.keyCodec() : index.codec()).prefixLength(key, columns);
                byte[] prefix = Arrays.copyOf(key, length);
                if (last == null || !Arrays.equals(prefix, last)) {
                    prefixes++;
                    last = prefix;
                }
                entries++;
            }
        }
        return prefixes == 0 ? 1 : (double) entries / prefixes;
    }
}
