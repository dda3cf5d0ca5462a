package org.coconutdb.sql.corpus;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Random tables with rows, and the statements that make them.
///
/// @param tables two to four
record Tables(List<Table> tables) {
    private static final List<String> TYPES = List.of("INT", "INT", "BIGINT", "SMALLINT", "DECIMAL(10, 2)", "DOUBLE PRECISION",
            "VARCHAR(8)",
            "VARCHAR(8)", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE");

    /// @param type as `CREATE TABLE` says it
    record Column(String name, String type, boolean nullable) {
        Kind kind() {
            return switch (type) {
                case "SMALLINT", "INT", "BIGINT" -> Kind.NUMBER;
                case "DECIMAL(10, 2)" -> Kind.DECIMAL;
                case "DOUBLE PRECISION" -> Kind.DOUBLE;
                case "VARCHAR(8)" -> Kind.TEXT;
                case "BOOLEAN" -> Kind.CONDITION;
                case "DATE" -> Kind.DATE;
                case "TIMESTAMP WITH TIME ZONE" -> Kind.MOMENT;
                default -> Kind.TIMESTAMP;
            };
        }
    }

    /// @param keyColumns positions of the primary key's
    /// @param indexes columns of each, as `CREATE INDEX` lists them
    record Table(String name, boolean sorted, List<Column> columns, List<Integer> keyColumns, List<String> indexes,
            List<@Nullable Object[]> rows) {
        String createText(Peer peer) {
            String kind = peer == Peer.COCONUT ? sorted ? " USING SORTED" : " USING HASH" : "";
            return "CREATE TABLE " + name + " (" + columns.stream()
                    .map(column -> column.name + " " + column.type + (column.nullable ? "" : " NOT NULL"))
                    .collect(Collectors.joining(", ")) + ", PRIMARY KEY (" + keyColumns.stream().map(at -> columns.get(at).name)
                            .collect(Collectors.joining(", "))
                    + "))" + kind;
        }

        List<String> indexTexts() {
            List<String> texts = new ArrayList<>();
            for (String index : indexes) {
                texts.add("CREATE INDEX " + name + "_i" + texts.size() + " ON " + name + " (" + index + ")");
            }
            return texts;
        }

        Table withRows(List<@Nullable Object[]> fewer) {
            return new Table(name, sorted, columns, keyColumns, indexes, fewer);
        }

        /// The same rows, read in other ways.
        Table otherwise() {
            return new Table(name, !sorted, columns, keyColumns, List.of(), rows);
        }
    }

    static Tables random(Chance chance) {
        List<Table> tables = new ArrayList<>();
        int count = 2 + chance.below(3);
        for (int i = 0; i < count; i++) {
            tables.add(table("t" + i, chance));
        }
        return new Tables(tables);
    }

    private static Table table(String name, Chance chance) {
        int keys = chance.pick(1, 1, 2, 3);
        List<Column> columns = new ArrayList<>();
        List<Integer> keyColumns = new ArrayList<>();
        columns.add(new Column("k", chance.pick("INT", "INT", "BIGINT", "VARCHAR(8)"), false));
        keyColumns.add(0);
        int count = 4 + chance.below(5);
        for (int i = 1; i <= count; i++) {
            boolean isKey = keyColumns.size() < keys;
            String type = isKey ? chance.pick("INT", "VARCHAR(8)", "DATE", "SMALLINT", "DECIMAL(10, 2)", "TIMESTAMP WITH TIME ZONE")
                    : chance.pick(TYPES);
            columns.add(new Column("abcdefgh".substring(i - 1, i), type, !isKey && !chance.oneIn(8)));
            if (isKey) {
                keyColumns.add(chance.below(keyColumns.size() + 1), i);
            }
        }
        List<String> indexes = new ArrayList<>();
        for (int i = chance.below(3); i > 0; i--) {
            String first = chance.pick(columns).name;
            String second = chance.pick(columns).name;
            indexes.add(first + chance.pick("", " DESC") + (second.equals(first) || chance.oneIn(2) ? "" : ", " + second + chance.pick("",
                    " DESC")));
        }
        return new Table(name, chance.oneIn(2), columns, keyColumns, indexes, rows(columns, keyColumns, chance));
    }

    private static List<@Nullable Object[]> rows(List<Column> columns, List<Integer> keyColumns, Chance chance) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        Set<List<@Nullable Object>> keys = new HashSet<>();
        int oneNullIn = chance.pick(2, 4, 4, 8);
        for (int i = chance.pick(0, 1, 5, 10, 10, 15, 25, 25); i > 0; i--) {
            @Nullable Object[] row = new Object[columns.size()];
            for (int at = 0; at < row.length; at++) {
                Column column = columns.get(at);
                row[at] = column.nullable ? chance.valueOrNull(column.type, oneNullIn) : chance.value(column.type, true);
            }
            if (keys.add(keyColumns.stream().map(at -> row[at]).toList())) {
                rows.add(row);
            }
        }
        return rows;
    }

    /// Tables that are easy to read, with fewer rows; larger cuts first.
    List<Tables> smaller() {
        List<Tables> fewer = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            Table table = tables.get(i);
            int rows = table.rows.size();
            for (int piece = rows; piece > 0; piece /= 2) {
                for (int from = 0; from < rows; from += piece) {
                    List<@Nullable Object[]> kept = new ArrayList<>(table.rows.subList(0, from));
                    kept.addAll(table.rows.subList(Math.min(rows, from + piece), rows));
                    fewer.add(with(i, table.withRows(kept)));
                }
            }
            if (!table.indexes.isEmpty()) {
                fewer.add(with(i, new Table(table.name, table.sorted, table.columns, table.keyColumns, List.of(), table.rows)));
            }
        }
        return fewer;
    }

    Tables without(Table gone) {
        return new Tables(tables.stream().filter(table -> table != gone).toList());
    }

    private Tables with(int index, Table table) {
        List<Table> changed = new ArrayList<>(tables);
        changed.set(index, table);
        return new Tables(changed);
    }

    /// As a script, to be read.
    String text() {
        StringBuilder text = new StringBuilder();
        for (Table table : tables) {
            text.append(table.createText(Peer.COCONUT)).append(";\n");
            table.indexTexts().forEach(index -> text.append(index).append(";\n"));
            for (@Nullable Object[] row : table.rows) {
                List<String> values = new ArrayList<>();
                for (int i = 0; i < row.length; i++) {
                    values.add(row[i] == null ? "NULL" : new Literal(table.columns.get(i).kind(), row[i], false).text(Peer.COCONUT));
                }
                text.append("INSERT INTO ").append(table.name).append(" VALUES (").append(String.join(", ", values)).append(");\n");
            }
        }
        return text.toString();
    }
}
