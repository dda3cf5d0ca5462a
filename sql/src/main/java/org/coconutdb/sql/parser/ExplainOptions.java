package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlExplainFormat;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What stands between EXPLAIN and its statement, as the parser gathers it: each option once, SYNTAX_ERROR for the second.
public final class ExplainOptions {
    private @Nullable Boolean analyze;
    private @Nullable SqlExplainFormat format;

    public void analyze(boolean value, SqlParserPos position) {
        if (analyze != null) {
            throw twice("ANALYZE", position);
        }
        analyze = value;
    }

    public void format(SqlExplainFormat value, SqlParserPos position) {
        if (format != null) {
            throw twice("FORMAT", position);
        }
        format = value;
    }

    public boolean isAnalyze() {
        return analyze != null && analyze;
    }

    public SqlExplainFormat format() {
        return format == null ? SqlExplainFormat.TEXT : format;
    }

    private static CoconutException twice(String option, SqlParserPos position) {
        return CoconutException.of(ErrorCode.SYNTAX_ERROR)
                .with("line", position.getLineNum())
                .with("column", position.getColumnNum())
                .mend("Say " + option + " once.");
    }
}
