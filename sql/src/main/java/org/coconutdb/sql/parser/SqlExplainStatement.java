package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlExplain;
import org.apache.calcite.sql.SqlExplainFormat;
import org.apache.calcite.sql.SqlExplainLevel;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `EXPLAIN [ANALYZE] statement`, `EXPLAIN (ANALYZE, FORMAT JSON) statement`, and Calcite's `EXPLAIN PLAN … AS JSON FOR statement`. Its format is
/// TEXT, JSON or DOT.
public final class SqlExplainStatement extends SqlExplain {
    private final boolean analyze;

    public SqlExplainStatement(SqlParserPos position, SqlNode explicandum, boolean analyze, SqlExplainFormat format, int parameters) {
        super(position, explicandum, SqlExplainLevel.EXPPLAN_ATTRIBUTES.symbol(SqlParserPos.ZERO), Depth.PHYSICAL.symbol(SqlParserPos.ZERO),
                format.symbol(SqlParserPos.ZERO), parameters);
        this.analyze = analyze;
    }

    /// Whether it executes the statement.
    public boolean isAnalyze() {
        return analyze;
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("EXPLAIN");
        SqlWriter.Frame options = writer.startList("(", ")");
        if (analyze) {
            writer.keyword("ANALYZE");
            writer.sep(",", true);
        }
        writer.keyword("FORMAT");
        writer.keyword(getFormat().name());
        writer.endList(options);
        writer.newlineAndIndent();
        getExplicandum().unparse(writer, getOperator().getLeftPrec(), getOperator().getRightPrec());
    }
}
