package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.adapter.enumerable.AggAddContext;
import org.apache.calcite.adapter.enumerable.AggContext;
import org.apache.calcite.adapter.enumerable.AggImplementor;
import org.apache.calcite.adapter.enumerable.AggResetContext;
import org.apache.calcite.adapter.enumerable.AggResultContext;
import org.apache.calcite.adapter.enumerable.RexImpTable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Statement;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.schema.AggregateFunction;
import org.apache.calcite.schema.FunctionParameter;
import org.apache.calcite.schema.ImplementableAggFunction;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedAggFunction;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.util.Optionality;
import org.coconutdb.sql.run.ArrayFunctions;

/// ARRAY_AGG as the standard has it (ISO/IEC 9075-2, 10.9): NULLs are elements, and no rows give NULL. Calcite's leaves NULLs out, and gives an
/// empty array.
final class ArrayAgg extends SqlUserDefinedAggFunction {
    static final ArrayAgg FUNCTION = new ArrayAgg();

    private ArrayAgg() {
        super(new SqlIdentifier("ARRAY_AGG", SqlParserPos.ZERO), SqlKind.ARRAY_AGG, binding -> {
            RelDataTypeFactory types = binding.getTypeFactory();
            RelDataType element = types.createTypeWithNullability(binding.getOperandType(0), true);
            return types.createTypeWithNullability(types.createArrayType(element, -1), true);
        }, null, new FunctionArguments(List.of(SqlTypeFamily.ANY)), new Code(), false, false, Optionality.FORBIDDEN);
    }

    /// Not as one that users define, whose name would stand in quotes.
    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
        SqlLibraryOperators.ARRAY_AGG.unparse(writer, call, leftPrec, rightPrec);
    }

    @Override
    public SqlSyntax getSyntax() {
        return SqlSyntax.ORDERED_FUNCTION;
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
        return super.deriveType(validator, scope, ReturnTypes.stripOrderBy(call));
    }

    private static final class Code implements AggregateFunction, ImplementableAggFunction {
        @Override
        public AggImplementor getImplementor(boolean windowContext) {
            return new Gathering(windowContext);
        }

        @Override
        public RelDataType getReturnType(RelDataTypeFactory types) {
            return types.createSqlType(SqlTypeName.ANY);
        }

        @Override
        public List<FunctionParameter> getParameters() {
            return List.of();
        }
    }

    /// Gathers values in a list.
    ///
    /// @param inWindow whether more may come after a result
    private record Gathering(boolean inWindow) implements AggImplementor {
        private static final Method GATHERED = Types.lookupMethod(ArrayFunctions.class, "gathered", List.class);
        private static final Method GATHERED_SO_FAR = Types.lookupMethod(ArrayFunctions.class, "gatheredSoFar", List.class);
        private static final Method ADD = Types.lookupMethod(List.class, "add", Object.class);

        @Override
        public List<Type> getStateType(AggContext info) {
            return List.of(List.class);
        }

        @Override
        public void implementReset(AggContext info, AggResetContext reset) {
            reset.currentBlock().add(Expressions.statement(Expressions.assign(reset.accumulator().getFirst(), Expressions.new_(
                    ArrayList.class))));
        }

        @Override
        public void implementAdd(AggContext info, AggAddContext add) {
            Expression value = add.arguments().getFirst();
            RexNode filter = add.rexFilterArgument();
            Statement adding = Expressions.statement(Expressions.call(add.accumulator().getFirst(), ADD, Expressions.box(value)));
            BlockBuilder block = add.currentBlock();
            block.add(filter == null ? adding
                    : Expressions.ifThen(add.rowTranslator().translateList(List.of(filter), RexImpTable.NullAs.FALSE).getFirst(), adding));
        }

        @Override
        public Expression implementResult(AggContext info, AggResultContext result) {
            return Expressions.call(inWindow ? GATHERED_SO_FAR : GATHERED, result.accumulator().getFirst());
        }
    }
}
