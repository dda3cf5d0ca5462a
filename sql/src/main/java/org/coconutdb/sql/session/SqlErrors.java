package org.coconutdb.sql.session;

import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.NearestName;
import org.coconutdb.sql.run.RuntimeErrors;
import org.jspecify.annotations.Nullable;

/// What went wrong, as JDBC tells it: the exception's class by SQLSTATE, and a text that knows the catalogue.
final class SqlErrors {
    private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

    private SqlErrors() {}

    /// The failure as SQLException. What nobody expected becomes XX000 with the cause, never a bare internal exception.
    ///
    /// @param catalog helps with names; null where none is at hand
    static SQLException of(Throwable failure, @Nullable CatalogSnapshot catalog) {
        if (failure instanceof OutOfMemoryError error) {
            return new SQLException("out of heap memory. Give the JVM more (-Xmx), or read less at once.", "53200", error);
        }
        CoconutException known = RuntimeErrors.translate(failure);
        if (catalog != null) {
            known = withNames(known, catalog);
        }
        String text = known.getMessage();
        String state = known.sqlState();
        return switch (state.substring(0, 2)) {
            case "22", "21" -> new SQLDataException(text, state, known);
            case "23" -> new SQLIntegrityConstraintViolationException(text, state, known);
            case "42", "3F" -> new SQLSyntaxErrorException(text, state, known);
            case "0A" -> new SQLFeatureNotSupportedException(text, state, known);
            case "40" -> new SQLTransactionRollbackException(text, state, known);
            case "53" -> new SQLTransientException(text, state, known);
            case "08" -> known.code() == ErrorCode.OUTCOME_UNKNOWN
                    ? new SQLException(text, state, known)
                    : new SQLNonTransientConnectionException(text, state, known);
            default -> new SQLException(text, state, known);
        };
    }

    private static CoconutException withNames(CoconutException failure, CatalogSnapshot catalog) {
        return switch (failure.code()) {
            case DUPLICATE_KEY, SERIALIZATION_CONFLICT -> withKey(failure, catalog);
            case TABLE_CHANGED -> withIndex(failure);
            case UNDEFINED_TABLE -> suggest(failure, tableNames(catalog));
            case UNDEFINED_COLUMN -> suggest(failure, columnNames(catalog));
            default -> failure;
        };
    }

    /// An index that was dropped is known by its name alone.
    private static CoconutException withIndex(CoconutException failure) {
        String index = CatalogIndex.name(failure.facts().getOrDefault("table", ""));
        return index == null ? failure
                : CoconutException.of(failure.code(), failure).with("index", index).mend("Nothing was changed: run the transaction again.");
    }

    /// The engine gives a key as hexadecimal bytes; here it is told as values.
    private static CoconutException withKey(CoconutException failure, CatalogSnapshot catalog) {
        String key = failure.facts().get("key");
        String name = failure.facts().get("table");
        CatalogTable table = name == null ? null : catalog.tableOf(name).orElse(null);
        CatalogIndex index = table == null || name == null ? null : table.indexOf(name).orElse(null);
        if (table == null || (key == null && index == null)) {
            return failure;
        }
        // COPY says itself what to do about it, and where.
        boolean isOfFile = failure.facts().containsKey("file");
        CoconutException told = isOfFile ? failure.copy() : CoconutException.of(failure.code(), failure);
        told.with("table", table);
        if (index != null) {
            told.with(index.definition().constraint() ? "constraint" : "index", index);
        }
        if (failure.facts().containsKey("read")) {
            told.with("read", failure.facts().get("read"));
        }
        if (key != null) {
            byte[] bytes = HexFormat.of().parseHex(key);
            told.with("key", index == null ? text(table, table.definition().primaryKey(), table.keyCodec().decode(bytes))
                    : text(table, index.definition().positions(), index.codec().decode(bytes)));
        }
        if (isOfFile) {
            return told;
        }
        if (failure.code() != ErrorCode.DUPLICATE_KEY) {
            return told.mend("Nothing was changed: run the transaction again.");
        }
        return told.mend(index == null ? "Use UPSERT or INSERT … ON CONFLICT where the row may exist."
                : "Another row has these values: give the row others, or use INSERT … ON CONFLICT.");
    }

    /// The key of a row of stored values, as messages tell it.
    static String keyOf(CatalogTable table, @Nullable Object[] row) {
        return valuesOf(table, table.definition().primaryKey(), row);
    }

    /// Some columns of a row of stored values, as messages tell them.
    static String valuesOf(CatalogTable table, List<Integer> columns, @Nullable Object[] row) {
        return text(table, columns, columns.stream().map(column -> row[column]).toArray());
    }

    /// Values of some columns, as messages tell them.
    static String text(CatalogTable table, List<Integer> columns, @Nullable Object[] values) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            ColumnDefinition column = table.definition().columns().get(columns.get(i));
            texts.add(column.name() + "=" + EdgeValues.text(EdgeValues.fromStorage(column, values[i])));
        }
        return String.join(", ", texts);
    }

    private static CoconutException suggest(CoconutException failure, List<String> names) {
        String detail = failure.facts().get("detail");
        Matcher quoted = QUOTED.matcher(detail == null ? "" : detail);
        String wanted = quoted.find() ? quoted.group(1) : failure.facts().getOrDefault("column", failure.facts().getOrDefault("table", ""));
        Optional<String> nearest = NearestName.of(wanted, names);
        if (wanted.isEmpty() || nearest.isEmpty() || nearest.get().equals(wanted)) {
            return failure;
        }
        CoconutException told = CoconutException.of(failure.code(), failure);
        failure.facts().forEach(told::with);
        return told.mend("Did you mean " + nearest.get() + "?");
    }

    private static List<String> tableNames(CatalogSnapshot catalog) {
        List<String> names = new ArrayList<>();
        catalog.tables().forEach(table -> names.add(table.definition().name()));
        catalog.views().forEach(view -> names.add(view.definition().name()));
        catalog.systemViews().forEach(view -> names.add(view.name()));
        return names;
    }

    private static List<String> columnNames(CatalogSnapshot catalog) {
        List<String> names = new ArrayList<>();
        catalog.tables().forEach(table -> table.definition().columns().forEach(column -> names.add(column.name())));
        catalog.metaTables().forEach(table -> table.definition().columns().forEach(column -> names.add(column.name())));
        catalog.views().forEach(view -> view.definition().columns().forEach(column -> names.add(column.name())));
        return names;
    }

}
