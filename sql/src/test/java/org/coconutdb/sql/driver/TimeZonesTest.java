package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// TIMESTAMP WITH TIME ZONE and the zones of sessions.
class TimeZonesTest {
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:time-zones-test;memory.lock=off;blocks=2");
        client.execute("SET TIME ZONE 'Europe/Berlin'",
                "CREATE TABLE t (id INT PRIMARY KEY, tz TIMESTAMP WITH TIME ZONE, ts TIMESTAMP, d DATE, v VARCHAR(40))",
                "INSERT INTO t VALUES (1, TIMESTAMP WITH TIME ZONE '2026-03-29 01:30:00+01:00', TIMESTAMP '2026-03-29 01:30:00', DATE '2026-03-29', "
                        + "'2026-03-29 01:30:00'), (2, '2026-07-01 12:00:00', '2026-07-01 12:00:00', '2026-07-01', '2026-07-01 10:00:00Z'), "
                        + "(3, NULL, NULL, NULL, NULL)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            // query # rows in their order, in Berlin
            "SELECT tz, ts, d FROM t ORDER BY id # 2026-03-29 01:30:00+01:00|2026-03-29 01:30:00|2026-03-29,2026-07-01 12:00:00+02:00|2026-07-01 12:00:00|2026-07-01,null|null|null",
            // literals
            "VALUES TIMESTAMP WITH TIME ZONE '2026-03-29 01:30:00+01:00' # 2026-03-29 01:30:00+01:00",
            "VALUES TIMESTAMP WITH TIME ZONE '2026-03-29 01:30:00 America/New_York' # 2026-03-29 07:30:00+02:00",
            "VALUES TIMESTAMP WITH TIME ZONE '2026-03-29 01:30:00' # 2026-03-29 01:30:00+01:00",
            "VALUES TIMESTAMP WITH LOCAL TIME ZONE '2026-07-01 01:30:00.125' # 2026-07-01 01:30:00.125+02:00",
            "VALUES TIMESTAMP WITH TIME ZONE '2026-07-01' # 2026-07-01 00:00:00+02:00",
            "VALUES TIMESTAMP WITH TIME ZONE '2026-03-29 02:30:00' # 2026-03-29 03:30:00+02:00",
            "VALUES TIMESTAMP WITH TIME ZONE '2026-10-25 02:30:00' # 2026-10-25 02:30:00+02:00",
            "VALUES TIMESTAMP WITH TIME ZONE '2026-10-25 02:30:00+01' # 2026-10-25 02:30:00+01:00",
            // casts
            "SELECT CAST(ts AS TIMESTAMP WITH TIME ZONE), ts::timestamptz, CAST(d AS TIMESTAMPTZ(0)), CAST(v AS TIMESTAMPTZ) FROM t WHERE id < 3 ORDER BY id"
                    + " # 2026-03-29 01:30:00+01:00|2026-03-29 01:30:00+01:00|2026-03-29 00:00:00+01:00|2026-03-29 01:30:00+01:00,"
                    + "2026-07-01 12:00:00+02:00|2026-07-01 12:00:00+02:00|2026-07-01 00:00:00+02:00|2026-07-01 12:00:00+02:00",
            "SELECT CAST(tz AS TIMESTAMP), CAST(tz AS DATE), CAST(tz AS TIME), CAST(tz AS VARCHAR(40)), tz::CHAR(32) || '!' FROM t WHERE id = 2"
                    + " # 2026-07-01 12:00:00|2026-07-01|12:00:00|2026-07-01 12:00:00+02:00|2026-07-01 12:00:00+02:00       !",
            "SELECT CAST(TIMESTAMP WITH TIME ZONE '2026-06-30 23:30:00Z' AS DATE) # 2026-07-01",
            "SELECT CAST(TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00.987+02:00' AS TIMESTAMP(1) WITH TIME ZONE) # 2026-07-01 12:00:00.9+02:00",
            // AT TIME ZONE
            "SELECT TIMESTAMP '2026-07-01 12:00:00' AT TIME ZONE 'America/New_York' # 2026-07-01 18:00:00+02:00",
            "SELECT TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00+02:00' AT TIME ZONE 'America/New_York' # 2026-07-01 06:00:00",
            "SELECT tz AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Tokyo' FROM t WHERE id = 2 # 2026-07-01 03:00:00+02:00",
            "SELECT ts AT LOCAL, tz AT LOCAL FROM t WHERE id = 2 # 2026-07-01 12:00:00+02:00|2026-07-01 12:00:00",
            "SELECT ts AT TIME ZONE INTERVAL '05:30' HOUR TO MINUTE, ts AT TIME ZONE INTERVAL -'3' HOUR FROM t WHERE id = 2"
                    + " # 2026-07-01 08:30:00+02:00|2026-07-01 17:00:00+02:00",
            "SELECT tz AT TIME ZONE z FROM t, (VALUES ('UTC'), ('+05:30'), (CAST(NULL AS VARCHAR))) AS q (z) WHERE id = 2 ORDER BY z"
                    + " # 2026-07-01 15:30:00,2026-07-01 10:00:00,null",
            "SELECT TIMEZONE('utc', tz), TIMEZONE('UTC', ts), TIMEZONE(ts) FROM t WHERE id = 2 # 2026-07-01 10:00:00|2026-07-01 14:00:00+02:00|2026-07-01 12:00:00+02:00",
            "SELECT tz AT TIME ZONE 'UTC' + INTERVAL '1' HOUR FROM t WHERE id = 2 # 2026-07-01 11:00:00",
            "SELECT id FROM t WHERE tz AT TIME ZONE 'UTC' = ts - INTERVAL '2' HOUR # 2",
            // parts
            "SELECT EXTRACT(HOUR FROM tz), EXTRACT(DAY FROM tz), EXTRACT(YEAR FROM tz), EXTRACT(EPOCH FROM tz), EXTRACT(TIMEZONE_HOUR FROM tz), "
                    + "EXTRACT(TIMEZONE_MINUTE FROM tz), EXTRACT(TIMEZONE FROM tz) FROM t ORDER BY id"
                    + " # 1|29|2026|1774744200|1|0|3600,12|1|2026|1782900000|2|0|7200,null|null|null|null|null|null|null",
            "SELECT HOUR(tz), MONTH(tz) FROM t WHERE id = 2 # 12|7",
            "SELECT DATE_PART('hour', tz), DATE_PART('epoch', tz), LAST_DAY(tz) FROM t WHERE id = 2 # 12|1782900000|2026-07-31",
            "SELECT tz AT TIME ZONE NULL, CAST(NULL AS TIMESTAMPTZ) AT TIME ZONE 'UTC', CAST(NULL AS TIMESTAMPTZ) FROM t WHERE id = 2 # null|null|null",
            "SELECT tz AT TIME ZONE (SELECT 'UTC') FROM t WHERE id = 2 # 2026-07-01 10:00:00",
            "WITH RECURSIVE r (m) AS (SELECT TIMESTAMP WITH TIME ZONE '2026-03-28 12:00:00' UNION ALL SELECT m + INTERVAL '1' DAY FROM r "
                    + "WHERE m < DATE '2026-03-29') SELECT m FROM r # 2026-03-28 12:00:00+01:00,2026-03-29 12:00:00+02:00",
            "SELECT FLOOR(tz TO DAY), CEIL(tz TO MONTH), DATE_TRUNC('month', tz), DATE_TRUNC('hour', tz) FROM t WHERE id < 3 ORDER BY id"
                    + " # 2026-03-29 00:00:00+01:00|2026-04-01 00:00:00+02:00|2026-03-01 00:00:00+01:00|2026-03-29 01:00:00+01:00,"
                    + "2026-07-01 00:00:00+02:00|2026-08-01 00:00:00+02:00|2026-07-01 00:00:00+02:00|2026-07-01 12:00:00+02:00",
            "SELECT DATE_TRUNC('hour', TIMESTAMP WITH TIME ZONE '2026-10-25 02:30:00+01:00') # 2026-10-25 02:00:00+01:00",
            "SELECT TO_CHAR(tz, 'YYYY-MM-DD HH24:MI') FROM t WHERE id = 2 # 2026-07-01 12:00",
            // arithmetic
            "SELECT tz + INTERVAL '1' DAY, tz + INTERVAL '24' HOUR, tz + INTERVAL '1' MONTH, tz - INTERVAL '1' YEAR, tz - INTERVAL '1 01:00' DAY TO MINUTE FROM t WHERE id = 1"
                    + " # 2026-03-30 01:30:00+02:00|2026-03-30 02:30:00+02:00|2026-04-29 01:30:00+02:00|2025-03-29 01:30:00+01:00|2026-03-28 00:30:00+01:00",
            "SELECT TIMESTAMPADD(DAY, 1, tz), TIMESTAMPADD(HOUR, 24, tz), TIMESTAMPADD(MONTH, 2, tz) FROM t WHERE id = 1"
                    + " # 2026-03-30 01:30:00+02:00|2026-03-30 02:30:00+02:00|2026-05-29 01:30:00+02:00",
            "SELECT TIMESTAMPDIFF(HOUR, tz, TIMESTAMP WITH TIME ZONE '2026-03-30 01:30:00+02:00'), TIMESTAMPDIFF(MONTH, tz, ts) FROM t WHERE id = 1 # 23|0",
            "SELECT (tz - TIMESTAMP '2026-03-28 01:30:00') HOUR FROM t WHERE id = 1 # +24",
            // beside dates and timestamps
            "SELECT id FROM t WHERE tz = ts ORDER BY id # 1,2",
            "SELECT id FROM t WHERE ts = tz AND tz IS NOT NULL ORDER BY id # 1,2",
            "SELECT id FROM t WHERE tz > d ORDER BY id # 1,2",
            "SELECT id FROM t WHERE tz = TIMESTAMP '2026-07-01 12:00:00' # 2",
            "SELECT id FROM t WHERE tz BETWEEN DATE '2026-07-01' AND DATE '2026-07-02' # 2",
            "SELECT id FROM t WHERE tz = '2026-07-01 10:00:00Z' # 2",
            "SELECT id FROM t WHERE tz IN ('2026-07-01 12:00:00', '2026-03-29 00:30:00Z') ORDER BY id # 1,2",
            "SELECT id FROM t WHERE tz IN (TIMESTAMP '2026-07-01 12:00:00', TIMESTAMP '2026-03-29 01:30:00') ORDER BY id # 1,2",
            "SELECT id FROM t WHERE tz IN (SELECT ts FROM t) ORDER BY id # 1,2",
            "SELECT id FROM t WHERE ts IN (SELECT tz FROM t) ORDER BY id # 1,2",
            "SELECT id FROM t WHERE (id, tz) IN (SELECT id, ts FROM t) ORDER BY id # 1,2",
            "SELECT a.id FROM t AS a JOIN t AS b ON a.tz = b.ts ORDER BY 1 # 1,2",
            "SELECT a.id FROM t AS a JOIN (SELECT ts AS tz, 1 AS n FROM t) AS b USING (tz) ORDER BY 1 # 1,2",
            "SELECT COALESCE(tz, ts), CASE WHEN id = 2 THEN ts ELSE tz END, GREATEST(tz, ts), NULLIF(tz, ts) FROM t ORDER BY id"
                    + " # 2026-03-29 01:30:00+01:00|2026-03-29 01:30:00+01:00|2026-03-29 01:30:00+01:00|null,"
                    + "2026-07-01 12:00:00+02:00|2026-07-01 12:00:00+02:00|2026-07-01 12:00:00+02:00|null,null|null|null|null",
            "SELECT tz FROM t UNION SELECT ts FROM t ORDER BY 1 # 2026-03-29 01:30:00+01:00,2026-07-01 12:00:00+02:00,null",
            "SELECT d FROM t WHERE id = 2 UNION ALL SELECT tz FROM t WHERE id = 2 ORDER BY 1 # 2026-07-01 00:00:00+02:00,2026-07-01 12:00:00+02:00",
            "SELECT x FROM (VALUES (TIMESTAMP '2026-07-01 12:00:00'), (TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00Z')) AS q (x) ORDER BY x"
                    + " # 2026-07-01 12:00:00+02:00,2026-07-01 14:00:00+02:00",
            // order, groups, aggregates, windows
            "SELECT tz, COUNT(*) FROM t GROUP BY tz ORDER BY tz DESC NULLS LAST # 2026-07-01 12:00:00+02:00|1,2026-03-29 01:30:00+01:00|1,null|1",
            "SELECT MIN(tz), MAX(tz), COUNT(DISTINCT tz) FROM t # 2026-03-29 01:30:00+01:00|2026-07-01 12:00:00+02:00|2",
            "SELECT LAG(tz) OVER (ORDER BY tz) FROM t ORDER BY tz # null,2026-03-29 01:30:00+01:00,2026-07-01 12:00:00+02:00",
            "SELECT CAST(tz AS DATE), COUNT(*) FROM t GROUP BY CAST(tz AS DATE) ORDER BY 1 # 2026-03-29|1,2026-07-01|1,null|1",
            // the clock
            "SELECT CURRENT_TIMESTAMP = NOW(), CAST(CURRENT_TIMESTAMP AS TIMESTAMP) = LOCALTIMESTAMP, CAST(CURRENT_TIMESTAMP AS DATE) = CURRENT_DATE, "
                    + "CAST(NOW() AS TIME) = CURRENT_TIME, CURRENT_TIME = LOCALTIME, CURRENT_TIMESTAMP = LOCALTIMESTAMP # true|true|true|true|true|true",
            "SELECT CURRENT_TIMESTAMP(0) <= CURRENT_TIMESTAMP, MOD(EXTRACT(MILLISECOND FROM LOCALTIMESTAMP(0)), 1000) # true|0",
            "SELECT JSON_OBJECT('at' VALUE tz) FROM t WHERE id = 2 # {\"at\":\"2026-07-01 12:00:00+02:00\"}",
    })
    void queriesAnswerInTheSessionsZone(String query, String rows) throws SQLException {
        assertThat(String.join(",", client.rows(query))).isEqualTo(rows);
    }

    @Test
    void theZoneIsSetInAllTheWaysOfTheStandardAndPostgresql() throws SQLException {
        String first = client.rows("SHOW TIME ZONE").getFirst();
        assertThat(first).isEqualTo("Europe/Berlin");
        String[][] settings = {{"'america/new_york'", "America/New_York"}, {"'+02:00'", "+02:00"}, {"INTERVAL '+02:00' HOUR TO MINUTE",
                "+02:00"},
                {"INTERVAL -'05:30' HOUR TO MINUTE", "-05:30"}, {"-7", "-07:00"}, {"5.5", "+05:30"}, {"UTC", "UTC"}, {"'Z'", "Z"}};
        for (String[] setting : settings) {
            client.execute("SET TIME ZONE " + setting[0]);
            assertThat(client.rows("SHOW TIME ZONE")).as(setting[0]).containsExactly(setting[1]);
        }
        client.execute("SET SESSION TIME ZONE LOCAL");
        String local = client.rows("SHOW TIME ZONE").getFirst();
        client.execute("SET TIME ZONE 'Asia/Tokyo'", "SET TIME ZONE DEFAULT");
        assertThat(client.rows("SHOW TIME ZONE")).containsExactly(local).containsExactly(java.time.ZoneId.systemDefault().getId());
    }
}
