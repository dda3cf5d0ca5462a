package org.coconutdb.sql.corpus;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a database says to a query.
sealed interface Answer {
    /// @param types of `java.sql.Types`
    record Rows(List<Integer> types, List<List<@Nullable Object>> rows) implements Answer {
        /// One line a row, sorted unless order counts; what peers write differently is written alike.
        ///
        /// @param told the types as CoconutDB tells them: SQLite has no BOOLEAN
        List<String> lines(List<Integer> told, boolean inOrder) {
            List<String> lines = rows.stream()
                    .map(row -> {
                        StringBuilder line = new StringBuilder();
                        for (int i = 0; i < row.size(); i++) {
                            line.append(text(row.get(i), told.get(i))).append('|');
                        }
                        return line.toString();
                    })
                    .collect(Collectors.toCollection(ArrayList::new));
            if (!inOrder) {
                lines.sort(null);
            }
            return lines;
        }

        private static String text(@Nullable Object value, int type) {
            if (value instanceof Number number && type == Types.BOOLEAN) {
                return number.intValue() == 0 ? "false" : "true";
            }
            if (value instanceof Number number) {
                BigDecimal exact = new BigDecimal(number.toString());
                // Sums of floating-point numbers come in any order. H2's DECFLOAT is a BigDecimal, of a scale below 0 where it is large.
                BigDecimal rounded = exact.abs().compareTo(BigDecimal.valueOf(1_000_000_000_000L)) < 0 ? exact.setScale(3,
                        RoundingMode.HALF_UP)
                        : exact.scale() != 0 || number instanceof Double ? exact.round(new MathContext(12)) : exact;
                return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
            }
            if (value instanceof String text && type == Types.TIMESTAMP_WITH_TIMEZONE) {
                return Instant.parse(text).toString();
            }
            return value instanceof String text ? "'" + text + "'" : String.valueOf(value);
        }
    }

    /// @param state the SQLSTATE
    record Refused(String state, Throwable failure) implements Answer {
        /// Whether nobody is to blame: values were, which another order of evaluation may not have met, or what is known.
        ///
        /// Known is one assertion of Calcite's: its rule that moves a filter below a projection makes an OR in an OR, and its filter asserts
        /// that there is none. Where assertions are off, such a filter is right.
        boolean isToBeExpected() {
            return (state.startsWith("22") && !isDefect()) || String.valueOf(failure.getMessage()).contains(
                    "RexUtil.isFlat should be true");
        }

        /// SQLSTATE and the beginning of the message.
        String kind() {
            String message = String.valueOf(failure.getMessage());
            return state + " " + message.substring(0, Math.min(90, message.length()));
        }

        /// Whether the database itself is to blame.
        boolean isDefect() {
            String message = String.valueOf(failure.getMessage());
            return !(failure instanceof SQLException) || state.startsWith("XX") || message.contains("org.apache.calcite") || message
                    .contains(
                            "java.lang.");
        }
    }

    /// @param parameters null where the query has none
    static Answer of(Connection connection, String sql, @Nullable List<@Nullable Object> parameters) {
        try {
            if (parameters == null) {
                try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
                    return rows(found);
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.size(); i++) {
                    statement.setObject(i + 1, parameters.get(i));
                }
                try (ResultSet found = statement.executeQuery()) {
                    return rows(found);
                }
            }
        } catch (SQLException refused) {
            return new Refused(String.valueOf(refused.getSQLState()), refused);
        } catch (RuntimeException | Error failure) {
            return new Refused("XX000", failure);
        }
    }

    private static Rows rows(ResultSet found) throws SQLException {
        List<Integer> types = new ArrayList<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
            types.add(found.getMetaData().getColumnType(i));
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        while (found.next()) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int i = 1; i <= types.size(); i++) {
                Object value = found.getObject(i);
                // In whatever zone it is shown, it is the same point on the time line.
                value = value instanceof OffsetDateTime moment ? moment.toInstant() : value;
                row.add(value instanceof Instant || value instanceof Number || value instanceof Boolean || value == null ? value : found
                        .getString(i));
            }
            rows.add(row);
        }
        return new Rows(types, rows);
    }
}
