package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.access.Need;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.parser.LiftedText;
import org.jspecify.annotations.Nullable;

/// A statement compiled with question marks in place of its literals, for all that differ in these alone. Immutable.
///
/// Its answers are those of the statement as it was written. A literal that is stored goes through the same rules either way. One that is compared
/// has the type that its parameter was given, or one whose values are among that type's: otherwise the comparison might have been another, and nothing
/// is shared.
final class SharedStatement {
    /// What cannot be shared, so that this is not found out again.
    static final SharedStatement NONE = new SharedStatement(null, new @Nullable ColumnDefinition[0], List.of());

    private final @Nullable CompiledStatement statement;
    private final @Nullable ColumnDefinition[] stored;
    private final List<Need> needs;

    private SharedStatement(@Nullable CompiledStatement statement, @Nullable ColumnDefinition[] stored, List<Need> needs) {
        this.needs = needs;
        this.statement = statement;
        this.stored = stored;
    }

    /// [#NONE] where answers might differ.
    static SharedStatement of(Compiled compiled, LiftedText text) {
        CompiledStatement statement = compiled.statement();
        List<ColumnInfo> parameters = statement.parameters();
        @Nullable ColumnDefinition[] stored = new @Nullable ColumnDefinition[parameters.size()];
        switch (statement) {
            case InsertStatement insert when insert.readsNothing() -> insert.addStored(stored);
            case ChangeStatement change -> change.addStored(stored);
            case QueryStatement _ -> {}
            default -> {
                return NONE;
            }
        }
        for (int i = 0; i < stored.length; i++) {
            if (stored[i] == null && !isSame(text.literals().get(i).kind(), parameters.get(i).typeName())) {
                return NONE;
            }
        }
        return new SharedStatement(statement, stored, compiled.needs());
    }

    private static boolean isSame(LiftedText.Kind kind, String type) {
        return switch (kind) {
            case INTEGER -> type.equals("INTEGER") || type.equals("BIGINT");
            case BIGINT -> type.equals("BIGINT");
            // Not CHAR, whose comparisons look past blanks at the end.
            case TEXT -> type.equals("VARCHAR");
            case DECIMAL -> false;
        };
    }

    /// Null where nothing is shared.
    @Nullable
    CompiledStatement statement() {
        return statement;
    }

    /// What one must be allowed to run it.
    List<Need> needs() {
        return needs;
    }

    /// See [CompiledStatement#isOutdated].
    boolean isOutdated() {
        return statement != null && statement.isOutdated();
    }

    /// Values for its question marks; null where one is none that its column stores, which the statement as it is written has the words for.
    @Nullable
    Object @Nullable [] values(LiftedText text) {
        @Nullable Object[] values = new @Nullable Object[stored.length];
        for (int i = 0; i < values.length; i++) {
            Object value = text.literals().get(i).value();
            ColumnDefinition column = stored[i];
            // As a literal in a syntax tree has it, so that text is made of it alike.
            values[i] = column != null && value instanceof Number number && !(value instanceof BigDecimal)
                    ? BigDecimal.valueOf(number.longValue())
                    : value;
            if (column != null && !isStorable(column, values[i])) {
                return null;
            }
        }
        return values;
    }

    private static boolean isStorable(ColumnDefinition column, @Nullable Object value) {
        try {
            // What can be read in one zone can be in all, but for the first and the last day of all.
            StorageValues.of(column, value, ZoneOffset.UTC);
            return true;
        } catch (CoconutException refused) {
            return false;
        }
    }
}
