package org.coconutdb.sql.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.row.StorageType;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;

/// Reads of an index's entries what would be read of the rows behind them, where all of it stands there: the indexed columns, the primary key, the
/// included ones. Immutable; [#start] gives the state of one execution.
///
/// Why that is right: at each snapshot an index that is ready has exactly one entry for each row, with the row's values, and a transaction's own
/// writes keep it so (docs/decisions/0008-secondary-indexes.md). So what is answered is a function of the entries that were read, and who reads them
/// has read all that the answer rests on. An entry with a time to live may outlive its row, so who meets one asks the row.
public final class EntryRead {
    private static final int SCRATCH_BYTES = 256;

    private enum Part {
        KEY,
        PRIMARY_KEY,
        INCLUDED
    }

    private record Place(Part part, int position, boolean differs) {}

    private final CatalogTable table;
    private final CatalogIndex index;
    private final Place[] places;
    private final @Nullable RowCondition condition;
    // What the condition looks at, in the order in which it counts columns; null where it looks at the entry's row as it lies.
    private final Place @Nullable [] tested;
    private final @Nullable RowLayout testedLayout;
    // How many columns of the index's key, and of the primary key, have to be decoded.
    private final int keyColumns;
    private final int primaryKeyColumns;

    /// Whether an index's entries have a column's value as its row has it. A floating-point number is another one in a key: 0 in place of -0.
    public static boolean has(CatalogTable table, CatalogIndex index, int column) {
        if (index.definition().included().contains(column)) {
            return true;
        }
        StorageType type = table.columns().get(column).type();
        return type != StorageType.FLOAT32 && type != StorageType.FLOAT64
                && (index.definition().positions().contains(column) || table.definition().primaryKey().contains(column));
    }

    /// Whether a condition over these columns can look at an entry's row as it lies.
    public static boolean isInRow(CatalogIndex index, List<Integer> columns) {
        return index.definition().included().containsAll(columns);
    }

    /// @param columns wanted, by position in the table, in order of the output; the index [#has] each
    /// @param condition null: all rows. It counts columns as `tested` does, or where that [#isInRow], as the index includes them
    /// @param tested positions in the table
    public EntryRead(CatalogTable table, CatalogIndex index, int[] columns, @Nullable RowCondition condition, List<Integer> tested) {
        this.table = table;
        this.index = index;
        this.places = Arrays.stream(columns).mapToObj(this::place).toArray(Place[]::new);
        this.condition = condition;
        if (condition == null || isInRow(index, tested)) {
            this.tested = null;
            this.testedLayout = index.includedLayout();
        } else {
            this.tested = tested.stream().map(this::place).toArray(Place[]::new);
            this.testedLayout = new RowLayout(tested.stream().map(table.columns()::get).toList());
        }
        this.keyColumns = most(Part.KEY);
        this.primaryKeyColumns = most(Part.PRIMARY_KEY);
    }

    private Place place(int column) {
        boolean differs = StoredValues.differ(table.columns().get(column));
        int included = index.definition().included().indexOf(column);
        if (included >= 0) {
            return new Place(Part.INCLUDED, included, differs);
        }
        int inKey = index.definition().positions().indexOf(column);
        return inKey >= 0 ? new Place(Part.KEY, inKey, differs)
                : new Place(Part.PRIMARY_KEY, table.definition().primaryKey().indexOf(column), differs);
    }

    private int most(Part part) {
        int most = 0;
        for (Place place : places) {
            most = place.part == part ? Math.max(most, place.position + 1) : most;
        }
        Place[] more = tested;
        if (more != null) {
            for (Place place : more) {
                most = place.part == part ? Math.max(most, place.position + 1) : most;
            }
        }
        return most;
    }

    Reader start(PlanDataContext context) {
        return new Reader(condition == null ? null : condition.bind(context));
    }

    /// Reads entries of one execution.
    final class Reader {
        private final @Nullable RowTest test;
        // Of the entry at hand, as far as they are wanted.
        private final @Nullable Object[] keyValues = new @Nullable Object[keyColumns];
        private final @Nullable Object[] primaryKeyValues = new @Nullable Object[primaryKeyColumns];
        // Off heap as all rows are, so that what reads columns meets one kind of memory; freed by the garbage collector.
        private MemorySegment scratch = MemorySegment.NULL;

        private Reader(@Nullable RowTest test) {
            this.test = test;
        }

        /// The wanted columns of the entry's row, in Calcite's internal representation; null where it does not meet the condition.
        @Nullable
        Object @Nullable [] read(RecordView entry) {
            Place[] more = tested;
            RowTest asked = test;
            RowLayout layout = testedLayout;
            if (asked != null && more == null && layout != null
                    && asked.test(layout, entry.rowSegment(), entry.rowOffset()) != RowTest.TRUE) {
                return null;
            }
            if (keyColumns > 0 || primaryKeyColumns > 0) {
                decodeKey(entry);
            }
            if (asked != null && more != null && layout != null && asked.test(layout, copied(layout, more, entry), 0) != RowTest.TRUE) {
                return null;
            }
            @Nullable Object[] values = new @Nullable Object[places.length];
            for (int i = 0; i < values.length; i++) {
                Object value = value(places[i], entry);
                values[i] = places[i].differs ? StoredValues.toPlan(value) : value;
            }
            return values;
        }

        private void decodeKey(RecordView entry) {
            byte[] key = entry.keyBytes();
            int end = index.codec().decode(key, 0, keyValues);
            if (primaryKeyColumns > 0) {
                byte[] inRow = index.primaryKeyInRow(entry);
                if (inRow != null) {
                    table.keyCodec().decode(inRow, 0, primaryKeyValues);
                } else {
                    int columns = index.codec().columnCount();
                    table.keyCodec().decode(key, keyColumns == columns ? end : index.codec().prefixLength(key, columns), primaryKeyValues);
                }
            }
        }

        private @Nullable Object value(Place place, RecordView entry) {
            return switch (place.part) {
                case KEY -> keyValues[place.position];
                case PRIMARY_KEY -> primaryKeyValues[place.position];
                case INCLUDED -> included(place.position, entry);
            };
        }

        private @Nullable Object included(int position, RecordView entry) {
            RowLayout layout = index.includedLayout();
            return layout == null ? null : layout.get(entry.rowSegment(), entry.rowOffset(), position);
        }

        /// What the condition looks at, as a row.
        private MemorySegment copied(RowLayout layout, Place[] columns, RecordView entry) {
            @Nullable Object[] values = new @Nullable Object[columns.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(columns[i], entry);
            }
            byte[] row = layout.encode(values);
            if (scratch.byteSize() < row.length) {
                scratch = Arena.ofAuto().allocate(Math.max(SCRATCH_BYTES, Integer.highestOneBit(row.length) * 2L));
            }
            MemorySegment.copy(row, 0, scratch, ValueLayout.JAVA_BYTE, 0, row.length);
            return scratch;
        }
    }
}
