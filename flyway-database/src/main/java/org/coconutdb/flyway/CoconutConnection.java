package org.coconutdb.flyway;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.flywaydb.core.internal.database.base.Connection;
import org.flywaydb.core.internal.database.base.Schema;
import org.flywaydb.core.internal.database.base.Table;
import org.flywaydb.core.internal.jdbc.PlainExecutionTemplate;

/// A session, and its schema.
final class CoconutConnection extends Connection<CoconutDatabase> {
    CoconutConnection(CoconutDatabase database, java.sql.Connection connection) {
        super(database, connection);
    }

    @Override
    protected String getCurrentSchemaNameOrSearchPath() throws SQLException {
        return getJdbcConnection().getSchema();
    }

    @Override
    protected void doChangeCurrentSchemaOrSearchPathTo(String schema) throws SQLException {
        getJdbcConnection().setSchema(schema);
    }

    /// Without a transaction around it, which would keep the lock's row from the others until it is given back.
    @Override
    @SuppressWarnings("rawtypes") // of the method that is overridden
    public <T> T lock(Table table, Callable<T> work) {
        return new PlainExecutionTemplate().execute(() -> {
            table.lock();
            try {
                return work.call();
            } finally {
                table.unlock();
            }
        });
    }

    @Override
    public Schema<?, ?> getSchema(String name) {
        return new CoconutSchema(jdbcTemplate, database, name);
    }
}
