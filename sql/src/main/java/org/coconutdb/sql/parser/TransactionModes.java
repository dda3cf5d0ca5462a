package org.coconutdb.sql.parser;

import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Isolation;
import org.jspecify.annotations.Nullable;

/// What a statement says of a transaction.
///
/// @param isolation null where it says nothing of it
/// @param readOnly null where it says nothing of it
public record TransactionModes(@Nullable Isolation isolation, @Nullable Boolean readOnly) {
    public static final TransactionModes NONE = new TransactionModes(null, null);

    /// With an isolation level, which may be said once.
    public TransactionModes with(Isolation level, SqlParserPos position) {
        requireFirst(isolation == null, "the isolation level", position);
        return new TransactionModes(level, readOnly);
    }

    /// With READ ONLY or READ WRITE, which may be said once.
    public TransactionModes with(boolean reads, SqlParserPos position) {
        requireFirst(readOnly == null, "READ ONLY or READ WRITE", position);
        return new TransactionModes(isolation, reads);
    }

    private static void requireFirst(boolean isFirst, String what, SqlParserPos position) {
        if (!isFirst) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .mend("Say " + what + " once.");
        }
    }
}
