package org.coconutdb.sql.plan;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/// Names that a compiler writes for its own purposes, such as those of the columns of a row that UPDATE changes: to read them needs no privilege. No
/// parser gives a place like theirs.
public final class UnaskedNames {
    public static final SqlParserPos POSITION = new SqlParserPos(0, 1, 0, 1);

    private UnaskedNames() {}

    static boolean isOne(SqlNode name) {
        SqlParserPos position = name.getParserPosition();
        return position.getLineNum() == POSITION.getLineNum() && position.getColumnNum() == POSITION.getColumnNum();
    }
}
