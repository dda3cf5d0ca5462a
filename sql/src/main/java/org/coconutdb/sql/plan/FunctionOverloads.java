package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;

/// The functions that a call by name may mean.
final class FunctionOverloads {
    private FunctionOverloads() {}

    static List<SqlOperator> of(SqlValidator validator, SqlFunction function) {
        // The parser knows some names and their function by itself, such as SUBSTRING and DATE_TRUNC; the table's is the one that is taken.
        SqlIdentifier written = function.getSqlIdentifier();
        SqlIdentifier name = written == null ? new SqlIdentifier(function.getName(), SqlParserPos.ZERO) : written;
        List<SqlOperator> found = new ArrayList<>();
        validator.getOperatorTable()
                .lookupOperatorOverloads(name, function.getFunctionType(), SqlSyntax.FUNCTION, found, validator.getCatalogReader()
                        .nameMatcher());
        return found.isEmpty() ? List.of(function) : found;
    }
}
