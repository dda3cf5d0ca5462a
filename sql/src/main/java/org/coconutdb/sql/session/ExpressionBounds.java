package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.Refusals;
import org.jspecify.annotations.Nullable;

/// Refuses, with its place, what needs more than one row: an expression that is kept with a table has only the row that is written.
final class ExpressionBounds extends SqlBasicVisitor<@Nullable Void> {
    private final SqlOperatorTable operators;

    ExpressionBounds(SqlOperatorTable operators) {
        this.operators = operators;
    }

    @Override
    public @Nullable Void visit(SqlCall call) {
        if (call.isA(SqlKind.QUERY)) {
            throw refused("a subquery", call);
        }
        if (call.getKind() == SqlKind.OVER || isAggregate(call)) {
            throw refused("an aggregate function", call);
        }
        if (call.getKind() == SqlKind.DEFAULT) {
            throw refused("DEFAULT", call);
        }
        return super.visit(call);
    }

    @Override
    public @Nullable Void visit(SqlDynamicParam parameter) {
        throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                .with("what", "a question mark")
                .with("line", parameter.getParserPosition().getLineNum())
                .with("column", parameter.getParserPosition().getColumnNum())
                .mend("Write the value: the definition of a table takes no parameters.");
    }

    private static CoconutException refused(String what, SqlNode node) {
        return Refusals.notYet(what + " in DEFAULT or CHECK", "They see the row that is written and no other.", node.getParserPosition());
    }

    /// Whether it has another value each time that it is computed.
    boolean isVolatile(SqlNode expression) {
        boolean[] found = new boolean[1];
        expression.accept(new SqlBasicVisitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(SqlCall call) {
                found[0] |= functions(call).stream().anyMatch(operator -> !operator.isDeterministic());
                return super.visit(call);
            }
        });
        return found[0];
    }

    /// Whether it makes one value of several rows.
    boolean isAggregate(SqlCall call) {
        return functions(call).stream().anyMatch(SqlOperator::isAggregator);
    }

    /// What is called; all of a function's name, since the parser does not resolve functions.
    private List<SqlOperator> functions(SqlCall call) {
        List<SqlOperator> found = new ArrayList<>(List.of(call.getOperator()));
        if (call.getOperator() instanceof SqlFunction function && function.getSqlIdentifier() != null) {
            operators.lookupOperatorOverloads(function.getSqlIdentifier(), null, SqlSyntax.FUNCTION, found,
                    SqlNameMatchers.withCaseSensitive(false));
        }
        return found;
    }
}
