package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.parser.SqlKillQuery;

/// Ends what another session of this process runs.
///
/// @param session its number
record KillStatement(long session) implements CompiledStatement {
    static KillStatement of(SqlKillQuery kill) {
        BigDecimal number = kill.session().bigDecimalValue();
        try {
            return new KillStatement(number == null ? 0 : number.longValueExact());
        } catch (ArithmeticException notANumber) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SESSION, notANumber)
                    .with("session", number)
                    .mend("SYSTEM.SESSIONS has the numbers of the sessions.");
        }
    }

    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return List.of();
    }
}
