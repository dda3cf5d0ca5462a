package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.util.BitString;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.TimeString;
import org.apache.calcite.util.TimestampString;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.parser.ArrayTypeName;
import org.coconutdb.sql.parser.ZonedSyntax;
import org.jspecify.annotations.Nullable;

/// Reads and makes pieces of syntax trees.
final class Syntax {
    private static final SqlParserPos NOWHERE = SqlParserPos.ZERO;

    private static final int UUID_LENGTH = 36;

    private Syntax() {}

    /// A literal's value at the JDBC edge; `value` is null for NULL.
    record Literal(@Nullable Object value) {}

    /// The value of a literal that is assigned to a column; empty where the node is none, or one that needs the planner.
    static Optional<Literal> literal(SqlNode node, ColumnDefinition column) {
        if (node instanceof SqlCall call && call.getKind() == SqlKind.MINUS_PREFIX && call.operand(0) instanceof SqlLiteral number
                && number.getValue() instanceof BigDecimal value) {
            return Optional.of(new Literal(value.negate()));
        }
        if (node.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR && column.element() != null) {
            return array((SqlCall) node, column.element());
        }
        if (!(node instanceof SqlLiteral literal)) {
            return Optional.empty();
        }
        if (literal instanceof SqlUnknownLiteral unknown) {
            boolean isOwn = unknown.tag.equals(column.type().getName().replace('_', ' ')) || unknown.tag.equals(column.type().getName())
                    || (column.type() == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE && unknown.tag.equals(ZonedSyntax.LITERAL));
            return isOwn ? Optional.of(new Literal(unknown.getValue())) : Optional.empty();
        }
        return switch (literal.getTypeName()) {
            case NULL -> Optional.of(new Literal(null));
            case BOOLEAN -> Optional.of(new Literal(literal.booleanValue()));
            case DECIMAL, DOUBLE -> Optional.of(new Literal(literal.bigDecimalValue()));
            case CHAR -> Optional.of(new Literal(literal.getValueAs(String.class)));
            case BINARY -> Optional.of(new Literal(literal.getValueAs(BitString.class).getAsByteArray()));
            case DATE -> Optional.of(new Literal(LocalDate.ofEpochDay(literal.getValueAs(DateString.class).getDaysSinceEpoch())));
            case TIME -> Optional.of(new Literal(LocalTime.ofNanoOfDay(literal.getValueAs(TimeString.class).getMillisOfDay()
                    * 1_000_000L)));
            case TIMESTAMP -> {
                long millis = literal.getValueAs(TimestampString.class).getMillisSinceEpoch();
                yield Optional.of(new Literal(
                        LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), Math.floorMod(millis, 1000) * 1_000_000,
                                ZoneOffset.UTC)));
            }
            default -> Optional.empty();
        };
    }

    /// An array of literals.
    private static Optional<Literal> array(SqlCall constructor, ColumnDefinition element) {
        List<@Nullable Object> values = new ArrayList<>();
        for (SqlNode operand : constructor.getOperandList()) {
            Optional<Literal> value = literal(operand, element);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get().value());
        }
        return Optional.of(new Literal(Collections.unmodifiableList(values)));
    }

    /// How many question marks there are: the highest number of one, plus 1.
    static int parameterCount(SqlNode node) {
        int[] count = {0};
        node.accept(new SqlBasicVisitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(SqlDynamicParam parameter) {
                count[0] = Math.max(count[0], parameter.getIndex() + 1);
                return null;
            }
        });
        return count[0];
    }

    /// `CAST(? AS type)` with the widest type of the column's family, so that the column and not a CAST judges what fits.
    static SqlNode widened(SqlDynamicParam parameter, ColumnDefinition column) {
        return switch (column.type()) {
            case CHAR, VARCHAR -> cast(parameter, SqlTypeName.VARCHAR, -1, Integer.MIN_VALUE);
            case BINARY, VARBINARY -> cast(parameter, SqlTypeName.VARBINARY, -1, Integer.MIN_VALUE);
            case DECIMAL -> cast(parameter, SqlTypeName.DECIMAL, CoconutTypeSystem.DECIMAL_DIGITS_MAX, column.scale());
            case ARRAY -> cast(parameter, type(column, true));
            default -> exact(parameter, column);
        };
    }

    /// `CAST(? AS type)` with the column's own type.
    static SqlNode exact(SqlDynamicParam parameter, ColumnDefinition column) {
        return cast(parameter, type(column, false));
    }

    /// @param isWidest of the types of its family, rather than the column's own
    private static SqlTypeNameSpec type(ColumnDefinition column, boolean isWidest) {
        if (column.element() != null) {
            return new ArrayTypeName(type(column.element(), isWidest), -1, NOWHERE);
        }
        boolean isDecimal = column.type() == SqlTypeName.DECIMAL;
        SqlTypeName name = !isWidest ? column.type() : switch (column.type()) {
            case CHAR -> SqlTypeName.VARCHAR;
            case BINARY -> SqlTypeName.VARBINARY;
            default -> column.type();
        };
        int precision = !isWidest ? column.precision() : isDecimal ? CoconutTypeSystem.DECIMAL_DIGITS_MAX : -1;
        return new SqlBasicTypeNameSpec(name, precision, isDecimal ? column.scale() : Integer.MIN_VALUE, NOWHERE);
    }

    private static SqlNode cast(SqlNode parameter, SqlTypeName type, int precision, int scale) {
        return cast(parameter, new SqlBasicTypeNameSpec(type, precision, scale, NOWHERE));
    }

    private static SqlNode cast(SqlNode parameter, SqlTypeNameSpec type) {
        return SqlStdOperatorTable.CAST.createCall(parameter.getParserPosition(), parameter, new SqlDataTypeSpec(type, NOWHERE));
    }

    /// `(VALUES (CAST(? AS type), …)) AS alias (columns)`. A UUID is given as text: Calcite's code for a parameter of its type takes any
    /// object, and does not compile where a function wants a UUID.
    static SqlNode parameterRow(List<ColumnDefinition> columns, int firstParameter, String alias) {
        List<SqlNode> cells = new ArrayList<>();
        List<SqlNode> as = new ArrayList<>();
        for (ColumnDefinition column : columns) {
            SqlDynamicParam parameter = new SqlDynamicParam(firstParameter + cells.size(), NOWHERE);
            cells.add(column.type() == SqlTypeName.UUID
                    ? cast(cast(parameter, SqlTypeName.VARCHAR, UUID_LENGTH, Integer.MIN_VALUE), SqlTypeName.UUID, -1, Integer.MIN_VALUE)
                    : exact(parameter, column));
        }
        as.add(SqlStdOperatorTable.VALUES.createCall(NOWHERE, SqlStdOperatorTable.ROW.createCall(NOWHERE, cells)));
        as.add(name(alias));
        columns.forEach(column -> as.add(name(column.name())));
        return SqlStdOperatorTable.AS.createCall(NOWHERE, as);
    }

    /// `expression AS name`.
    static SqlNode as(SqlNode expression, String name) {
        return SqlStdOperatorTable.AS.createCall(NOWHERE, expression, new SqlIdentifier(name, NOWHERE));
    }

    static SqlIdentifier name(String... parts) {
        return new SqlIdentifier(List.of(parts), NOWHERE);
    }

    static SqlSelect select(List<SqlNode> columns, SqlNode from, @Nullable SqlNode where) {
        return new SqlSelect(NOWHERE, null, new SqlNodeList(columns, NOWHERE), from, where, null, null, null, null, null, null, null, null);
    }
}
