package org.coconutdb.flyway;

import java.sql.SQLException;
import org.flywaydb.core.internal.database.InsertRowLock;
import org.flywaydb.core.internal.database.base.Table;
import org.flywaydb.core.internal.jdbc.JdbcTemplate;

/// A table of a schema; the history is locked by a row of its own, since no statement waits for another's transaction.
final class CoconutTable extends Table<CoconutDatabase, CoconutSchema> {
    private final InsertRowLock lock;

    CoconutTable(JdbcTemplate jdbc, CoconutDatabase database, CoconutSchema schema, String name) {
        super(jdbc, database, schema, name);
        this.lock = new InsertRowLock(jdbc);
    }

    @Override
    protected boolean doExists() throws SQLException {
        return exists(null, schema, name);
    }

    @Override
    protected void doLock() throws SQLException {
        if (lockDepth > 0) {
            return; // it is ours already
        }
        lock.doLock(database.getInsertStatement(this),
                "UPDATE " + this + " SET \"installed_on\" = CURRENT_TIMESTAMP AT TIME ZONE 'UTC' WHERE \"version\" = '?' "
                        + "AND \"description\" = 'flyway-lock'",
                "DELETE FROM " + this + " WHERE \"description\" = 'flyway-lock' AND \"installed_on\" < TIMESTAMP '?'",
                database.getBooleanTrue());
    }

    @Override
    protected void doUnlock() throws SQLException {
        if (lockDepth == 1) {
            lock.doUnlock("DELETE FROM " + this + " WHERE \"version\" = '" + lock.getLockId() + "' AND \"description\" = 'flyway-lock'");
        }
    }

    /// Rows that refer to its rows do not keep it: what is dropped is a schema's all.
    @Override
    protected void doDrop() throws SQLException {
        jdbcTemplate.execute("DROP TABLE " + this + " CASCADE");
    }
}
