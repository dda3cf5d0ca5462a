package org.coconutdb.sql.parser;

import java.time.ZoneId;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.transaction.ReadPolicy;

/// `SET SCHEMA name`, `SET TIME ZONE zone`, `SET READ policy`.
public final class SqlSessionSetting extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("SET", SqlKind.OTHER);

    private final SessionSetting setting;

    public SqlSessionSetting(SqlParserPos position, SessionSetting setting) {
        super(position);
        this.setting = setting;
    }

    public SessionSetting setting() {
        return setting;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of();
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        switch (setting) {
            case SessionSetting.Schema(String name) -> {
                writer.keyword("SET SCHEMA");
                writer.identifier(name, true);
            }
            case SessionSetting.TimeZone(ZoneId zone) -> {
                writer.keyword("SET TIME ZONE");
                writer.literal(zone == null ? "DEFAULT" : SqlParsing.literal(zone.getId()));
            }
            case SessionSetting.Read(ReadPolicy policy) -> {
                writer.keyword("SET READ");
                writer.literal(policy == null ? "DEFAULT" : SqlParsing.literal(ReadPolicies.text(policy)));
            }
        }
    }
}
