package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Joins of sorted tables, which come in the order of the key, answer what joins of hash tables with the same rows do.
class MergeJoinsTest {
    private static final String URL = "jdbc:coconut:mem:merge-joins-test;memory.lock=off;blocks=3";
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private static SqlClient sql;

    @BeforeAll
    static void open() throws SQLException {
        System.out.println("seed: " + Long.toHexString(SEED));
        sql = SqlClient.open(URL);
        for (String kind : List.of("SORTED", "HASH")) {
            String suffix = kind.equals("SORTED") ? "" : "_h";
            for (String table : List.of("l", "r")) {
                sql.execute("CREATE TABLE " + table + suffix + " (k INT, s VARCHAR(9), v INT, PRIMARY KEY (k, s)) USING " + kind);
                Random random = new Random(SEED + table.hashCode());
                try (PreparedStatement insert = sql.connection().prepareStatement("UPSERT INTO " + table + suffix + " VALUES (?, ?, ?)")) {
                    for (int i = 0; i < 4000; i++) {
                        // Many keys once, some often, and some on one side alone.
                        insert.setInt(1, random.nextInt(10) == 0 ? random.nextInt(3) : random.nextInt(5000));
                        insert.setString(2, "s" + random.nextInt(40));
                        insert.setInt(3, random.nextInt(9));
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
            }
        }
        sql.execute("ANALYZE");
    }

    @AfterAll
    static void close() throws SQLException {
        sql.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "SELECT l.k, l.s, r.s, l.v + r.v FROM l%1$s AS l JOIN r%1$s AS r ON l.k = r.k",
            "SELECT l.k, l.s, r.v FROM l%1$s AS l JOIN r%1$s AS r ON l.k = r.k AND l.s = r.s",
            "SELECT l.k, l.s, r.v FROM l%1$s AS l LEFT JOIN r%1$s AS r ON l.k = r.k AND l.s = r.s",
            "SELECT l.k, l.s, r.s FROM l%1$s AS l LEFT JOIN r%1$s AS r ON r.k = l.k AND r.v < l.v",
            "SELECT l.k, l.s FROM l%1$s AS l WHERE EXISTS (SELECT 1 FROM r%1$s AS r WHERE r.k = l.k AND r.v > l.v)",
            "SELECT l.k, l.s FROM l%1$s AS l WHERE NOT EXISTS (SELECT 1 FROM r%1$s AS r WHERE r.k = l.k)",
            "SELECT l.k FROM l%1$s AS l WHERE l.k IN (SELECT k FROM r%1$s)",
            "SELECT l.k, r.v FROM l%1$s AS l JOIN r%1$s AS r ON l.k = r.k WHERE l.k BETWEEN 1000 AND 4500 AND MOD(l.v, 2) = 0 AND r.k > 1200",
            "SELECT a.k, b.v, c.v FROM l%1$s AS a JOIN r%1$s AS b ON a.k = b.k JOIN l%1$s AS c ON b.k = c.k AND a.s = c.s",
            "SELECT l.k + 1, COUNT(*) FROM l%1$s AS l JOIN r%1$s AS r ON l.k = r.k GROUP BY l.k + 1"})
    void mergedSidesAnswerWhatHashedOnesDo(String query) throws SQLException {
        String plan = String.join("\n", sql.rows("EXPLAIN " + query.formatted("")));

        assertThat(plan).contains("MergeJoin");
        assertThat(sql.rows(query.formatted(""))).as("seed %s%n%s", Long.toHexString(SEED), plan)
                .containsExactlyInAnyOrderElementsOf(sql.rows(query.formatted("_h")));
    }

    @Test
    void onlySidesInOneOrderAreMerged() throws SQLException {
        for (String query : List.of("SELECT COUNT(l.v + r.v) FROM l JOIN r ON l.v = r.v",
                "SELECT COUNT(l.v + r.v) FROM l JOIN r ON l.s = r.s",
                "SELECT COUNT(l.v + r.v) FROM l_h AS l JOIN r ON l.k = r.k", "SELECT COUNT(l.v + r.v) FROM l FULL JOIN r ON l.k = r.k")) {
            assertThat(String.join("\n", sql.rows("EXPLAIN " + query))).as(query).doesNotContain("MergeJoin");
        }
        // Both backwards for an order that is spared, or not at all.
        assertThat(sql.rows("SELECT l.k FROM l JOIN r ON l.k = r.k AND l.s = r.s ORDER BY l.k DESC, l.s LIMIT 20"))
                .isEqualTo(sql.rows("SELECT l.k FROM l_h AS l JOIN r_h AS r ON l.k = r.k AND l.s = r.s ORDER BY l.k DESC, l.s LIMIT 20"));
    }

    @Test
    void bothSidesAreMeasured() throws SQLException {
        List<String> plan = sql.rows("EXPLAIN ANALYZE SELECT l.s, r.v FROM l JOIN r ON l.k = r.k");

        assertThat(plan).anySatisfy(line -> assertThat(line).contains("TableScan(table=[PUBLIC.R]").containsPattern("rows \\d+, loops 1"));
    }
}
