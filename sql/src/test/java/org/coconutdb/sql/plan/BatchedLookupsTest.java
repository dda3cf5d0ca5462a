package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lookups of many keys, which go some at a time: more than one batch of them, keys that repeat, keys that nothing has and NULLs among them. H2
/// has the same rows.
class BatchedLookupsTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int ROWS = 20_000;

    private static SqlClient coconut;
    private static SqlClient h2;

    @BeforeAll
    static void fill() throws SQLException {
        System.out.println("seed: " + SEED);
        coconut = SqlClient.open("jdbc:coconut:mem:batched-lookups-test;memory.lock=off;blocks=3");
        h2 = new SqlClient(DriverManager.getConnection("jdbc:h2:mem:batched-lookups-test"));
        Random random = new Random(SEED);
        for (SqlClient sql : List.of(coconut, h2)) {
            boolean own = sql == coconut;
            sql.execute("CREATE TABLE asked (id INT PRIMARY KEY, k INT, t VARCHAR(30))" + (own ? " USING SORTED" : ""));
            for (String kind : List.of("HASH", "SORTED")) {
                sql.execute("CREATE TABLE by_number_" + kind + " (id INT PRIMARY KEY, a INT)" + (own ? " USING " + kind : ""),
                        "CREATE TABLE by_text_" + kind + " (id VARCHAR(30) PRIMARY KEY, a INT)" + (own ? " USING " + kind : ""),
                        "CREATE INDEX a_" + kind + " ON by_number_" + kind + " (a)");
            }
        }
        int previous = 0;
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            int key = random.nextInt(4) == 0 ? previous : random.nextInt(ROWS + 500);
            previous = key;
            asked.add(random.nextInt(10) == 0 ? "(" + i + ", NULL, NULL)" : "(" + i + ", " + key + ", " + text(key) + ")");
        }
        insert("asked", asked);
        for (String kind : List.of("HASH", "SORTED")) {
            insert("by_number_" + kind, rows(i -> "(" + i + ", " + random.nextInt(200) + ")"));
            insert("by_text_" + kind, rows(i -> "(" + text(i) + ", " + random.nextInt(200) + ")"));
        }
    }

    /// Many begin with the same eight bytes.
    private static String text(int number) {
        return "'" + (number % 3 == 0 ? "t" : "a long beginning ") + number + "'";
    }

    private static List<String> rows(java.util.function.IntFunction<String> row) {
        return IntStream.range(0, ROWS).mapToObj(row).toList();
    }

    private static void insert(String table, List<String> rows) throws SQLException {
        for (int from = 0; from < rows.size(); from += 1000) {
            String values = String.join(", ", rows.subList(from, Math.min(rows.size(), from + 1000)));
            for (SqlClient sql : List.of(coconut, h2)) {
                sql.execute("INSERT INTO " + table + " VALUES " + values);
            }
        }
    }

    @AfterAll
    static void close() throws SQLException {
        h2.close();
        coconut.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "SELECT asked.id, x.id, a FROM asked JOIN by_number_# x ON x.id = asked.k",
            "SELECT asked.id, x.id, a FROM asked JOIN by_number_# x ON x.id = asked.k AND MOD(x.a, 5) > 1",
            "SELECT asked.id, x.id, a FROM asked JOIN by_number_# x ON x.id = asked.k AND x.a > asked.id",
            "SELECT asked.id, a FROM asked LEFT JOIN by_number_# x ON x.id = asked.k AND MOD(x.a, 2) = 0",
            "SELECT asked.id FROM asked WHERE EXISTS (SELECT 1 FROM by_number_# x WHERE x.id = asked.k AND MOD(x.a, 3) > 0)",
            "SELECT asked.id FROM asked WHERE NOT EXISTS (SELECT 1 FROM by_number_# x WHERE x.id = asked.k AND x.a <> asked.id)",
            "SELECT asked.id, x.id, a FROM asked JOIN by_text_# x ON x.id = asked.t",
            "SELECT asked.id, a FROM asked LEFT JOIN by_text_# x ON x.id = asked.t AND a > 100"})
    void joinsLookUpSomeAtATime(String query) throws SQLException {
        for (String kind : List.of("HASH", "SORTED")) {
            assertSame(query.replace("#", kind), "LookupJoin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void indexesAndListsLookUpSomeAtATime(String kind) throws SQLException {
        String keys = new Random(SEED).ints(700, -100, ROWS + 500).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        String texts = new Random(SEED).ints(300, 0, ROWS + 500).mapToObj(BatchedLookupsTest::text).collect(Collectors.joining(", "));
        assertSame("SELECT id, a FROM by_number_" + kind + " WHERE id IN (" + keys + ")", "MultiPointLookup");
        assertSame("SELECT id, a FROM by_text_" + kind + " WHERE id IN (" + texts + ")", "MultiPointLookup");
        assertSame("SELECT id, a FROM by_number_" + kind + " WHERE a = 17 AND MOD(id, 3) <> 1", "Index");
        assertSame("SELECT id, a FROM by_number_" + kind + " WHERE a IN (3, 150)", "Index");
    }

    /// What a transaction has written itself is looked up key by key.
    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void batchesSeeWhatTheirTransactionWrote(String kind) throws SQLException {
        for (SqlClient sql : List.of(coconut, h2)) {
            sql.connection().setAutoCommit(false);
            sql.execute("UPDATE by_number_" + kind + " SET a = 17 WHERE MOD(id, 50) = 0", "DELETE FROM by_number_" + kind
                    + " WHERE MOD(id, 70) = 0");
        }
        try {
            assertSame("SELECT asked.id, x.id, a FROM asked JOIN by_number_" + kind + " x ON x.id = asked.k", "LookupJoin");
            assertSame("SELECT id, a FROM by_number_" + kind + " WHERE a = 17", "");
        } finally {
            for (SqlClient sql : List.of(coconut, h2)) {
                sql.connection().rollback();
                sql.connection().setAutoCommit(true);
            }
        }
    }

    private static void assertSame(String query, String plan) throws SQLException {
        assertThat(coconut.rows("EXPLAIN " + query)).as(query).anyMatch(line -> line.contains(plan));
        assertThat(coconut.rows(query)).as("seed " + SEED + ": " + query).containsExactlyInAnyOrderElementsOf(h2.rows(query)).isNotEmpty();
    }
}
