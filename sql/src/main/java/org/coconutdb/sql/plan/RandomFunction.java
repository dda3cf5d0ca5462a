package org.coconutdb.sql.plan;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.validate.SqlValidator;

/// A function without arguments that answers another value at each call. Each place where it is written gets a number: expressions that
/// are equal are computed once.
final class RandomFunction extends SqlFunction {
    private static final AtomicInteger PLACES = new AtomicInteger();

    private final SqlOperator numbered;

    /// @param numbered takes the number
    RandomFunction(String name, SqlOperator numbered) {
        super(name, SqlKind.OTHER_FUNCTION, numbered.getReturnTypeInference(), null, OperandTypes.NILADIC, SqlFunctionCategory.SYSTEM);
        this.numbered = numbered;
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }

    @Override
    public SqlNode rewriteCall(SqlValidator validator, SqlCall call) {
        if (call.operandCount() > 0) {
            return call;
        }
        int place = PLACES.getAndIncrement() & Integer.MAX_VALUE;
        return numbered.createCall(call.getParserPosition(), SqlLiteral.createExactNumeric(Integer.toString(place), call
                .getParserPosition()));
    }
}
