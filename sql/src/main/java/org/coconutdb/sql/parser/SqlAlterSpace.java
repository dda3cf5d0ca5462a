package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `ALTER BLOCK SPACE name SET setting = value, …`.
public final class SqlAlterSpace extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("ALTER BLOCK SPACE", SqlKind.OTHER_DDL);

    private final SqlIdentifier space;
    private final List<OptionClause> settings;

    public SqlAlterSpace(SqlParserPos position, SqlIdentifier space, List<OptionClause> settings) {
        super(position);
        this.space = space;
        this.settings = List.copyOf(settings);
    }

    public SqlIdentifier space() {
        return space;
    }

    /// As they were written; a value may be DEFAULT.
    public List<OptionClause> settings() {
        return settings;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(space);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("ALTER BLOCK SPACE");
        space.unparse(writer, 0, 0);
        writer.keyword("SET");
        SqlWriter.Frame list = writer.startList("", "");
        for (OptionClause setting : settings) {
            writer.sep(",");
            setting.name().unparse(writer, 0, 0);
            writer.keyword("=");
            setting.value().unparse(writer, 0, 0);
        }
        writer.endList(list);
    }
}
