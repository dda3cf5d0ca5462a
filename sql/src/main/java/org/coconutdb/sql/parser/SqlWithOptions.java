package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// An INSERT, UPSERT or UPDATE with options behind it: `… WITH (name = value, …)`.
public final class SqlWithOptions extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("WITH OPTIONS", SqlKind.OTHER);

    private final SqlNode statement;
    private final List<OptionClause> options;

    public SqlWithOptions(SqlParserPos position, SqlNode statement, List<OptionClause> options) {
        super(position);
        this.statement = statement;
        this.options = List.copyOf(options);
    }

    public SqlNode statement() {
        return statement;
    }

    public List<OptionClause> options() {
        return options;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        List<SqlNode> operands = new ArrayList<>(List.of(statement));
        options.forEach(option -> operands.add(option.value()));
        return operands;
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        statement.unparse(writer, 0, 0);
        writer.newlineAndIndent();
        OptionClause.unparse(options, writer);
    }
}
