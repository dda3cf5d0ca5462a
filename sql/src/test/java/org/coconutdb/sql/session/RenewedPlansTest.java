package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Plans that were made for few rows are made anew when there are many, and the other way round.
class RenewedPlansTest {
    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open("jdbc:coconut:mem:renewed-plans;blocks=2;query.parallelism=2;query.parallel.rows=10000");
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, g INT, v BIGINT) USING HASH");
    }

    @AfterEach
    void close() throws SQLException {
        sql.close();
    }

    private void insert(int from, int to) throws SQLException {
        sql.execute("INSERT INTO t SELECT i, MOD(i, 7), i FROM TABLE(GENERATE_SERIES(" + from + ", " + to + ")) AS n (i)");
    }

    private long plannings() throws SQLException {
        return Long.parseLong(sql.rows("SELECT plannings FROM \"SYSTEM\".plan_cache").getFirst());
    }

    private static long first(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    @Test
    void aStatementThatIsKeptIsPlannedForTheRowsThatThereAre() throws SQLException {
        try (PreparedStatement sum = sql.connection().prepareStatement("SELECT SUM(v) FROM t WHERE g < ?")) {
            sum.setInt(1, 5);
            first(sum);
            plannings();
            long before = plannings();
            first(sum);
            insert(1, 500);
            first(sum);
            // As if there had been a thousand rows: nothing is gained by another plan.
            assertThat(plannings()).as("with the insert's").isEqualTo(before + 1);

            insert(501, 20_000);
            before = plannings();
            assertThat(first(sum)).isEqualTo(Long.parseLong(sql.rows("SELECT SUM(v) FROM t WHERE g < 5").getFirst()));
            assertThat(plannings()).as("with the text's own").isEqualTo(before + 2);
            assertThat(String.join("\n", sql.rows("EXPLAIN SELECT SUM(v) FROM t WHERE g < 5"))).contains("Gather(parallel=[2]");

            before = plannings();
            for (int i = 0; i < 5; i++) {
                first(sum);
            }
            assertThat(plannings()).isEqualTo(before);

            sql.execute("DELETE FROM t WHERE id > 100");
            before = plannings();
            first(sum);
            assertThat(plannings()).isEqualTo(before + 1);
        }
    }

    @Test
    void aTextThatIsPlannedAlreadyIsPlannedAnewToo() throws SQLException {
        String text = "SELECT SUM(v), COUNT(*) FROM t";
        sql.rows(text);
        insert(1, 20_000);
        long before = plannings();

        assertThat(sql.rows(text)).containsExactly(20_000L * 20_001 / 2 + "|20000");
        assertThat(sql.rows(text)).hasSize(1);

        assertThat(plannings()).isEqualTo(before + 1);
    }

    @Test
    void changesThatReadManyRowsArePlannedAnewToo() throws SQLException {
        sql.execute("CREATE TABLE copied (id INT PRIMARY KEY, v BIGINT) USING HASH");
        try (PreparedStatement copy = sql.connection().prepareStatement(
                "UPSERT INTO copied SELECT id, v FROM t WHERE v > ? AND MOD(v, 2) = 0");
                PreparedStatement change = sql.connection().prepareStatement("UPDATE t SET g = g + 1 WHERE v > ? AND MOD(v, 2) = 0")) {
            copy.setInt(1, 0);
            change.setInt(1, 0);
            assertThat(copy.executeUpdate()).isZero();
            assertThat(change.executeUpdate()).isZero();
            insert(1, 20_000);
            long before = plannings();

            assertThat(copy.executeUpdate()).isEqualTo(10_000);
            assertThat(change.executeUpdate()).isEqualTo(10_000);
            assertThat(change.executeUpdate()).isEqualTo(10_000);

            assertThat(plannings()).isEqualTo(before + 2);
        }
    }

    @Test
    void whatFindsRowsByTheirKeysStaysAsItIs() throws SQLException {
        try (PreparedStatement find = sql.connection().prepareStatement("SELECT v FROM t WHERE id = ?");
                PreparedStatement change = sql.connection().prepareStatement("UPDATE t SET v = v + 1 WHERE id = ?")) {
            find.setInt(1, 1);
            change.setInt(1, 1);
            change.executeUpdate();
            insert(1, 20_000);
            long before = plannings();

            assertThat(first(find)).isEqualTo(1);
            assertThat(change.executeUpdate()).isEqualTo(1);

            assertThat(plannings()).isEqualTo(before);
        }
    }
}
