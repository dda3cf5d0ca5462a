package org.coconutdb.sql.plan;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.validate.SqlValidator;
import org.jspecify.annotations.Nullable;

/// Another name of a function: calls of it become calls of that before they are validated.
final class FunctionAlias extends SqlFunction {
    private final SqlOperator target;

    FunctionAlias(String name, SqlOperator target, @Nullable SqlOperandTypeChecker arguments) {
        super(name, SqlKind.OTHER_FUNCTION, target.getReturnTypeInference(), null, arguments, SqlFunctionCategory.SYSTEM);
        this.target = target;
    }

    @Override
    public SqlNode rewriteCall(SqlValidator validator, SqlCall call) {
        return target.createCall(call.getParserPosition(), call.getOperandList());
    }
}
