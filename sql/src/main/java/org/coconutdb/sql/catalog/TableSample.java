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
/// The rows are, of a hash table, the first in its order, which is by chance; of a sorted one, some from each of many places that are spread over its
/// keys. Guesses only choose between plans that answer the same.
public final class TableSample {
    /// Rows and entries that are looked at, whether they are kept or not.
    private static final int ROWS_MAX = 2000;
    // Of a sorted table: so many parts of its keys are looked into.
    private static final int PLACES = 20;
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

    /// Shows rows or entries, from some places of a sorted table that are spread over its keys and from the beginning of a hash table, whose order is by
    /// chance, until one answers false. A table that is dropped meanwhile has no more: whoever executes the plan is told.
    private static void look(CoconutEngine engine, TableDescriptor table, Predicate<RecordView> visitor) {
        try (Transaction transaction = engine.beginReadOnly()) {
            RecordView view = new RecordView();
            if (table.kind() == TableKind.HASH || engine.rowCount(table) <= ROWS_MAX) {
                show(transaction.scan(table, KeyRange.ALL, false), ROWS_MAX, view, visitor);
                return;
            }
            byte[] greatest = transaction.scan(table, KeyRange.ALL, true).next(view) ? view.keyBytes() : null;
            byte[] from = null;
            for (int place = 0; place < PLACES; place++) {
                byte[] last = show(transaction.scan(table, new KeyRange(from, null), false), ROWS_MAX / PLACES, view, visitor);
                if (last == null || greatest == null || Arrays.compareUnsigned(last, greatest) >= 0) {
                    return;
                }
                from = between(last, greatest, PLACES - place);
            }
        } catch (CoconutException failure) {
            if (failure.code() != ErrorCode.TABLE_CHANGED) {
                throw failure;
            }
        }
    }

    /// The key of the last one shown; null where there are no more, or none is wanted.
    private static byte @Nullable [] show(Scan scan, int rowsMax, RecordView view, Predicate<RecordView> visitor) {
        for (int looked = 0; looked < rowsMax; looked++) {
            if (!scan.next(view) || !visitor.test(view)) {
                return null;
            }
        }
        return view.keyBytes();
    }

    /// A key behind the first, a part of the way to the second, as if keys were numbers.
    private static byte[] between(byte[] first, byte[] second, int parts) {
        int shared = Arrays.mismatch(first, second);
        long from = number(first, shared);
        // Half of what is left, so that a long has it.
        long way = (number(second, shared) >>> 1) - (from >>> 1);
        long place = from + 2 * Math.max(0, way / parts);
        byte[] key = ByteBuffer.allocate(shared + Long.BYTES).put(first, 0, shared).putLong(place).array();
        return Arrays.compareUnsigned(key, first) > 0 ? key : Arrays.copyOf(first, first.length + 1);
    }

    private static long number(byte[] key, int from) {
        long number = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
            number = number << Byte.SIZE | (i < key.length ? key[i] & 0xFF : 0);
        }
        return number;
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
            // The sample has neighbours, which have few of its values.
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
