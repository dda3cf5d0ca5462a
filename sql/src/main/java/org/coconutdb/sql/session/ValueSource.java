package org.coconutdb.sql.session;

import java.time.ZoneOffset;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.ZonedTimes;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// Where the value of an assigned column comes from.
sealed interface ValueSource {
    /// The value as the column stores it.
    ///
    /// @param execution of the statement that writes
    /// @param parameters as JDBC gave them
    /// @param row of the plan that computes what is computed; null where nothing is
    @Nullable
    Object value(Execution execution, @Nullable Object[] parameters, @Nullable Object @Nullable [] row);

    /// Columns of those that are a parameter alone, by the parameters' numbers.
    static void addStored(ValueSource[] sources, @Nullable ColumnDefinition[] stored) {
        for (ValueSource source : sources) {
            if (source instanceof Parameter parameter) {
                stored[parameter.index()] = parameter.column();
            }
        }
    }

    /// A literal, as [Syntax.Literal] has it. Refused where the column cannot store it.
    static ValueSource literal(@Nullable Object value, ColumnDefinition column) {
        Object stored = StorageValues.of(column, value, ZoneOffset.UTC);
        if (value == null || column.type() != SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE
                || (value instanceof String text && ZonedTimes.namesZone(text))) {
            return new Constant(stored);
        }
        return new Reading(value, column);
    }

    /// A literal of a date and a time without a zone, which is a point on the time line of each session's own.
    record Reading(Object value, ColumnDefinition column) implements ValueSource {
        @Override
        public @Nullable Object value(Execution execution, @Nullable Object[] parameters, @Nullable Object @Nullable [] row) {
            return StorageValues.of(column, value, execution.timeZone());
        }
    }

    /// The same in each execution.
    record Constant(@Nullable Object stored) implements ValueSource {
        @Override
        public @Nullable Object value(Execution execution, @Nullable Object[] parameters, @Nullable Object @Nullable [] row) {
            return stored;
        }
    }

    /// A question mark alone.
    record Parameter(int index, ColumnDefinition column) implements ValueSource {
        @Override
        public @Nullable Object value(Execution execution, @Nullable Object[] parameters, @Nullable Object @Nullable [] row) {
            return StorageValues.of(column, parameters[index], execution.timeZone());
        }
    }

    /// NEXT VALUE FOR a sequence.
    ///
    /// @param sequence its id
    record NextValue(int sequence, ColumnDefinition column) implements ValueSource {
        @Override
        public @Nullable Object value(Execution execution, @Nullable Object[] parameters, @Nullable Object @Nullable [] row) {
            return StorageValues.of(column, execution.sequences().next(sequence), execution.timeZone());
        }
    }

    /// What an identity column makes for itself.
    ///
    /// @param sequence its own, by id
    record Identity(int sequence, ColumnDefinition column, CatalogTable table) implements ValueSource {
        @Override
        public @Nullable Object value(Execution execution, @Nullable Object[] parameters, @Nullable Object @Nullable [] row) {
            try {
                return StorageValues.of(column, execution.sequences().next(sequence), execution.timeZone());
            } catch (CoconutException failure) {
                if (failure.code() != ErrorCode.SEQUENCE_EXHAUSTED) {
                    throw failure;
                }
                throw CoconutException.of(ErrorCode.SEQUENCE_EXHAUSTED, failure)
                        .with("table", table)
                        .with("column", column.name())
                        .mend("The identity column has had all its values: make the table anew with a wider type or with CYCLE.");
            }
        }
    }

    /// A field of the plan's row.
    ///
    /// @param type of the field
    record Computed(int field, RelDataType type, ColumnDefinition column) implements ValueSource {
        @Override
        public @Nullable Object value(Execution execution, @Nullable Object[] parameters, @Nullable Object @Nullable [] row) {
            if (row == null) {
                throw new IllegalStateException("nothing was computed");
            }
            return StorageValues.of(column, EdgeValues.fromPlan(type, row[field]), execution.timeZone());
        }
    }

    /// An expression over nothing, such as CURRENT_TIMESTAMP, computed for each row.
    ///
    /// @param plan of one row
    record Evaluated(QueryPlan plan, Computed result) implements ValueSource {
        @Override
        public @Nullable Object value(Execution execution, @Nullable Object[] parameters, @Nullable Object @Nullable [] row) {
            try (Enumerator<@Nullable Object[]> computed = plan.run(execution.context(new @Nullable Object[0]))) {
                if (!computed.moveNext()) {
                    throw new IllegalStateException("no value");
                }
                return result.value(execution, parameters, computed.current());
            }
        }
    }
}
