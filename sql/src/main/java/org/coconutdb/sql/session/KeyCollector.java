package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.KeyRows;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.jspecify.annotations.Nullable;

/// Gathers what an execution hands back of the rows that it inserts. One thread.
final class KeyCollector {
    private final KeyRequest request;
    private final List<@Nullable Object[]> rows = new ArrayList<>();
    private List<ColumnInfo> columns = List.of();
    private int[] positions = {};

    KeyCollector(KeyRequest request) {
        this.request = request;
    }

    /// Says whose rows come. UNDEFINED_COLUMN where the table does not have what is asked for.
    void begin(CatalogTable table) {
        positions = positions(table);
        columns = IntStream.of(positions).mapToObj(position -> ColumnInfos.stored(table, position)).toList();
    }

    /// @param row stored values
    void add(CatalogTable table, @Nullable Object[] row) {
        if (positions.length == 0) {
            return;
        }
        @Nullable Object[] values = new @Nullable Object[positions.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = EdgeValues.fromStorage(table.definition().columns().get(positions[i]), row[positions[i]]);
        }
        rows.add(values);
    }

    int size() {
        return rows.size();
    }

    /// Forgets all rows but the first so many: those after them are inserted again.
    void truncate(int size) {
        rows.subList(size, rows.size()).clear();
    }

    KeyRows keys() {
        return new KeyRows(columns, List.copyOf(rows));
    }

    private int[] positions(CatalogTable table) {
        List<ColumnDefinition> definitions = table.definition().columns();
        return switch (request) {
            case KeyRequest.Nothing _ -> new int[0];
            case KeyRequest.Generated _ -> IntStream.range(0, definitions.size())
                    .filter(i -> definitions.get(i).identity() != null
                            || (definitions.get(i).hasDefault() && table.definition().primaryKey().contains(i)))
                    .toArray();
            case KeyRequest.Places(List<Integer> places) -> places.stream().mapToInt(place -> {
                if (place < 1 || place > definitions.size()) {
                    throw undefined(table, place.toString());
                }
                return place - 1;
            }).toArray();
            case KeyRequest.Names(List<String> names) -> names.stream().mapToInt(name -> position(table, name)).toArray();
        };
    }

    private static int position(CatalogTable table, String name) {
        List<ColumnDefinition> definitions = table.definition().columns();
        return IntStream.range(0, definitions.size())
                .filter(i -> definitions.get(i).name().equals(name))
                .findFirst()
                .orElseGet(() -> IntStream.range(0, definitions.size())
                        .filter(i -> definitions.get(i).name().equalsIgnoreCase(name))
                        .findFirst()
                        .orElseThrow(() -> undefined(table, name)));
    }

    private static CoconutException undefined(CatalogTable table, String column) {
        return CoconutException.of(ErrorCode.UNDEFINED_COLUMN)
                .with("table", table)
                .with("column", column)
                .mend("Ask for generated keys by columns of the table: "
                        + String.join(", ", table.definition().columns().stream().map(ColumnDefinition::name).toList()) + ".");
    }
}
