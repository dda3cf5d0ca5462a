package org.coconutdb.sql.parser;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCollectionTypeNameSpec;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlMapTypeNameSpec;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlRowTypeNameSpec;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What is looked at in parsed statements, level by level and without recursion: how deep they are, and syntax of Calcite's that nothing
/// behind the parser carries out.
final class TreeChecks {
    private static final int TYPE_NESTING_MAX = 100;

    private TreeChecks() {}

    /// STATEMENT_TOO_COMPLEX, NOT_SUPPORTED, INVALID_ARGUMENT for a LIMIT or OFFSET beyond all rows.
    static void check(SqlNodeList statements) {
        List<SqlNode> level = List.of(statements);
        for (int depth = 0; !level.isEmpty(); depth++) {
            if (depth > SqlParsing.NESTING_MAX) {
                throw SqlParsing.tooComplex();
            }
            List<SqlNode> next = new ArrayList<>();
            for (SqlNode node : level) {
                if (node instanceof SqlNodeList list) {
                    next.addAll(list);
                } else if (node instanceof SqlCall call) {
                    refuse(call);
                    next.addAll(call.getOperandList());
                } else if (node instanceof SqlDataTypeSpec type) {
                    if (nesting(type.getTypeNameSpec(), 0) > TYPE_NESTING_MAX) {
                        throw SqlParsing.tooComplex();
                    }
                    ZonedSyntax.refuseTimes(type.getTypeNameSpec(), type.getParserPosition());
                } else if (node instanceof SqlUnknownLiteral literal) {
                    ZonedSyntax.refuseTimes(literal);
                }
            }
            next.removeIf(Objects::isNull);
            level = next;
        }
    }

    private static void refuse(SqlCall call) {
        switch (call.getKind()) {
            case MATCH_RECOGNIZE -> throw Refusals.notYet("MATCH_RECOGNIZE", "Compare rows by window functions such as LAG.",
                    call.getParserPosition());
            case TABLESAMPLE -> throw Refusals.notYet("TABLESAMPLE", "Choose rows by a condition on the key.", call.getParserPosition());
            case SNAPSHOT -> throw Refusals.notYet("FOR SYSTEM_TIME", "A query reads the newest state.", call.getParserPosition());
            case EXTEND -> throw Refusals.notYet("EXTEND", "Name columns of the table; behind AS a table's columns can be renamed.",
                    call.getParserPosition());
            case WITHIN_DISTINCT -> throw Refusals.notYet("WITHIN DISTINCT", "Aggregate a SELECT DISTINCT.", call.getParserPosition());
            case ORDER_BY -> {
                SqlOrderBy order = (SqlOrderBy) call;
                requireRowCount("LIMIT", order.fetch, order.orderList.isEmpty());
                requireRowCount("OFFSET", order.offset, order.orderList.isEmpty());
            }
            default -> {}
        }
    }

    /// Without an order Calcite counts rows in 32 bits.
    private static void requireRowCount(String what, @Nullable SqlNode count, boolean isUnordered) {
        long max = isUnordered ? Integer.MAX_VALUE : Long.MAX_VALUE;
        if (count instanceof SqlNumericLiteral literal && literal.getValueAs(BigDecimal.class).compareTo(BigDecimal.valueOf(max)) > 0) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("what", what)
                    .with("line", count.getParserPosition().getLineNum())
                    .with("column", count.getParserPosition().getColumnNum())
                    .mend("It can be at most " + max + " here; for all rows leave it out.");
        }
    }

    private static int nesting(SqlTypeNameSpec type, int outer) {
        int depth = outer;
        SqlTypeNameSpec inner = type;
        while (inner instanceof SqlCollectionTypeNameSpec collection && depth <= TYPE_NESTING_MAX) {
            inner = collection.getElementTypeName();
            depth++;
        }
        List<SqlDataTypeSpec> parts = switch (inner) {
            case SqlRowTypeNameSpec row -> row.getFieldTypes();
            case SqlMapTypeNameSpec map -> List.of(map.getKeyType(), map.getValType());
            default -> List.of();
        };
        int deepest = depth;
        for (SqlDataTypeSpec part : parts) {
            if (deepest > TYPE_NESTING_MAX) {
                break;
            }
            deepest = Math.max(deepest, nesting(part.getTypeNameSpec(), depth + 1));
        }
        return deepest;
    }
}
