package org.coconutdb.sql.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.row.RowVersions;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.HeaderColumn;
import org.coconutdb.sql.catalog.MetaTable;
import org.coconutdb.sql.catalog.QueryTable;
import org.jspecify.annotations.Nullable;

/// What a lookup or scan does with each row it finds: looks at the condition in place and decodes only the columns that are wanted.
/// Immutable; [#start] gives the state of one execution.
public final class TableRead {
    private final TableDescriptor table;
    private final KeyCodec keyCodec;
    private final RowVersions versions;
    private final RowLayout layout;
    // Position in the row of each; -1 for one of the header.
    private final int[] columns;
    private final @Nullable HeaderColumn[] headerColumns;
    private final boolean ofHeaders;
    private final boolean readsRow;
    private final boolean[] differs;
    private final @Nullable RowCondition condition;

    /// @param columns wanted, by position in the table, in order of the output
    /// @param condition over columns of the row; null: all rows
    public TableRead(QueryTable table, int[] columns, @Nullable RowCondition condition) {
        CatalogTable rows = table.rows();
        this.table = rows.descriptor();
        this.keyCodec = rows.keyCodec();
        this.versions = rows.rowVersions();
        this.layout = versions.newest();
        this.columns = new int[columns.length];
        this.headerColumns = new HeaderColumn[columns.length];
        this.differs = new boolean[columns.length];
        for (int i = 0; i < columns.length; i++) {
            this.columns[i] = table.rowColumn(columns[i]);
            differs[i] = StoredValues.differ(table.columns().get(columns[i]));
            if (this.columns[i] < 0) {
                headerColumns[i] = table.headerColumn(columns[i]);
            }
        }
        this.ofHeaders = table instanceof MetaTable;
        this.condition = condition;
        this.readsRow = condition != null || Arrays.stream(this.columns).anyMatch(column -> column >= 0);
    }

    TableDescriptor table() {
        return table;
    }

    /// Whether it looks at records rather than at their rows, which does not count as reading them.
    boolean isOfHeaders() {
        return ofHeaders;
    }

    KeyCodec keyCodec() {
        return keyCodec;
    }

    Reader start(PlanDataContext context) {
        RunFigures figures = context.execution().figures();
        return new Reader(condition == null ? null : condition.bind(context), figures == null ? null : figures.current());
    }

    /// Reads rows of one execution.
    final class Reader {
        private static final int SCRATCH_BYTES = 512;

        private final @Nullable RowTest test;
        // Null but for EXPLAIN ANALYZE.
        private final @Nullable OperatorFigures figures;
        // The last row that was of an older version, as one of the newest. Off heap as all rows are, so that what reads columns meets one kind
        // of memory; freed by the garbage collector.
        private MemorySegment scratch = MemorySegment.NULL;
        private MemorySegment memory = MemorySegment.NULL;
        private long row;

        private Reader(@Nullable RowTest test, @Nullable OperatorFigures figures) {
            this.test = test;
            this.figures = figures;
            if (figures != null) {
                figures.read();
            }
        }

        /// Null where nobody counts.
        @Nullable
        OperatorFigures figures() {
            return figures;
        }

        /// Goes to a record; false where its row does not meet the condition.
        boolean at(RecordView view) {
            if (figures != null) {
                figures.see(view, readsRow);
            }
            // A cold row is read from disk when it is asked for: not where it is only counted.
            memory = readsRow ? view.rowSegment() : view.segment();
            row = readsRow ? view.rowOffset() : 0;
            if (readsRow && !versions.isNewest(memory, row)) {
                memory = toNewest(memory, row);
                row = 0;
            }
            return test == null || test.test(layout, memory, row) == RowTest.TRUE;
        }

        RowLayout layout() {
            return layout;
        }

        /// Where the row of the record lies, as one of the newest layout.
        MemorySegment memory() {
            return memory;
        }

        long row() {
            return row;
        }

        /// The wanted columns, in Calcite's internal representation; null where the row does not meet the condition.
        @Nullable
        Object @Nullable [] read(RecordView view) {
            if (!at(view)) {
                return null;
            }
            @Nullable Object[] values = new Object[columns.length];
            for (int i = 0; i < columns.length; i++) {
                HeaderColumn header = headerColumns[i];
                Object value = header != null ? header.value(view) : layout.get(memory, row, columns[i]);
                values[i] = differs[i] ? StoredValues.toPlan(value) : value;
            }
            return values;
        }

        private MemorySegment toNewest(MemorySegment memory, long row) {
            byte[] newest = versions.toNewest(memory, row);
            if (scratch.byteSize() < newest.length) {
                scratch = Arena.ofAuto().allocate(Math.max(SCRATCH_BYTES, Integer.highestOneBit(newest.length) * 2L));
            }
            MemorySegment.copy(newest, 0, scratch, ValueLayout.JAVA_BYTE, 0, newest.length);
            return scratch;
        }
    }
}
