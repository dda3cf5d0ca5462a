package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.adapter.enumerable.CallImplementor;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.DataContext;
import org.apache.calcite.schema.FunctionParameter;
import org.apache.calcite.schema.ImplementableFunction;
import org.apache.calcite.schema.ScalarFunction;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.coconutdb.sql.run.PlanDataContext;

/// NEXT VALUE FOR or CURRENT VALUE FOR a sequence that is known: a BIGINT. Calcite's own operators count in the running process and
/// look for a table of the sequence's name.
public final class SequenceFunction extends SqlUserDefinedFunction {
    private final int sequence;
    private final boolean next;

    /// @param sequence its id
    /// @param name its name, for plans
    /// @param next whether it moves the sequence on
    public SequenceFunction(int sequence, String name, boolean next) {
        super(new SqlIdentifier((next ? "NEXT VALUE FOR " : "CURRENT VALUE FOR ") + name, SqlParserPos.ZERO), SqlKind.OTHER_FUNCTION,
                ReturnTypes.BIGINT, null, OperandTypes.operandMetadata(List.of(), _ -> List.of(), i -> "p" + i, _ -> false), new Code(
                        sequence, next));
        this.sequence = sequence;
        this.next = next;
    }

    public int sequence() {
        return sequence;
    }

    public boolean isNext() {
        return next;
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
        // Functions are looked up by name, and this one is in no table of operators.
        return validator.getTypeFactory().createSqlType(SqlTypeName.BIGINT);
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrecedence, int rightPrecedence) {
        writer.keyword(getName());
    }

    /// What generated code calls.
    public static long next(DataContext context, int sequence) {
        return ((PlanDataContext) context).execution().sequences().next(sequence);
    }

    /// What generated code calls.
    public static long current(DataContext context, int sequence) {
        return ((PlanDataContext) context).execution().sequences().current(sequence);
    }

    private record Code(int sequence, boolean next) implements ScalarFunction, ImplementableFunction {
        @Override
        public CallImplementor getImplementor() {
            return (translator, _, _) -> Expressions.call(SequenceFunction.class, next ? "next" : "current", translator.getRoot(),
                    Expressions.constant(sequence));
        }

        @Override
        public RelDataType getReturnType(RelDataTypeFactory factory) {
            return factory.createSqlType(SqlTypeName.BIGINT);
        }

        @Override
        public List<FunctionParameter> getParameters() {
            return List.of();
        }
    }
}
