package org.coconutdb.sql.run;

import java.lang.foreign.MemorySegment;
import org.apache.calcite.avatica.util.ByteString;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.row.StorageType;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;

/// What a lookup or scan does with each row it finds: looks at the condition in place and decodes only the columns that are wanted.
/// Immutable; [#start] gives the state of one execution.
public final class TableRead {
    private final TableDescriptor table;
    private final KeyCodec keyCodec;
    private final RowLayout layout;
    private final int[] columns;
    private final boolean[] binary;
    private final @Nullable RowCondition condition;

    /// @param columns wanted, by position in the table, in order of the output
    /// @param condition null: all rows
    public TableRead(CatalogTable table, int[] columns, @Nullable RowCondition condition) {
        this.table = table.descriptor();
        this.keyCodec = table.keyCodec();
        this.layout = table.rowLayout();
        this.columns = columns.clone();
        this.binary = new boolean[columns.length];
        for (int i = 0; i < columns.length; i++) {
            binary[i] = layout.column(columns[i]).type() == StorageType.BYTES;
        }
        this.condition = condition;
    }

    TableDescriptor table() {
        return table;
    }

    KeyCodec keyCodec() {
        return keyCodec;
    }

    Reader start(PlanDataContext context) {
        return new Reader(condition == null ? null : condition.bind(context));
    }

    /// Reads rows of one execution.
    final class Reader {
        private final @Nullable RowTest test;

        private Reader(@Nullable RowTest test) {
            this.test = test;
        }

        /// The wanted columns, in Calcite's internal representation; null where the row does not meet the condition.
        @Nullable
        Object @Nullable [] read(RecordView view) {
            MemorySegment memory = view.segment();
            long row = view.rowOffset();
            if (test != null && test.test(layout, memory, row) != RowTest.TRUE) {
                return null;
            }
            @Nullable Object[] values = new Object[columns.length];
            for (int i = 0; i < columns.length; i++) {
                Object value = layout.get(memory, row, columns[i]);
                values[i] = binary[i] && value != null ? new ByteString((byte[]) value) : value;
            }
            return values;
        }
    }
}
