package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Plans are kept by text and shared by sessions: none may have a zone in it. Two sessions in different zones run the same statements in turn.
class SharedZonePlansTest {
    private static final String URL = "jdbc:coconut:mem:shared-zone-plans-test;memory.lock=off;blocks=2";

    private SqlClient berlin;
    private SqlClient newYork;

    @BeforeEach
    void connect() throws SQLException {
        berlin = SqlClient.open(URL);
        newYork = SqlClient.open(URL);
        berlin.execute("SET TIME ZONE 'Europe/Berlin'");
        newYork.execute("SET TIME ZONE 'America/New_York'");
    }

    @AfterEach
    void disconnect() throws SQLException {
        berlin.close();
        newYork.close();
    }

    /// What is the same moment is another reading.
    private void differ(String query, String inBerlin, String inNewYork) throws SQLException {
        for (int round = 0; round < 2; round++) {
            assertThat(String.join(",", berlin.rows(query))).as(query).isEqualTo(inBerlin);
            assertThat(String.join(",", newYork.rows(query))).as(query).isEqualTo(inNewYork);
        }
    }

    @Test
    void constantsAreFoldedForNoZone() throws SQLException {
        differ("VALUES TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00'", "2026-07-01 12:00:00+02:00", "2026-07-01 12:00:00-04:00");
        differ("VALUES CAST(TIMESTAMP WITH TIME ZONE '2026-07-01 00:00:00Z' AS DATE)", "2026-07-01", "2026-06-30");
        differ("VALUES CAST('2026-07-01 12:00:00' AS TIMESTAMPTZ) AT TIME ZONE 'UTC'", "2026-07-01 10:00:00", "2026-07-01 16:00:00");
        differ("VALUES EXTRACT(HOUR FROM TIMESTAMP WITH TIME ZONE '2026-07-01 00:00:00Z')", "2", "20");
        differ("VALUES CAST(TIMESTAMP WITH TIME ZONE '2026-07-01 00:00:00Z' AS VARCHAR)", "2026-07-01 02:00:00+02:00",
                "2026-06-30 20:00:00-04:00");
        differ("SELECT COUNT(*) FROM (VALUES 1) AS q (x) WHERE TIMESTAMP '2026-07-01 12:00:00' = TIMESTAMP WITH TIME ZONE '2026-07-01 10:00:00Z'",
                "1", "0");
        differ("VALUES CASE WHEN DATE '2026-07-01' < TIMESTAMP WITH TIME ZONE '2026-07-01 03:00:00Z' THEN 1 ELSE 2 END", "1", "2");
        differ("VALUES TIMESTAMP WITH TIME ZONE '2026-10-24 12:00:00Z' + INTERVAL '1' DAY", "2026-10-25 14:00:00+01:00",
                "2026-10-25 08:00:00-04:00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void keysAndIndexesAreLookedUpByEachSessionsMoments(String kind) throws SQLException {
        berlin.execute("CREATE TABLE k (moment TIMESTAMPTZ PRIMARY KEY, ts TIMESTAMP, n INT) USING " + kind, "CREATE INDEX k_ts ON k (ts)",
                "CREATE TABLE i (id INT PRIMARY KEY, moment TIMESTAMPTZ) USING " + kind, "CREATE INDEX i_moment ON i (moment)");
        for (int hour = 0; hour < 24; hour++) {
            String moment = "2026-07-01 %02d:00:00".formatted(hour);
            berlin.execute("INSERT INTO k VALUES ('" + moment + "Z', '" + moment + "', " + hour + ")", "INSERT INTO i VALUES (" + hour
                    + ", '" + moment + "Z')");
        }
        berlin.execute("ANALYZE");
        differ("SELECT n FROM k WHERE moment = TIMESTAMP '2026-07-01 12:00:00'", "10", "16");
        differ("SELECT n FROM k WHERE moment = '2026-07-01 12:00:00'", "10", "16");
        differ("SELECT n FROM k WHERE moment = TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00'", "10", "16");
        differ("SELECT n FROM k WHERE moment = TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00Z'", "12", "12");
        differ("SELECT n FROM k WHERE moment IN ('2026-07-01 12:00:00', '2026-07-01 13:00:00') ORDER BY n", "10,11", "16,17");
        differ("SELECT MIN(n), MAX(n) FROM k WHERE moment >= DATE '2026-07-01' AND moment < '2026-07-01 03:00:00'", "0|0", "4|6");
        differ("SELECT id FROM i WHERE moment BETWEEN '2026-07-01 12:00:00' AND '2026-07-01 13:00:00' ORDER BY id", "10,11", "16,17");
        differ("SELECT n FROM k WHERE ts = TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00Z'", "14", "8");
        differ("SELECT n FROM k WHERE ts > TIMESTAMP WITH TIME ZONE '2026-07-01 19:00:00Z' AND ts < DATE '2026-07-02' ORDER BY n", "22,23",
                "16,17,18,19,20,21,22,23");
        String plan = String.join("\n", berlin.rows("EXPLAIN SELECT n FROM k WHERE ts = TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00Z'"));
        assertThat(plan).contains("IndexScan", "K_TS");
        assertThat(String.join("\n", berlin.rows("EXPLAIN SELECT n FROM k WHERE moment = TIMESTAMP '2026-07-01 12:00:00'"))).contains(
                "PointLookup");
        assertThat(String.join("\n", berlin.rows("EXPLAIN SELECT n FROM k WHERE moment = '2026-07-01 12:00:00'"))).contains("PointLookup");
    }

    @Test
    void conditionsThatArePushedDownAreEachSessionsOwn() throws SQLException {
        berlin.execute("CREATE TABLE p (id INT PRIMARY KEY, moment TIMESTAMPTZ, ts TIMESTAMP, d DATE, v VARCHAR(40))",
                "INSERT INTO p VALUES (1, '2026-07-01 00:00:00Z', '2026-07-01 02:00:00', '2026-07-01', '2026-07-01 02:00:00')");
        differ("SELECT COUNT(*) FROM p WHERE moment = ts", "1", "0");
        differ("SELECT COUNT(*) FROM p WHERE moment < d", "0", "1");
        differ("SELECT COUNT(*) FROM p WHERE moment = CAST(v AS TIMESTAMPTZ)", "1", "0");
        differ("SELECT COUNT(*) FROM p WHERE EXTRACT(DAY FROM moment) = 30", "0", "1");
        differ("SELECT COUNT(*) FROM p WHERE CAST(moment AS DATE) = d", "1", "0");
        differ("SELECT a.id FROM p AS a JOIN p AS b ON a.moment = b.ts", "1", "");
        differ("SELECT FLOOR(moment TO DAY), COUNT(*) FROM p GROUP BY FLOOR(moment TO DAY)", "2026-07-01 00:00:00+02:00|1",
                "2026-06-30 00:00:00-04:00|1");
    }

    /// Statements that differ in literals alone share a plan.
    @Test
    void liftedLiteralsAndValuesListsAreStoredAsEachSessionMeansThem() throws SQLException {
        berlin.execute("CREATE TABLE s (id INT PRIMARY KEY, moment TIMESTAMPTZ, ts TIMESTAMP, d DATE, v VARCHAR(40))");
        int id = 0;
        for (int round = 0; round < 2; round++) {
            for (SqlClient client : List.of(berlin, newYork)) {
                client.execute("INSERT INTO s VALUES (" + id++ + ", '2026-07-01 12:00:00', '2026-07-01 12:00:00', '2026-07-01', '')",
                        "INSERT INTO s (id, moment) VALUES (" + id++ + ", TIMESTAMP '2026-07-01 12:00:00')",
                        "INSERT INTO s (id, moment) VALUES (" + id++ + ", TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00')",
                        "INSERT INTO s (id, ts, d, v) VALUES (" + id++ + ", TIMESTAMP WITH TIME ZONE '2026-07-01 02:00:00Z', "
                                + "TIMESTAMP WITH TIME ZONE '2026-07-01 02:00:00Z', TIMESTAMP WITH TIME ZONE '2026-07-01 02:00:00Z')",
                        "UPDATE s SET moment = '2026-07-02 00:00:00' WHERE id = " + (id - 2));
            }
        }
        assertThat(berlin.rows("SELECT moment AT TIME ZONE 'UTC', ts, d, v FROM s ORDER BY id")).containsExactly(
                "2026-07-01 10:00:00|2026-07-01 12:00:00|2026-07-01|", "2026-07-01 10:00:00|null|null|null",
                "2026-07-01 22:00:00|null|null|null",
                "null|2026-07-01 04:00:00|2026-07-01|2026-07-01 04:00:00+02:00",
                "2026-07-01 16:00:00|2026-07-01 12:00:00|2026-07-01|", "2026-07-01 16:00:00|null|null|null",
                "2026-07-02 04:00:00|null|null|null",
                "null|2026-06-30 22:00:00|2026-06-30|2026-06-30 22:00:00-04:00",
                "2026-07-01 10:00:00|2026-07-01 12:00:00|2026-07-01|", "2026-07-01 10:00:00|null|null|null",
                "2026-07-01 22:00:00|null|null|null",
                "null|2026-07-01 04:00:00|2026-07-01|2026-07-01 04:00:00+02:00",
                "2026-07-01 16:00:00|2026-07-01 12:00:00|2026-07-01|", "2026-07-01 16:00:00|null|null|null",
                "2026-07-02 04:00:00|null|null|null",
                "null|2026-06-30 22:00:00|2026-06-30|2026-06-30 22:00:00-04:00");
    }

    @Test
    void defaultsAndChecksAreOfTheSessionThatWrites() throws SQLException {
        berlin.execute("CREATE TABLE c (id INT PRIMARY KEY, moment TIMESTAMPTZ DEFAULT '2026-07-01 12:00:00', "
                + "ts TIMESTAMP DEFAULT TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00Z', z TIMESTAMPTZ DEFAULT TIMESTAMP '2026-07-01 12:00:00', "
                + "made TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP, reading TIMESTAMP DEFAULT CURRENT_TIMESTAMP, day_ DATE DEFAULT CURRENT_TIMESTAMP, "
                + "n INT, CHECK (n IS NULL OR EXTRACT(HOUR FROM moment) = n))");
        berlin.execute("INSERT INTO c (id) VALUES (1)");
        newYork.execute("INSERT INTO c (id) VALUES (2)");
        berlin.execute("INSERT INTO c (id) VALUES (3)");
        assertThat(berlin.rows("SELECT moment AT TIME ZONE 'UTC', ts, z AT TIME ZONE 'UTC' FROM c ORDER BY id")).containsExactly(
                "2026-07-01 10:00:00|2026-07-01 14:00:00|2026-07-01 10:00:00",
                "2026-07-01 16:00:00|2026-07-01 08:00:00|2026-07-01 16:00:00",
                "2026-07-01 10:00:00|2026-07-01 14:00:00|2026-07-01 10:00:00");
        assertThat(berlin.rows("SELECT made = reading, CAST(made AS DATE) = day_ FROM c WHERE id <> 2")).containsOnly("true|true");
        assertThat(newYork.rows("SELECT made = reading, CAST(made AS DATE) = day_ FROM c WHERE id = 2")).containsOnly("true|true");

        berlin.execute("INSERT INTO c (id, moment, n) VALUES (4, '2026-07-01 12:00:00Z', 14)");
        newYork.refused("INSERT INTO c (id, moment, n) VALUES (5, '2026-07-01 12:00:00Z', 14)", "23514");
        newYork.execute("INSERT INTO c (id, moment, n) VALUES (5, '2026-07-01 12:00:00Z', 8)");
        berlin.refused("UPDATE c SET moment = moment + INTERVAL '1' HOUR WHERE id = 4", "23514");
        assertThat(String.join("\n", berlin.rows("SHOW CREATE TABLE c"))).contains(
                "TIMESTAMP(3) WITH TIME ZONE DEFAULT '2026-07-01 12:00:00'");
    }

    @Test
    void preparedStatementsFollowTheZoneThatIsSetBetweenTheirRuns() throws SQLException {
        berlin.execute("CREATE TABLE q (id INT PRIMARY KEY, moment TIMESTAMPTZ)", "INSERT INTO q VALUES (1, '2026-07-01 12:00:00Z')");
        try (PreparedStatement query = berlin.connection().prepareStatement(
                "SELECT CAST(moment AS TIMESTAMP), moment FROM q WHERE moment = ?")) {
            for (String[] zone : new String[][] {{"Europe/Berlin", "2026-07-01 14:00:00", "+02:00"}, {"Asia/Kolkata", "2026-07-01 17:30:00",
                    "+05:30"}}) {
                berlin.execute("SET TIME ZONE '" + zone[0] + "'");
                query.setObject(1, LocalDateTime.parse(zone[1].replace(' ', 'T')));
                try (ResultSet rows = query.executeQuery()) {
                    assertThat(rows.next()).as(zone[0]).isTrue();
                    assertThat(rows.getString(1)).isEqualTo(zone[1]);
                    assertThat(rows.getString(2)).isEqualTo(zone[1] + zone[2]);
                    assertThat(rows.getObject(2, Instant.class)).isEqualTo("2026-07-01T12:00:00Z");
                }
                query.setString(1, zone[1]);
                try (ResultSet rows = query.executeQuery()) {
                    assertThat(rows.next()).as(zone[0]).isTrue();
                }
            }
        }
    }

    @Test
    void viewsAreReadInTheReadersZone() throws SQLException {
        berlin.execute("CREATE TABLE w (id INT PRIMARY KEY, moment TIMESTAMPTZ)", "INSERT INTO w VALUES (1, '2026-07-01 00:00:00Z')",
                "CREATE VIEW days AS SELECT id, CAST(moment AS DATE) AS d, moment AT TIME ZONE 'UTC' AS utc, moment AT LOCAL AS here, "
                        + "TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00' AS noon, EXTRACT(TIMEZONE_HOUR FROM moment) AS h, "
                        + "moment + INTERVAL '1' DAY AS tomorrow, CURRENT_TIMESTAMP AS now_ FROM w");
        differ("SELECT d, utc, here, noon, h, tomorrow FROM days",
                "2026-07-01|2026-07-01 00:00:00|2026-07-01 02:00:00|2026-07-01 12:00:00+02:00|2|2026-07-02 02:00:00+02:00",
                "2026-06-30|2026-07-01 00:00:00|2026-06-30 20:00:00|2026-07-01 12:00:00-04:00|-4|2026-07-01 20:00:00-04:00");
    }

    @Test
    void copiedFilesSayTheDistanceFromUtcAndAreReadBackInAnyZone(@TempDir Path folder) throws SQLException, java.io.IOException {
        berlin.execute("CREATE TABLE f (id INT PRIMARY KEY, moment TIMESTAMPTZ)", "CREATE TABLE g (id INT PRIMARY KEY, moment TIMESTAMPTZ)",
                "INSERT INTO f VALUES (1, '2026-07-01 12:00:00.5'), (2, NULL), (3, '2026-10-25 02:30:00+01:00')");
        Path file = folder.resolve("f.csv");
        berlin.execute("COPY f TO '" + file + "'");
        assertThat(Files.readAllLines(file)).contains("1,2026-07-01 12:00:00.5+02:00", "3,2026-10-25 02:30:00+01:00");
        newYork.execute("COPY g FROM '" + file + "'");
        assertThat(newYork.rows("SELECT COUNT(*) FROM f JOIN g USING (id, moment)")).containsExactly("2");

        Files.writeString(file, "10,2026-07-01 12:00:00\n");
        newYork.execute("COPY g FROM '" + file + "'");
        assertThat(newYork.rows("SELECT moment FROM g WHERE id = 10")).containsExactly("2026-07-01 12:00:00-04:00");
    }
}
