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
            case UNDEFINED_TABLE -> suggest(failure, tableNames(catalog));
            case UNDEFINED_COLUMN -> suggest(failure, columnNames(catalog));
            default -> failure;
        };
    }

    /// The engine gives a key as hexadecimal bytes; here it is told as values.
    private static CoconutException withKey(CoconutException failure, CatalogSnapshot catalog) {
        String key = failure.facts().get("key");
        String name = failure.facts().get("table");
        for (CatalogTable table : catalog.tables()) {
            if (key != null && name != null && table.definition().qualifiedName().equals(name)) {
                if (failure.facts().containsKey("file")) {
                    // COPY says itself what to do about it.
                    return failure.copy().with("key", values(table, key));
                }
                CoconutException told = CoconutException.of(failure.code(), failure).with("table", name).with("key", values(table, key));
                return failure.code() == ErrorCode.DUPLICATE_KEY
                        ? told.mend("Use UPSERT or INSERT … ON CONFLICT where the row may exist.")
                        : told.mend("Nothing was changed: run the transaction again.");
            }
        }
        return failure;
    }

    private static String values(CatalogTable table, String key) {
        return text(table, table.keyCodec().decode(HexFormat.of().parseHex(key)));
    }

    /// The key of a row of stored values, as messages tell it.
    static String keyOf(CatalogTable table, @Nullable Object[] row) {
        return text(table, table.definition().primaryKey().stream().map(column -> row[column]).toArray());
    }

    private static String text(CatalogTable table, @Nullable Object[] values) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            ColumnDefinition column = table.definition().columns().get(table.definition().primaryKey().get(i));
            texts.add(column.name() + "=" + EdgeValues.text(EdgeValues.fromStorage(column.type(), values[i])));
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
        catalog.views().forEach(view -> names.add(view.name()));
        return names;
    }

    private static List<String> columnNames(CatalogSnapshot catalog) {
        List<String> names = new ArrayList<>();
        catalog.tables().forEach(table -> table.definition().columns().forEach(column -> names.add(column.name())));
        catalog.metaTables().forEach(table -> table.definition().columns().forEach(column -> names.add(column.name())));
        return names;
    }

}
