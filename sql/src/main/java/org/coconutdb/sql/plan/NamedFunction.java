package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.adapter.enumerable.CallImplementor;
import org.apache.calcite.adapter.enumerable.NotNullImplementor;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.adapter.enumerable.RexImpTable;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.FunctionParameter;
import org.apache.calcite.schema.ImplementableFunction;
import org.apache.calcite.schema.ScalarFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;

/// A function of ours that is called by name.
final class NamedFunction extends SqlUserDefinedFunction {
    /// When a function answers the same for the same arguments.
    enum Stability {
        /// Always: it is computed while planning, where the arguments are known.
        ALWAYS,
        /// All through a statement.
        IN_A_STATEMENT,
        /// At no two calls.
        NEVER
    }

    private final Stability stability;

    /// Of which NULL for any argument gives NULL.
    ///
    /// @param category the one under which the parser looks for it, where it knows the name
    /// @param type nullable where an argument is
    /// @param code what generated code does with arguments of which none is NULL
    NamedFunction(
            String name,
            SqlSyntax syntax,
            SqlFunctionCategory category,
            SqlReturnTypeInference type,
            Stability stability,
            List<SqlTypeFamily> arguments,
            NotNullImplementor code) {
        this(name, syntax, category, type, stability, arguments, code, NullPolicy.STRICT);
    }

    /// @param nulls which arguments may be NULL in the code
    NamedFunction(
            String name,
            SqlSyntax syntax,
            SqlFunctionCategory category,
            SqlReturnTypeInference type,
            Stability stability,
            List<SqlTypeFamily> arguments,
            NotNullImplementor code,
            NullPolicy nulls) {
        super(new SqlIdentifier(name, SqlParserPos.ZERO), SqlKind.OTHER_FUNCTION, type, null, new FunctionArguments(arguments), new Code(
                code, nulls), category, syntax);
        this.stability = stability;
    }

    @Override
    public boolean isDeterministic() {
        return stability != Stability.NEVER;
    }

    @Override
    public boolean isDynamicFunction() {
        return stability == Stability.IN_A_STATEMENT;
    }

    private record Code(NotNullImplementor code, NullPolicy nulls) implements ScalarFunction, ImplementableFunction {
        @Override
        public CallImplementor getImplementor() {
            return RexImpTable.createImplementor(code, nulls, false);
        }

        @Override
        public RelDataType getReturnType(RelDataTypeFactory factory) {
            return factory.createSqlType(SqlTypeName.ANY);
        }

        @Override
        public List<FunctionParameter> getParameters() {
            return List.of();
        }
    }
}
