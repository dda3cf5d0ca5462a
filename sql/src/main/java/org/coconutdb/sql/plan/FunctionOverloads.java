package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.validate.SqlValidator;

/// The functions that a call by name may mean.
final class FunctionOverloads {
    private FunctionOverloads() {}

    static List<SqlOperator> of(SqlValidator validator, SqlFunction function) {
        SqlIdentifier name = function.getSqlIdentifier();
        if (name == null) {
            // Known to the parser, such as SUBSTRING.
            return List.of(function);
        }
        List<SqlOperator> found = new ArrayList<>();
        validator.getOperatorTable()
                .lookupOperatorOverloads(name, function.getFunctionType(), SqlSyntax.FUNCTION, found, validator.getCatalogReader()
                        .nameMatcher());
        return found;
    }
}
