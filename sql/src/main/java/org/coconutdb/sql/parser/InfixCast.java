package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// `value::type`, which binds more tightly than any other operator: `-1::TEXT` is `-(1::TEXT)`, as in PostgreSQL. It is CAST to all that
/// comes behind the parser.
public final class InfixCast extends SqlBinaryOperator {
    public static final InfixCast OPERATOR = new InfixCast();

    // Above the dot and the signs of numbers, see SqlStdOperatorTable.
    private static final int PRECEDENCE = 94;

    private InfixCast() {
        super("::", SqlKind.CAST, PRECEDENCE, true, null, null, null);
    }

    @Override
    public SqlCall createCall(@Nullable SqlLiteral functionQualifier, SqlParserPos position, @Nullable SqlNode... operands) {
        return SqlStdOperatorTable.CAST.createCall(position, operands);
    }
}
