package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;

/// Gives JSON_OBJECT and JSON_ARRAY dates, times and UUIDs as the texts that they are written as: Calcite puts the numbers there by which it knows them.
final class JsonArguments extends RelHomogeneousShuttle {
    private final RexBuilder rexBuilder;
    private final Expressions expressions = new Expressions();

    private JsonArguments(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    static RelNode apply(RelNode rel) {
        return rel.accept(new JsonArguments(rel.getCluster().getRexBuilder()));
    }

    @Override
    public RelNode visit(RelNode other) {
        return super.visit(other).accept(expressions);
    }

    private final class Expressions extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(JsonArguments.this));
        }

        @Override
        public RexNode visitCall(RexCall original) {
            RexNode visited = super.visitCall(original);
            if (!(visited instanceof RexCall call)) {
                return visited;
            }
            SqlOperator operator = call.getOperator();
            boolean isJson = operator.equals(SqlStdOperatorTable.JSON_OBJECT) || operator.equals(SqlStdOperatorTable.JSON_ARRAY);
            if (!isJson || call.getOperands().stream().noneMatch(Expressions::isMoment)) {
                return call;
            }
            List<RexNode> operands = call.getOperands().stream().map(this::text).toList();
            return rexBuilder.makeCall(call.getParserPosition(), call.getType(), operator, operands);
        }

        private static boolean isMoment(RexNode node) {
            return SqlTypeName.DATETIME_TYPES.contains(node.getType().getSqlTypeName()) || node.getType().getSqlTypeName()
                    == SqlTypeName.UUID;
        }

        private RexNode text(RexNode node) {
            if (!isMoment(node)) {
                return node;
            }
            RelDataTypeFactory factory = rexBuilder.getTypeFactory();
            RelDataType text = factory.createTypeWithNullability(factory.createSqlType(SqlTypeName.VARCHAR), node.getType().isNullable());
            return rexBuilder.makeAbstractCast(text, node, false);
        }
    }
}
