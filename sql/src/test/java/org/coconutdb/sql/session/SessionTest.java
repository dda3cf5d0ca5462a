package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Statements through the session, as the driver calls it.
class SessionTest {
    private Session session;

    @BeforeEach
    void open() throws SQLException {
        session = new EmbeddedProvider().open("jdbc:coconut:mem:;memory.lock=off;blocks=2", new Properties());
    }

    @AfterEach
    void close() throws SQLException {
        session.close();
    }

    private long update(String sql, Object... parameters) throws SQLException {
        try (SessionStatement statement = session.prepare(sql)) {
            return statement.execute(parameters, Session.Limits.NONE).updateCount();
        }
    }

    private List<List<Object>> query(String sql, Object... parameters) throws SQLException {
        try (SessionStatement statement = session.prepare(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            try (RowCursor cursor = statement.execute(parameters, Session.Limits.NONE).rows()) {
                while (cursor.next()) {
                    Object[] row = new Object[statement.columns().size()];
                    for (int i = 0; i < row.length; i++) {
                        row[i] = cursor.get(i);
                    }
                    rows.add(Arrays.asList(row));
                }
            }
            return rows;
        }
    }

    private static List<Object> row(Object... values) {
        return Arrays.asList(values);
    }

    private SQLException error(String sql, Object... parameters) {
        return catchThrowableOfType(SQLException.class, () -> {
            try (SessionStatement statement = session.prepare(sql)) {
                Session.Answer answer = statement.execute(parameters, Session.Limits.NONE);
                if (answer.rows() != null) {
                    while (answer.rows().next()) {
                        answer.rows().get(0);
                    }
                }
            }
        });
    }

    @Test
    void rowsAreInsertedReadChangedAndDeleted() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), amount DECIMAL(10, 2)) USING SORTED");
        assertThat(update("INSERT INTO t VALUES (1, 'one', 1.5), (2, 'two', 2), (3, NULL, -3.255)")).isEqualTo(3);
        assertThat(update("INSERT INTO t (name, id) VALUES (?, ?)", "four", 4)).isEqualTo(1);

        assertThat(query("SELECT * FROM t ORDER BY id")).containsExactly(
                row(1, "one", new BigDecimal("1.50")), row(2, "two", new BigDecimal("2.00")), row(3, null, new BigDecimal("-3.26")),
                row(4, "four", null));
        assertThat(update("UPDATE t SET amount = amount * 2, name = ? WHERE id <= ?", "x", 2)).isEqualTo(2);
        assertThat(update("DELETE FROM t WHERE name IS NULL")).isEqualTo(1);
        assertThat(query("SELECT id, amount FROM t WHERE name = 'x' ORDER BY id DESC")).containsExactly(
                row(2, new BigDecimal("4.00")), row(1, new BigDecimal("3.00")));
        assertThat(query("SELECT COUNT(*) FROM t")).containsExactly(row(3L));
    }

    @Test
    void theMetaSpaceTellsOfEachRow() throws SQLException {
        update("CREATE TABLE t (v VARCHAR(20), b VARBINARY(3), a INT, PRIMARY KEY (a, b)) USING SORTED");
        Instant before = Instant.now().minusMillis(1);
        update("INSERT INTO t VALUES ('x', X'01', 1), ('longer', X'02', 2), ('x', X'03', 2)");
        update("UPDATE t SET v = 'y' WHERE a = 1");

        assertThat(query("SELECT a, b, object_type, storage, ttl_seconds, expires_at FROM meta_space.t WHERE a = 2 ORDER BY b DESC"))
                .usingRecursiveComparison()
                .isEqualTo(List.of(row(2, new byte[] {3}, "ROW", "HOT", null, null), row(2, new byte[] {2}, "ROW", "HOT", null, null)));
        List<Object> times = query("SELECT created_at, updated_at, read_at FROM meta_space.t WHERE a = 1 AND b = X'01'").getFirst();
        assertThat((Instant) times.get(0)).isBetween(before, (Instant) times.get(1));
        assertThat((Instant) times.get(1)).isBetween(before, Instant.now());
        assertThat(query("SELECT COUNT(*) FROM meta_space.t WHERE created_at > updated_at OR read_at IS NOT NULL")).containsExactly(row(
                0L));
        assertThat(query("SELECT t.a, COUNT(*), MAX(m.row_bytes) > MIN(m.row_bytes) FROM t JOIN meta_space.t m ON t.a = m.a AND t.b = m.b "
                + "GROUP BY t.a ORDER BY t.a")).containsExactly(row(1, 1L, false), row(2, 2L, true));
        assertThat(query("SELECT a FROM meta_space.t ORDER BY commit_timestamp DESC LIMIT 1")).containsExactly(row(1));
    }

    @Test
    void lookupsAreRememberedAndLooksAtTheMetaSpaceAreNot() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        update("INSERT INTO t VALUES (1, 1), (2, 2)");

        query("SELECT v FROM t WHERE id = 1");
        query("SELECT * FROM t WHERE v = 2");
        query("SELECT * FROM meta_space.t WHERE id = 2");

        assertThat(query("SELECT id, read_at >= created_at - INTERVAL '2' SECOND FROM meta_space.t WHERE id IN (1, 2)"))
                .containsExactly(row(1, true), row(2, null));
        update("UPSERT INTO t VALUES (1, 3)");
        assertThat(query("SELECT id FROM meta_space.t WHERE read_at IS NOT NULL")).containsExactly(row(1));
    }

    @Test
    void theMetaSpaceCannotBeWritten() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT)");

        for (String sql : List.of("INSERT INTO meta_space.t VALUES (1)", "UPDATE meta_space.t SET storage = 'x'",
                "DELETE FROM meta_space.t", "UPSERT INTO meta_space.t (id) VALUES (1)", "DROP TABLE meta_space.t")) {
            assertThat(error(sql).getSQLState()).as(sql).isEqualTo("42809");
        }
        assertThat(error("CREATE TABLE meta_space.u (id INT PRIMARY KEY)").getSQLState()).isEqualTo("3F000");
        assertThat(error("SELECT * FROM meta_space.u").getSQLState()).isEqualTo("42P01");
        assertThat(error("SELECT updatd_at FROM meta_space.t").getMessage()).contains("UPDATED_AT");
    }

    @ParameterizedTest
    @CsvSource({"HASH", "SORTED"})
    void everyPlanAgreesOnWhatHasExpired(String kind) throws SQLException, InterruptedException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT) USING " + kind);
        update("CREATE TABLE other (id INT PRIMARY KEY) USING " + kind);
        update("INSERT INTO other VALUES (1), (2), (3), (4)");
        update("INSERT INTO t VALUES (1, 10), (2, 20)");
        update("INSERT INTO t VALUES (3, 30), (4, 40) WITH (ttl = ?)", 1);
        assertThat(query("SELECT COUNT(*) FROM t WHERE id > 2")).containsExactly(row(2L));

        long deadline = System.nanoTime() + 120_000_000_000L;
        while (!query("SELECT COUNT(*) FROM t").equals(List.of(row(2L)))) {
            assertThat(System.nanoTime()).as("expired within half a minute").isLessThan(deadline);
            Thread.sleep(10);
        }

        assertThat(query("SELECT id FROM t ORDER BY id")).containsExactly(row(1), row(2));
        assertThat(query("SELECT id FROM t WHERE id = 3")).isEmpty();
        assertThat(query("SELECT id FROM t WHERE id IN (2, 3, 4)")).containsExactly(row(2));
        assertThat(query("SELECT id FROM t WHERE id BETWEEN 2 AND 4 ORDER BY id DESC")).containsExactly(row(2));
        assertThat(query("SELECT SUM(v) FROM t WHERE v >= 20")).containsExactly(row(20L));
        assertThat(query("SELECT o.id FROM other o LEFT JOIN t ON t.id = o.id WHERE t.id IS NULL ORDER BY 1"))
                .containsExactly(row(3), row(4));
        assertThat(query("SELECT COUNT(*) FROM meta_space.t WHERE id >= 3")).containsExactly(row(0L));
        assertThat(update("UPDATE t SET v = 0 WHERE id > 2")).isZero();
        assertThat(update("DELETE FROM t WHERE id = 4")).isZero();
        assertThat(update("INSERT INTO t VALUES (3, 31)")).isEqualTo(1);
        assertThat(update("INSERT INTO t VALUES (4, 41) ON CONFLICT DO NOTHING")).isEqualTo(1);
    }

    @Test
    void rowsGetTheTimeToLiveOfTheirTableOrTheirStatement() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT) USING SORTED WITH (ttl = 3600)");
        update("CREATE TABLE plain (id INT PRIMARY KEY, v INT)");
        String ttls = "SELECT id, ttl_seconds FROM meta_space.t ORDER BY id";
        update("INSERT INTO t VALUES (1, 1), (2, 2)");
        update("INSERT INTO t VALUES (3, 3) WITH (TTL = INTERVAL '10' MINUTE)");
        update("INSERT INTO t SELECT id + 3, v FROM t WHERE id = 1 WITH (ttl = 0)");
        update("UPSERT INTO t VALUES (?, 5) WITH (ttl = ?)", 5, 50);
        assertThat(query(ttls)).containsExactly(row(1, 3600), row(2, 3600), row(3, 600), row(4, null), row(5, 50));

        update("UPDATE t SET v = v + 1 WHERE id IN (1, 3, 4)");
        update("UPDATE t SET v = ? WHERE id = ? WITH (ttl = ?)", 9, 2, 20);
        update("UPSERT INTO t VALUES (5, 6)");
        assertThat(query(ttls)).containsExactly(row(1, 3600), row(2, 20), row(3, 600), row(4, null), row(5, 3600));

        update("UPDATE t SET id = id + 10 WHERE id IN (2, 4)");
        update("INSERT INTO t VALUES (3, 0), (6, 0) ON CONFLICT DO UPDATE SET v = EXCLUDED.v");
        update("INSERT INTO t VALUES (1, 0), (7, 0) ON CONFLICT (id) DO UPDATE SET v = EXCLUDED.v WITH (ttl = 70)");
        assertThat(query(ttls)).containsExactly(row(1, 70), row(3, 600), row(5, 3600), row(6, 3600), row(7, 70), row(12, 20), row(14,
                null));
        assertThat(query("SELECT COUNT(*) FROM meta_space.t WHERE expires_at = updated_at + ttl_seconds * INTERVAL '1' SECOND"))
                .containsExactly(row(6L));
        assertThat(query("SELECT table_name, ttl_seconds FROM information_schema.tables WHERE table_schema = 'PUBLIC' ORDER BY 1"))
                .containsExactly(row("PLAIN", null), row("T", 3600));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "WITH (ttl = -1) | 22023 | 0 (never expires)",
            "WITH (ttl = 2147483648) | 22023 | 2147483647",
            "WITH (ttl = 1.5) | 22023 | whole seconds",
            "WITH (ttl = INTERVAL '1' MONTH) | 22023 | INTERVAL",
            "WITH (ttl = 'soon') | 22023 | whole seconds",
            "WITH (tll = 60) | 42000 | Did you mean TTL?",
            "WITH (ttl = 60, ttl = 70) | 42000 | once",
            "WITH (ttl) | 42601 | Expected",
            "WITH ttl = 60 | 42601 | Expected"})
    void aWrongOptionIsRefusedWithTheRightOne(String option, String state, String mend) throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT)");

        for (String sql : List.of("CREATE TABLE u (id INT PRIMARY KEY) USING HASH ", "INSERT INTO t VALUES (1, 1) ",
                "UPSERT INTO t VALUES (1, 1) ", "UPDATE t SET v = 1 WHERE id = 1 ")) {
            SQLException error = error(sql + option);
            assertThat(error.getSQLState()).as(sql + option).isEqualTo(state);
            assertThat(error.getMessage()).as(sql + option).contains(mend);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "hot_memory = '64 apples' | 22023 | such as '64MB'",
            "hot_memory = '64KB' | 22023 | 1MB at least",
            "hot_memory = -1 | 22023 | 0 for no budget",
            "hot_memory = 1.5 | 22023 | such as '64MB'",
            "hot_memory = NULL | 22023 | such as '64MB'",
            "hot_memory = '9999999999999TB' | 22023 | such as '64MB'",
            "hot_memory = 99999999999999999999 | 22023 | such as '64MB'",
            "hot_memory = INTERVAL '1' DAY | 22023 | such as '64MB'",
            "hot_memory = ? | 22023 | such as '64MB'",
            "cold_after = '30 days' | 22023 | INTERVAL '10' MINUTE",
            "cold_after = -1 | 22023 | 0 (never) to 2147483647",
            "cold_after = 2147483648 | 22023 | 0 (never) to 2147483647",
            "cold_after = INTERVAL '1' MONTH | 22023 | INTERVAL '10' MINUTE",
            "cold_after = INTERVAL '1.5' SECOND | 22023 | whole seconds",
            "cold_after = ? | 22023 | constant",
            "hot_memry = '64MB' | 42000 | Did you mean HOT_MEMORY?",
            "cold_aftr = 60 | 42000 | Did you mean COLD_AFTER?",
            "temperature = 60 | 42000 | TTL, HOT_MEMORY, COLD_AFTER",
            "hot_memory = '64MB', ttl = 60, HOT_MEMORY = '64MB' | 42000 | once"})
    void aWrongOptionOfATableIsRefusedWithTheRightOne(String option, String state, String mend) throws SQLException {
        SQLException error = error("CREATE TABLE u (id INT PRIMARY KEY) USING HASH WITH (" + option + ")");

        assertThat(error.getSQLState()).as(error.getMessage()).isEqualTo(state);
        assertThat(error.getMessage()).contains(mend);
        assertThat(query("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'PUBLIC'")).containsExactly(row(0L));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "hot_memory = '64 mb' | 67108864 | ",
            "hot_memory = '2GiB', cold_after = 60 | 2147483648 | 60",
            "cold_after = INTERVAL '30' DAY, hot_memory = 1048576 | 1048576 | 2592000",
            "hot_memory = 0, cold_after = 0 | | ",
            "ttl = 60 | | "})
    void whatOfATableMayBeInMemoryStandsInTheInformationSchema(String options, Long hotMemory, Integer coldAfter) throws SQLException {
        update("CREATE TABLE u (id INT PRIMARY KEY) USING SORTED WITH (" + options + ")");

        assertThat(query("SELECT hot_memory, cold_after_seconds FROM information_schema.tables WHERE table_schema = 'PUBLIC'"))
                .containsExactly(row(hotMemory, coldAfter));
    }

    @Test
    void optionsOfTablesAreNotThoseOfRows() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY)");

        for (String sql : List.of("INSERT INTO t VALUES (1) ", "UPSERT INTO t VALUES (1) ", "UPDATE t SET id = 1 WHERE id = 1 ")) {
            SQLException error = error(sql + "WITH (hot_memory = '64MB')");
            assertThat(error.getSQLState()).as(sql).isEqualTo("42000");
            assertThat(error.getMessage()).as(sql).contains("Known is TTL");
        }
    }

    @Test
    void aParameterThatIsNoTimeToLiveIsRefused() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY)");

        assertThat(error("INSERT INTO t VALUES (1) WITH (ttl = ?)", -1).getSQLState()).isEqualTo("22023");
        assertThat(error("INSERT INTO t VALUES (1) WITH (ttl = ?)", 1L << 31).getSQLState()).isEqualTo("22023");
        assertThat(error("INSERT INTO t VALUES (1) WITH (ttl = ?)", (Object) null).getSQLState()).isEqualTo("22023");
        assertThat(error("CREATE TABLE u (id INT PRIMARY KEY) WITH (ttl = ?)").getSQLState()).isEqualTo("22023");
        assertThat(query("SELECT COUNT(*) FROM t")).containsExactly(row(0L));
    }

    @Test
    void keysCanBeMovedOntoEachOther() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        update("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");

        assertThat(update("UPDATE t SET id = id + 1")).isEqualTo(3);

        assertThat(query("SELECT id, v FROM t ORDER BY id")).containsExactly(row(2, 1), row(3, 2), row(4, 3));
        assertThat(error("UPDATE t SET id = 4 WHERE id = 2").getSQLState()).isEqualTo("23505");
    }

    @Test
    void upsertAndOnConflictDoWhatTheySay() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT, w VARCHAR(10))");
        update("INSERT INTO t VALUES (1, 10, 'a')");

        assertThat(update("UPSERT INTO t VALUES (1, 11, 'b'), (2, 20, 'c')")).isEqualTo(2);
        assertThat(update("INSERT INTO t VALUES (1, 0, 'z'), (3, 30, 'd'), (3, 31, 'e') ON CONFLICT DO NOTHING")).isEqualTo(1);
        assertThat(update("INSERT INTO t VALUES (1, 5, 'n'), (4, 40, 'f') ON CONFLICT (id) DO UPDATE SET v = v + EXCLUDED.v, w = ?", "p"))
                .isEqualTo(2);
        assertThat(update("INSERT INTO t VALUES (2, 5, 'n') ON CONFLICT (id) DO UPDATE SET v = 0 WHERE t.v > 100")).isZero();

        assertThat(query("SELECT * FROM t ORDER BY id")).containsExactly(
                row(1, 16, "p"), row(2, 20, "c"), row(3, 30, "d"), row(4, 40, "f"));
        assertThat(error("INSERT INTO t VALUES (1, 1, ''), (1, 2, '') ON CONFLICT DO UPDATE SET v = 1").getSQLState()).isEqualTo("21000");
        assertThat(error("INSERT INTO t VALUES (1, 1, '') ON CONFLICT (v) DO NOTHING").getSQLState()).isEqualTo("42000");
    }

    @Test
    void insertSelectAndComputedValues() throws SQLException {
        update("CREATE TABLE a (id INT PRIMARY KEY, v VARCHAR(5))");
        update("CREATE TABLE b (id BIGINT PRIMARY KEY, v VARCHAR(10), d DATE)");
        update("INSERT INTO a VALUES (1 + 1, UPPER('x')), (?, ?)", 7, "p");

        assertThat(update("INSERT INTO b SELECT id * 10, v || '!', DATE '2026-01-31' FROM a")).isEqualTo(2);
        assertThat(update("INSERT INTO b (id, v) SELECT id, ? FROM a WHERE id = ?", "q", 2)).isEqualTo(1);

        assertThat(query("SELECT * FROM b ORDER BY id")).containsExactly(
                row(2L, "q", null), row(20L, "X!", LocalDate.of(2026, 1, 31)), row(70L, "p!", LocalDate.of(2026, 1, 31)));
    }

    @Test
    void everyTypeComesBackAtItsLimits() throws SQLException {
        update("""
                CREATE TABLE t (id INT PRIMARY KEY, a BOOLEAN, b TINYINT, c SMALLINT, d INTEGER, e BIGINT, f DECIMAL(38, 10), g REAL, h DOUBLE,
                    i CHAR(3), j VARCHAR, k BINARY(2), l VARBINARY, m DATE, n TIME, o TIMESTAMP, p TIMESTAMP WITH LOCAL TIME ZONE, q UUID)""");
        Object[] low = {1, false, Byte.MIN_VALUE, Short.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE,
                new BigDecimal("-9999999999999999999999999999.9999999999"), -Float.MAX_VALUE, -Double.MAX_VALUE, "   ", "", new byte[2],
                new byte[0], LocalDate.of(1, 1, 1), LocalTime.MIN, LocalDateTime.of(1, 1, 1, 0, 0), Instant.parse("0001-01-01T00:00:00Z"),
                new UUID(0, 0)};
        Object[] high = {2, true, Byte.MAX_VALUE, Short.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE,
                new BigDecimal("9999999999999999999999999999.9999999999"), Float.MAX_VALUE, Double.MAX_VALUE, "zé𝄞", "\0x'\"".repeat(1000),
                new byte[] {-1, 127}, new byte[] {1, 2, 3}, LocalDate.of(9999, 12, 31), LocalTime.of(23, 59, 59, 999_000_000),
                LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_000_000), Instant.parse("9999-12-31T23:59:59.999Z"), new UUID(-1, -1)};
        Object[] nulls = new Object[18];
        nulls[0] = 3;
        String marks = "?, ".repeat(17) + "?";
        for (Object[] values : new Object[][] {low, high, nulls}) {
            update("INSERT INTO t VALUES (" + marks + ")", values);
            for (String sql : List.of("SELECT * FROM t WHERE id = ?", "SELECT * FROM t WHERE id + 0 = ?")) {
                List<Object> read = query(sql, values[0]).getFirst();
                assertThat(read.toArray()).usingRecursiveComparison().isEqualTo(values);
            }
        }
        // Each column equals its own value as a parameter.
        String names = "abcdefghijklmnopq";
        for (int i = 0; i < names.length(); i++) {
            assertThat(query("SELECT id FROM t WHERE " + names.charAt(i) + " = ?", high[i + 1])).as("column %s", names.charAt(i))
                    .contains(row(2));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "SELECT * FROM nowhere|42P01|NOWHERE",
            "SELECT * FROM tt|42P01|Did you mean T?",
            "SELECT nam FROM t|42703|Did you mean NAME?",
            "INSERT INTO nowhere VALUES (1)|42P01|NOWHERE",
            "INSERT INTO t (id, nope) VALUES (1, 2)|42703|NOPE",
            "INSERT INTO t VALUES (1, 'a')|42601|one value for each column",
            "INSERT INTO t VALUES (1, 'dup', 1)|23505|ID=1",
            "INSERT INTO t VALUES (NULL, 'a', 1)|23502|ID",
            "INSERT INTO t (name) VALUES ('a')|23502|ID",
            "INSERT INTO t VALUES (5, 'eleven chars', 1)|22001|VARCHAR(10)",
            "INSERT INTO t VALUES ('abc', 'a', 1)|22018|'abc'",
            "INSERT INTO t VALUES (99999999999, 'a', 1)|22003|INTEGER",
            "INSERT INTO t VALUES (TRUE, 'a', 1)|42804|CAST",
            "INSERT INTO t SELECT TRUE, 'a', 1|42804|CAST",
            "INSERT INTO t VALUES (5, 'a', 1), (5, 'b', 2)|23505|ID=5",
            "UPDATE t SET nope = 1|42703|NOPE",
            "UPDATE t SET v = 1 / 0|22012|NULLIF",
            "UPDATE t SET v = v + 2147483647|22003|wider",
            "SELECT 1 / 0|22012|NULLIF",
            "SELECT CAST('x' AS INT)|22018|",
            "SELECT nofunction(1)|42883|",
            "SELECT id FROM t a, t b|42000|ambiguous",
            "SELECT * FROM t WHERE id = ? + TRUE|42804|",
            "SELECT (SELECT v FROM t)|21000|LIMIT 1",
            "DROP TABLE nope|42P01|",
            "CREATE TABLE t (id INT PRIMARY KEY)|42P07|",
            "INSERT INTO information_schema.tables VALUES (1)|42809|read",
            "DROP TABLE system.blocks|42809|read",
            "MERGE INTO t USING t AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = 1|0A000|UPSERT",
            "SELECT * FROM t WHERE id = 1 AND|42601|line=1"})
    void badInputHasItsCodeAndSaysTheMend(String sql, String sqlState, String part) throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(10), v INT)");
        update("INSERT INTO t VALUES (1, 'one', 1), (2, 'two', 2)");

        SQLException error = error(sql);

        assertThat((Throwable) error).as(sql).isNotNull();
        assertThat(error.getSQLState()).as(error.getMessage()).isEqualTo(sqlState);
        assertThat(error.getMessage()).contains(part == null ? "" : part).doesNotContain("Exception");
        assertThat(query("SELECT COUNT(*) FROM t")).as("nothing was changed").containsExactly(row(2L));
    }

    @Test
    void theSecondExecutionRunsNoPlanner() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        query("SELECT v FROM t WHERE id = ?", 1);
        PlanCache plans = ((EmbeddedSession) session).database().plans();
        long before = plans.plannings();

        for (int i = 0; i < 10; i++) {
            query("SELECT  v FROM t -- the same\nWHERE id = ?", i);
            update("INSERT INTO t VALUES (?, ?)", i, i);
        }

        assertThat(plans.plannings() - before).as("one for the INSERT").isEqualTo(1);
        update("CREATE TABLE u (id INT PRIMARY KEY)");
        query("SELECT v FROM t WHERE id = ?", 1);
        assertThat(plans.plannings() - before).as("the catalogue changed").isEqualTo(3);
    }

    @Test
    void statementsThatWereCompiledSeeNewTables() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        try (SessionStatement select = session.prepare("SELECT * FROM t")) {
            update("DROP TABLE t");
            assertThat(catchThrowableOfType(SQLException.class, () -> select.execute(new Object[0], Session.Limits.NONE)).getSQLState())
                    .isEqualTo("42P01");
            update("CREATE TABLE t (id INT PRIMARY KEY, v INT, w INT)");
            assertThat(select.execute(new Object[0], Session.Limits.NONE).rows().next()).isFalse();
            assertThat(select.columns()).hasSize(3);
        }
    }

    @Test
    void explainNamesTheOperators() throws SQLException {
        update("CREATE TABLE t (id INT PRIMARY KEY, v INT) USING SORTED");

        assertThat(query("EXPLAIN SELECT * FROM t WHERE id = 1").toString()).contains("PointLookup");
        assertThat(query("EXPLAIN PLAN FOR SELECT * FROM t WHERE id IN (1, 2)").toString()).contains("MultiPointLookup");
        assertThat(query("EXPLAIN SELECT * FROM t WHERE id > ? ORDER BY id", (Object) null).toString()).contains("RangeScan")
                .doesNotContain("Sort");
        assertThat(query("EXPLAIN SELECT * FROM t WHERE v = 1").toString()).contains("TableScan");
        assertThat(query("EXPLAIN UPDATE t SET v = 1 WHERE id = 3").toString()).contains("Update").contains("PointLookup");
    }
}
