package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// COMMENT ON, and SHOW CREATE: what it answers makes the same again.
class ShowCreateTest {
    private static final long SEED = Long.parseUnsignedLong(System.getProperty("seed", "5C0C"), 16);
    private static final int TABLES = Integer.getInteger("showCreate.tables", 40);
    private static final List<String> TYPES = List.of("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DECIMAL(10, 2)",
            "DECIMAL(38, 0)",
            "REAL", "DOUBLE", "CHAR(5)", "VARCHAR(20)", "VARCHAR", "JSON", "BINARY(3)", "VARBINARY(8)", "VARBINARY", "DATE", "TIME",
            "TIME(0)", "TIMESTAMP",
            "TIMESTAMP(2)", "TIMESTAMP WITH TIME ZONE", "UUID");
    private static final List<String> NAMES = List.of("A", "\"b\"", "\"with blank\"", "\"quo\"\"te\"", "\"é日\"", "\"ORDER\"", "N_1",
            "\"1x\"", "VALUE",
            "\"a.b\"");

    @TempDir private Path directory;
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:file:" + directory.resolve("show") + ";memory.lock=off;blocks=2");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @Test
    void showsAllThatATableHas() throws SQLException {
        client.execute("CREATE SCHEMA s", "CREATE TABLE s.parent (id INT PRIMARY KEY, code VARCHAR(3) UNIQUE)",
                "CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 5), \"Name\" VARCHAR(10) DEFAULT 'it''s' NOT NULL, n INT CHECK (n > 0), "
                        + "p INT REFERENCES s.parent ON DELETE SET NULL, PRIMARY KEY (id)) USING SORTED WITH (ttl = 60)",
                "CREATE UNIQUE INDEX by_name ON t (\"Name\" DESC, n)", "COMMENT ON TABLE t IS 'it''s a table'",
                "COMMENT ON COLUMN t.n IS 'how many'",
                "COMMENT ON INDEX by_name IS 'names'", "CREATE VIEW v AS SELECT n FROM t WHERE n > 1", "COMMENT ON VIEW v IS 'some'");

        assertThat(client.rows("SHOW CREATE TABLE t")).containsExactly(
                """
                        CREATE TABLE PUBLIC.T (
                            ID BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 NO CYCLE CACHE 1000),
                            "Name" VARCHAR(10) DEFAULT 'it''s' NOT NULL,
                            N INTEGER,
                            P INTEGER,
                            CONSTRAINT T_PK PRIMARY KEY (ID),
                            CONSTRAINT T_N_CHECK CHECK (n > 0),
                            CONSTRAINT T_P_FKEY FOREIGN KEY (P) REFERENCES S.PARENT (ID) ON DELETE SET NULL
                        ) USING SORTED WITH (TTL = 60)""",
                "CREATE UNIQUE INDEX BY_NAME ON PUBLIC.T (\"Name\" DESC, N)",
                "COMMENT ON TABLE PUBLIC.T IS 'it''s a table'",
                "COMMENT ON COLUMN PUBLIC.T.N IS 'how many'",
                "COMMENT ON INDEX PUBLIC.BY_NAME IS 'names'");
        assertThat(client.rows("SHOW CREATE VIEW v")).containsExactly(
                "CREATE VIEW PUBLIC.V (N) AS\nSELECT \"T\".\"N\"\nFROM \"PUBLIC\".\"T\" AS \"T\"\nWHERE \"T\".\"N\" > 1",
                "COMMENT ON VIEW PUBLIC.V IS 'some'");
        client.refused("SHOW CREATE TABLE v", "42P01", "SHOW CREATE VIEW");
        client.refused("SHOW CREATE VIEW t", "42P01", "SHOW CREATE TABLE");
        client.refused("SHOW CREATE TABLE nothing", "42P01");
        client.refused("SHOW CREATE INDEX by_name", "42601");
    }

    @Test
    void makesTheSameTableAgain() throws SQLException {
        System.out.println("rerun: ./mvnw -pl sql -am test -Dtest=ShowCreateTest -Dseed=" + Long.toHexString(SEED));
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        client.execute("CREATE SCHEMA \"Other\"", "CREATE SEQUENCE \"Other\".q",
                "CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(3) UNIQUE, a INT, b INT)",
                "CREATE UNIQUE INDEX parent_ab ON parent (b, a)");
        for (int i = 0; i < TABLES; i++) {
            String table = random.nextBoolean() ? "PUBLIC.T" + i : "\"Other\".\"t " + i + "\"";
            List<String> statements = new RandomTable(random, table).statements();
            for (String statement : statements) {
                client.execute(statement);
            }

            List<String> shown = client.rows("SHOW CREATE TABLE " + table);
            List<String> described = facts(table);
            client.execute("DROP TABLE " + table);
            for (String statement : shown) {
                client.execute(statement);
            }

            assertThat(client.rows("SHOW CREATE TABLE " + table)).as(String.join(";\n", statements)).isEqualTo(shown);
            assertThat(facts(table)).as(String.join(";\n", shown)).containsExactlyElementsOf(described);
        }
        List<String> all = client.rows("SELECT * FROM information_schema.columns ORDER BY table_schema, table_name, ordinal_position");
        List<String> indexes = client.rows("SELECT * FROM \"SYSTEM\".indexes");
        disconnect();
        connect();
        assertThat(client.rows("SELECT * FROM information_schema.columns ORDER BY table_schema, table_name, ordinal_position")).isEqualTo(
                all);
        assertThat(client.rows("SELECT * FROM \"SYSTEM\".indexes")).isEqualTo(indexes);
    }

