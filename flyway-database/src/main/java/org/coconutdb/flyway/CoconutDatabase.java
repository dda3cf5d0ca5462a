package org.coconutdb.flyway;

import java.sql.Connection;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.database.base.Database;
import org.flywaydb.core.internal.database.base.Table;
import org.flywaydb.core.internal.jdbc.JdbcConnectionFactory;
import org.flywaydb.core.internal.jdbc.StatementInterceptor;

/// How Flyway's history is kept: a sorted table, in the order of its ranks.
final class CoconutDatabase extends Database<CoconutConnection> {
    CoconutDatabase(Configuration configuration, JdbcConnectionFactory connections, StatementInterceptor interceptor) {
        super(configuration, connections, interceptor);
    }

    @Override
    protected CoconutConnection doGetConnection(Connection connection) {
        return new CoconutConnection(this, connection);
    }

    @Override
    public void ensureSupported(Configuration configuration) {
        ensureDatabaseIsRecentEnough("0.1");
    }

    /// `CREATE` and its like take effect at once.
    @Override
    public boolean supportsDdlTransactions() {
        return false;
    }

    @Override
    public String getBooleanTrue() {
        return "TRUE";
    }

    @Override
    public String getBooleanFalse() {
        return "FALSE";
    }

    @Override
    public boolean catalogIsSchema() {
        return false;
    }

    /// `installed_on` is UTC's, since Flyway compares it with UTC to find locks that nobody holds any more.
    @Override
    @SuppressWarnings("rawtypes") // of the method that is overridden
    public String getRawCreateScript(Table table, boolean baseline) {
        return "CREATE TABLE " + table + " (\n"
                + "    \"installed_rank\" INTEGER NOT NULL,\n"
                + "    \"version\" VARCHAR(50),\n"
                + "    \"description\" VARCHAR(200) NOT NULL,\n"
                + "    \"type\" VARCHAR(20) NOT NULL,\n"
                + "    \"script\" VARCHAR(1000) NOT NULL,\n"
                + "    \"checksum\" INTEGER,\n"
                + "    \"installed_by\" VARCHAR(100) NOT NULL,\n"
                + "    \"installed_on\" TIMESTAMP DEFAULT CURRENT_TIMESTAMP AT TIME ZONE 'UTC' NOT NULL,\n"
                + "    \"execution_time\" INTEGER NOT NULL,\n"
                + "    \"success\" BOOLEAN NOT NULL,\n"
                + "    PRIMARY KEY (\"installed_rank\")\n"
                + ") USING SORTED;\n"
                + (baseline ? getBaselineStatement(table) + ";\n" : "");
    }
}
