package org.coconutdb.cli.quickstart;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import org.coconutdb.cli.Screen;

/// Fills TPC-H's tables from the generator: prepared batches, each its own transaction.
final class TpchLoader {
    static final int BATCH_ROWS = 1000;

    private final Screen screen;
    private final Connection connection;
    private final double scale;

    TpchLoader(Screen screen, Connection connection, double scale) {
        this.screen = screen;
        this.connection = connection;
        this.scale = scale;
    }

    void load() throws SQLException {
        long expected = 0;
        for (TpchTables table : TpchTables.values()) {
            expected += table.expectedRows(scale);
        }
        try (Progress progress = new Progress(screen, expected)) {
            for (TpchTables table : TpchTables.values()) {
                progress.begin(table.sqlName().toLowerCase(java.util.Locale.ROOT));
                fill(table, table.source(), progress);
            }
        }
    }

    private <E extends TpchEntity> void fill(TpchTables table, TpchTable<E> source, Progress progress) throws SQLException {
        List<TpchColumn<E>> columns = source.getColumns();
        String sql = "INSERT INTO " + table.sqlName() + " VALUES (" + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int pending = 0;
            for (E row : source.createGenerator(scale, 1, 1)) {
                for (int i = 0; i < columns.size(); i++) {
                    insert.setObject(i + 1, value(columns.get(i), row));
                }
                insert.addBatch();
                pending++;
                if (pending == BATCH_ROWS) {
                    insert.executeBatch();
                    progress.add(pending);
                    pending = 0;
                }
            }
            if (pending > 0) {
                insert.executeBatch();
                progress.add(pending);
            }
        }
    }

    private static <E extends TpchEntity> Object value(TpchColumn<E> column, E row) {
        return switch (column.getType().getBase()) {
            case IDENTIFIER -> column.getIdentifier(row);
            case INTEGER -> column.getInteger(row);
            case DATE -> LocalDate.ofEpochDay(column.getDate(row));
            // The generator counts cents and answers them as a double.
            case DOUBLE -> BigDecimal.valueOf(Math.round(column.getDouble(row) * 100), 2);
            case VARCHAR -> column.getString(row);
        };
    }
}