    private List<String> facts(String table) throws SQLException {
        List<String> facts = new ArrayList<>(client.rows("DESCRIBE " + table));
        String name = table.substring(table.indexOf('.') + 1).replace("\"", "");
        for (String view : List.of("information_schema.tables", "information_schema.columns", "information_schema.table_constraints",
                "information_schema.key_column_usage", "information_schema.referential_constraints", "information_schema.check_constraints",
                "\"SYSTEM\".indexes")) {
            List<String> rows = client.rows("SELECT * FROM " + view + " WHERE table_name = '" + name + "'");
            rows.sort(null);
            facts.addAll(rows);
        }
        return facts;
    }

    private static final class RandomTable {
        private final RandomGenerator random;
        private final String table;
        private final List<String> columns = new ArrayList<>();
        private final List<String> elements = new ArrayList<>();
        private final List<String> statements = new ArrayList<>();

        RandomTable(RandomGenerator random, String table) {
            this.random = random;
            this.table = table;
        }

        private <T> T pick(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private boolean oneIn(int times) {
            return random.nextInt(times) == 0;
        }

        List<String> statements() {
            int count = 2 + random.nextInt(NAMES.size() - 2);
            String key = "ID INT " + (oneIn(3)
                    ? "GENERATED BY DEFAULT AS IDENTITY (START WITH 3 INCREMENT BY 2 MINVALUE -5 MAXVALUE 900 CYCLE CACHE 7)"
                    : oneIn(3) ? "DEFAULT NEXT VALUE FOR \"Other\".q" : "");
            elements.add(key);
            for (int i = 0; i < count; i++) {
                columns.add(NAMES.get(i));
                String type = pick(TYPES);
                elements.add(NAMES.get(i) + " " + type + (oneIn(3) ? " DEFAULT " + value(type) : "") + (oneIn(3) ? " NOT NULL" : ""));
            }
            elements.add("p1 INT" + (oneIn(2) ? " REFERENCES PUBLIC.parent ON DELETE " + pick(List.of("CASCADE", "SET NULL", "RESTRICT",
                    "NO ACTION")) : ""));
            elements.add("p2 INT");
            elements.add((oneIn(2) ? "CONSTRAINT \"my key\" " : "") + "PRIMARY KEY (ID" + (oneIn(3) ? ", " + pick(columns) : "") + ")");
            if (oneIn(2)) {
                elements.add((oneIn(2) ? "CONSTRAINT \"un ique " + Math.abs(table.hashCode()) + "\" " : "") + "UNIQUE (" + pick(columns)
                        + ")");
            }
            if (oneIn(2)) {
                elements.add((oneIn(2) ? "CONSTRAINT check1 " : "") + "CHECK (p1 > 0 OR   p1 < -1)");
            }
            if (oneIn(3)) {
                elements.add("FOREIGN KEY (p1, p2) REFERENCES PUBLIC.parent (b, a) ON UPDATE CASCADE");
            }
            statements.add("CREATE TABLE " + table + " (" + String.join(", ", elements) + ") USING " + pick(List.of("HASH", "SORTED"))
                    + (oneIn(3) ? " WITH (ttl = 3600, hot_memory = '2MB', cold_after = INTERVAL '2' HOUR)" : ""));
            more();
            return statements;
        }

        private void more() {
            String index = table.replace(" ", "_").replace("\"", "").replace("PUBLIC.", "").replace("Other.", "");
            if (oneIn(2)) {
                statements.add("CREATE INDEX \"" + index + "_i\" ON " + table + " (p2" + pick(List.of("", " DESC")) + ", " + pick(columns)
                        + ")");
            }
            if (oneIn(3)) {
                statements.add("ALTER TABLE " + table + " ADD COLUMN added INT DEFAULT 5 NOT NULL CHECK (added > 1)");
            }
            if (oneIn(3)) {
                statements.add("ALTER TABLE " + table
                        + " ADD CONSTRAINT late FOREIGN KEY (p2) REFERENCES PUBLIC.parent (id) ON DELETE CASCADE");
            }
            if (oneIn(3)) {
                statements.add("ALTER TABLE " + table + " ALTER COLUMN p1 SET DEFAULT 1 + 2");
            }
            if (oneIn(2)) {
                statements.add("COMMENT ON TABLE " + table + " IS 'a table of\n" + index.replace("'", "''") + "'");
                statements.add("COMMENT ON COLUMN " + table + "." + pick(columns) + " IS 'it''s é日'");
            }
        }

        private String value(String type) {
            return switch (type) {
                case "BOOLEAN" -> "TRUE";
                case "CHAR(5)", "VARCHAR(20)", "VARCHAR" -> pick(List.of("'x'", "'it''s'", "UPPER('abc')", "CURRENT_SCHEMA"));
                case "BINARY(3)", "VARBINARY(8)", "VARBINARY" -> "X'0102'";
                case "JSON" -> "'{}'";
                case "DATE" -> "CURRENT_DATE";
                case "TIME", "TIME(0)" -> "TIME '12:00:00'";
                case "TIMESTAMP", "TIMESTAMP(2)" -> "TIMESTAMP '2026-01-31 12:00:00'";
                case "TIMESTAMP WITH TIME ZONE" -> "CURRENT_TIMESTAMP";
                case "UUID" -> "GEN_RANDOM_UUID()";
                default -> pick(List.of("7", "-3", "1 + 2"));
            };
        }
    }

