package org.coconutdb.sql.parser;

import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Errors for syntax that is understood and not carried out.
public final class Refusals {
    private Refusals() {}

    /// NOT_SUPPORTED by name, with the place.
    public static CoconutException notYet(String what, String mend, SqlParserPos position) {
        return CoconutException.of(ErrorCode.NOT_SUPPORTED)
                .with("what", what)
                .with("line", position.getLineNum())
                .with("column", position.getColumnNum())
                .mend(mend);
    }
}
