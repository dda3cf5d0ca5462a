package org.coconutdb.flyway;

import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.internal.database.base.Schema;
import org.flywaydb.core.internal.database.base.Table;
import org.flywaydb.core.internal.jdbc.JdbcTemplate;

/// A schema, with its tables, views and sequences.
final class CoconutSchema extends Schema<CoconutDatabase, CoconutTable> {
    CoconutSchema(JdbcTemplate jdbc, CoconutDatabase database, String name) {
        super(jdbc, database, name);
    }

    @Override
    protected boolean doExists() throws SQLException {
        return jdbcTemplate.queryForInt("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = ?", name) > 0;
    }

    @Override
    protected boolean doEmpty() throws SQLException {
        return jdbcTemplate.queryForInt("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ?", name) == 0
                && names("SELECT SEQUENCE_NAME FROM INFORMATION_SCHEMA.SEQUENCES WHERE SEQUENCE_SCHEMA = ?").isEmpty();
    }

    @Override
    protected void doCreate() throws SQLException {
        jdbcTemplate.execute("CREATE SCHEMA " + database.quote(name));
    }

    @Override
    protected void doDrop() throws SQLException {
        jdbcTemplate.execute("DROP SCHEMA " + database.quote(name) + " CASCADE");
    }

    @Override
    protected void doClean() throws SQLException {
        for (String view : names("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'VIEW'")) {
            jdbcTemplate.execute("DROP VIEW IF EXISTS " + database.quote(name, view) + " CASCADE");
        }
        for (CoconutTable table : doAllTables()) {
            table.drop();
        }
        for (String sequence : names("SELECT SEQUENCE_NAME FROM INFORMATION_SCHEMA.SEQUENCES WHERE SEQUENCE_SCHEMA = ?")) {
            jdbcTemplate.execute("DROP SEQUENCE " + database.quote(name, sequence));
        }
    }

    @Override
    protected CoconutTable[] doAllTables() throws SQLException {
        return names("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'").stream()
                .map(table -> new CoconutTable(jdbcTemplate, database, this, table)).toArray(CoconutTable[]::new);
    }

    private List<String> names(String query) throws SQLException {
        return jdbcTemplate.queryForStringList(query, name);
    }

    @Override
    public Table<?, ?> getTable(String table) {
        return new CoconutTable(jdbcTemplate, database, this, table);
    }
}