    @Test
    void commentsAreKeptAndGoWithWhatTheyAreOf() throws SQLException {
        client.execute("CREATE SCHEMA s", "CREATE TABLE s.t (id INT PRIMARY KEY, n INT, m INT)", "CREATE INDEX s.i ON s.t (n)",
                "CREATE SEQUENCE s.q",
                "CREATE VIEW s.v AS SELECT n FROM s.t", "COMMENT ON TABLE s.t IS 'of t'", "COMMENT ON COLUMN s.t.n IS 'of n'",
                "COMMENT ON COLUMN s.t.m IS 'of m'", "COMMENT ON INDEX s.i IS 'of i'", "COMMENT ON VIEW s.v IS 'of v'",
                "COMMENT ON COLUMN s.v.n IS 'of v.n'", "COMMENT ON SCHEMA s IS 'of s'", "COMMENT ON SEQUENCE s.q IS 'of q'",
                "COMMENT ON SCHEMA public IS 'of public'");
        disconnect();
        connect();

        assertThat(remarks()).containsExactly("T|of t", "V|of v", "T.M|of m", "T.N|of n", "V.N|of v.n", "PUBLIC|of public", "S|of s",
                "Q|of q", "I|of i");
        client.execute("TRUNCATE s.t", "ALTER TABLE s.t DROP COLUMN m", "ALTER TABLE s.t ADD COLUMN m INT", "DROP INDEX s.i",
                "CREATE INDEX s.i ON s.t (n)",
                "DROP SEQUENCE s.q", "CREATE SEQUENCE s.q", "CREATE OR REPLACE VIEW s.v AS SELECT n, id FROM s.t",
                "COMMENT ON SCHEMA public IS NULL",
                "COMMENT ON COLUMN s.t.n IS ''", "COMMENT ON TABLE s.t IS 'again'");
        assertThat(remarks()).containsExactly("T|again", "V|of v", "V.N|of v.n", "S|of s");
        client.refused("COMMENT ON TABLE s.t IS '" + "x".repeat(10_001) + "'", "22001", "charactersMax=10000");
        client.refused("COMMENT ON TABLE s.t IS 5", "42601");
        client.refused("COMMENT ON COLUMN n IS 'x'", "42601", "table.column");
        client.refused("COMMENT ON INDEX s.nope IS 'x'", "42704");
        client.refused("COMMENT ON SEQUENCE s.nope IS 'x'", "42P01");
        client.refused("COMMENT ON SCHEMA nope IS 'x'", "3F000");
        client.refused("COMMENT ON VIEW s.t IS 'x'", "42809");
        client.refused("COMMENT ON FUNCTION f IS 'x'", "0A000", "FUNCTION");
    }

    private List<String> remarks() throws SQLException {
        List<String> remarks = new ArrayList<>();
        for (String query : List.of("SELECT table_name, remarks FROM information_schema.tables",
                "SELECT table_name || '.' || column_name, remarks FROM information_schema.columns",
                "SELECT schema_name, remarks FROM information_schema.schemata",
                "SELECT sequence_name, remarks FROM information_schema.sequences",
                "SELECT index_name, remarks FROM \"SYSTEM\".indexes")) {
            remarks.addAll(client.rows(query + " WHERE remarks IS NOT NULL ORDER BY 1"));
        }
        return remarks;
    }

    @Test
    void jdbcHasComments() throws SQLException {
        client.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)", "COMMENT ON TABLE t IS 'of t'", "COMMENT ON COLUMN t.n IS 'of n'");

        try (ResultSet tables = client.connection().getMetaData().getTables(null, "PUBLIC", "T", null)) {
            assertThat(tables.next()).isTrue();
            assertThat(tables.getString("REMARKS")).isEqualTo("of t");
        }
        try (ResultSet columns = client.connection().getMetaData().getColumns(null, "PUBLIC", "T", "N")) {
            assertThat(columns.next()).isTrue();
            assertThat(columns.getString("REMARKS")).isEqualTo("of n");
        }
    }
}
