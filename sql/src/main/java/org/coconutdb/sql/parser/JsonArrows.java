package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;

/// `json -> key` and `json ->> key`, as PostgreSQL has them. They bind more tightly than arithmetic.
public final class JsonArrows {
    /// A member or element as JSON.
    public static final SqlBinaryOperator GET = operator("->");
    /// A member or element as text.
    public static final SqlBinaryOperator GET_TEXT = operator("->>");

    private static final int PRECEDENCE = 70;

    private JsonArrows() {}

    private static SqlBinaryOperator operator(String name) {
        return new SqlBinaryOperator(name, SqlKind.OTHER, PRECEDENCE, true, ReturnTypes.VARCHAR, null, OperandTypes.ANY_ANY);
    }
}
