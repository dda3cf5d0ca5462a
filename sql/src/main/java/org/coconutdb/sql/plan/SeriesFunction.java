package org.coconutdb.sql.plan;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.calcite.adapter.enumerable.CallImplementor;
import org.apache.calcite.adapter.enumerable.EnumUtils;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.adapter.enumerable.RexImpTable;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.schema.FunctionParameter;
import org.apache.calcite.schema.ImplementableFunction;
import org.apache.calcite.schema.TableFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedTableFunction;
import org.coconutdb.sql.run.NumberSeries;

/// `GENERATE_SERIES(start, stop[, step])` in FROM: a row for each number, in a column of that name.
final class SeriesFunction {
    private static final String NAME = "GENERATE_SERIES";

    private SeriesFunction() {}

    static SqlUserDefinedTableFunction upwards() {
        return of(2);
    }

    static SqlUserDefinedTableFunction withStep() {
        return of(3);
    }

    private static SqlUserDefinedTableFunction of(int arguments) {
        return new SqlUserDefinedTableFunction(new SqlIdentifier(NAME, SqlParserPos.ZERO), SqlKind.OTHER_FUNCTION, ReturnTypes.CURSOR, null,
                new FunctionArguments(Collections.nCopies(arguments, SqlTypeFamily.INTEGER)), new Code());
    }

    /// Whether a call in FROM is one of it.
    static boolean isCall(RexNode node) {
        return node instanceof RexCall call && call.getOperator() instanceof SqlUserDefinedTableFunction function && function
                .getFunction() instanceof Code;
    }

    private record Code() implements TableFunction, ImplementableFunction {
        @Override
        public RelDataType getRowType(RelDataTypeFactory factory, List<? extends Object> arguments) {
            return factory.builder().add(NAME, SqlTypeName.BIGINT).build();
        }

        @Override
        public Type getElementType(List<? extends Object> arguments) {
            // As Calcite wants it; SeriesScan says what the rows are.
            return Object[].class;
        }

        @Override
        public List<FunctionParameter> getParameters() {
            return List.of();
        }

        @Override
        public CallImplementor getImplementor() {
            return RexImpTable.createImplementor((translator, _, operands) -> {
                List<Expression> arguments = new ArrayList<>();
                operands.forEach(operand -> arguments.add(EnumUtils.convert(operand, Long.class)));
                arguments.add(translator.getRoot());
                return Expressions.call(NumberSeries.class, "rows", arguments);
            }, NullPolicy.NONE, false);
        }
    }
}
