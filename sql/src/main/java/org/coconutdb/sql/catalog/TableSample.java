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
import java.util.function.Predicate;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyCodec;
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
    /// Rows and entries that are looked at, whether they are kept or not.
    private static final int ROWS_MAX = 2000;
    // A row has up to a megabyte, and there is a sample of each table that joins are planned over.
    private static final long BYTES_MAX = 1 << 20;

    private final CoconutEngine engine;
    private final CatalogTable table;
    private final long tableRows;
    // Off heap as all rows are, so that what looks at columns meets one kind of memory.
    private final List<MemorySegment> rows;
    private final Map<String, Double> prefixRows = new ConcurrentHashMap<>();
    private final Map<Integer, Double> distinct = new ConcurrentHashMap<>();

    private TableSample(CoconutEngine engine, CatalogTable table, long tableRows, List<MemorySegment> rows) {
        this.engine = engine;
        this.table = table;
        this.tableRows = tableRows;
        this.rows = List.copyOf(rows);
    }

    static TableSample take(CoconutEngine engine, CatalogTable table) {
        long tableRows = table.rowCount();
        List<MemorySegment> rows = new ArrayList<>();
        Arena arena = Arena.ofAuto();
        long[] bytes = {0};
        look(engine, table.descriptor(), view -> {
            if (isReadable(table, view)) {
                byte[] row = table.rowVersions().toNewest(view.rowSegment(), view.rowOffset());
                MemorySegment kept = arena.allocate(Math.max(1, row.length));
                MemorySegment.copy(row, 0, kept, ValueLayout.JAVA_BYTE, 0, row.length);
                rows.add(kept);
                bytes[0] += row.length;
            }
            return bytes[0] < BYTES_MAX;
        });
        return new TableSample(engine, table, tableRows, rows);
    }

    /// Shows the first rows or entries until one answers false. A table that is dropped meanwhile has no more: whoever executes the plan is told.
    private static void look(CoconutEngine engine, TableDescriptor table, Predicate<RecordView> visitor) {
        try (Transaction transaction = engine.beginReadOnly()) {
            RecordView view = new RecordView();
            Scan scan = transaction.scan(table, KeyRange.ALL, false);
            for (int looked = 0; looked < ROWS_MAX && scan.next(view) && visitor.test(view); looked++) {
                // All is done in the visitor.
            }
        } catch (CoconutException failure) {
            if (failure.code() != ErrorCode.TABLE_CHANGED) {
                throw failure;
            }
        }
    }

    /// What is cold stays on disk: to guess is not worth the reading. A row of a layout that came meanwhile is of another definition than this one's.
    private static boolean isReadable(CatalogTable table, RecordView view) {
        return !view.isCold() && RowLayout.version(view.rowSegment(), view.rowOffset()) <= table.rowLayout().version();
    }

    /// Whether the table has by now so many rows more or less that a plan may be another.
    boolean isStale(long rowsNow) {
        return rowsNow > 2 * tableRows + ROWS_MAX || rowsNow < tableRows / 2;
    }

    /// Its rows, each at the beginning of its memory, with [#layout].
    public List<MemorySegment> rows() {
        return rows;
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
        double looked = rows.size();
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
        Prefixes prefixes = new Prefixes(index == null ? table.keyCodec() : index.codec(), columns);
        look(engine, index == null ? table.descriptor() : index.descriptor(), prefixes);
        return prefixes.different == 0 ? 1 : (double) prefixes.keys / prefixes.different;
    }

    /// Counts keys in their order, and how many of them begin otherwise than the one before.
    private static final class Prefixes implements Predicate<RecordView> {
        private final KeyCodec codec;
        private final int columns;
        private int keys;
        private int different;
        private byte[] last = {};

        Prefixes(KeyCodec codec, int columns) {
            this.codec = codec;
            this.columns = columns;
        }

        @Override
        public boolean test(RecordView view) {
            byte[] key = view.keyBytes();
            byte[] prefix = Arrays.copyOf(key, codec.prefixLength(key, columns));
            keys++;
            if (!Arrays.equals(prefix, last)) {
                different++;
                last = prefix;
            }
            return true;
        }
    }
}
