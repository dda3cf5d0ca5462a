package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// TIMESTAMP WITH TIME ZONE by JDBC, in a session whose zone is none of the process's.
class ZonedValuesTest {
    private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
    private static final Instant MOMENT = Instant.parse("2026-07-01T20:15:30.123Z");

    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:zoned-values-test;memory.lock=off;blocks=2");
        client.execute("SET TIME ZONE 'Asia/Kolkata'",
                "CREATE TABLE t (id INT PRIMARY KEY, tz TIMESTAMP WITH TIME ZONE, seconds TIMESTAMP(0) WITH TIME ZONE, ts TIMESTAMP)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @Test
    void everyClassOfMomentsGoesInAndComesBack() throws SQLException {
        Calendar calendar = Calendar.getInstance(TimeZone.getTimeZone("America/New_York"));
        calendar.setTimeInMillis(MOMENT.toEpochMilli());
        List<Object> given = List.of(MOMENT, MOMENT.atZone(ZoneId.of("Europe/Berlin")), OffsetDateTime.parse(
                "2026-07-01T15:15:30.123-05:00"),
                Timestamp.from(MOMENT), new java.util.Date(MOMENT.toEpochMilli()), calendar, LocalDateTime.parse("2026-07-02T01:45:30.123"),
                "2026-07-02 01:45:30.123", "2026-07-01 20:15:30.123Z");
        try (PreparedStatement insert = client.connection().prepareStatement("INSERT INTO t (id, tz) VALUES (?, ?)")) {
            int id = 0;
            for (Object value : given) {
                insert.setInt(1, id++);
                insert.setObject(2, value);
                insert.executeUpdate();
                insert.setInt(1, id++);
                insert.setObject(2, value, Types.TIMESTAMP_WITH_TIMEZONE);
                insert.executeUpdate();
                insert.setInt(1, id++);
                insert.setObject(2, value, JDBCType.TIMESTAMP_WITH_TIMEZONE);
                insert.executeUpdate();
            }
            insert.setInt(1, id++);
            insert.setTimestamp(2, Timestamp.from(MOMENT), calendar);
            insert.executeUpdate();
            insert.setInt(1, id);
            insert.setObject(2, Timestamp.from(MOMENT), Types.TIMESTAMP);
            insert.executeUpdate();
        }
        assertThat(client.rows("SELECT tz, COUNT(*) FROM t GROUP BY tz")).containsExactly("2026-07-02 01:45:30.123+05:30|" + (3 * given
                .size() + 2));
    }

    @Test
    void momentsAreReadAsEveryClassInTheSessionsZone() throws SQLException {
        client.execute("INSERT INTO t VALUES (1, '2026-07-01 20:15:30.123Z', '2026-07-01 20:15:30.123Z', NULL)");
        try (Statement statement = client.connection().createStatement(); ResultSet rows = statement.executeQuery(
                "SELECT tz, seconds FROM t")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("2026-07-02 01:45:30.123+05:30");
            assertThat(rows.getString(2)).isEqualTo("2026-07-02 01:45:30+05:30");
            assertThat(rows.getObject(1)).isEqualTo(OffsetDateTime.parse("2026-07-02T01:45:30.123+05:30"));
            assertThat(rows.getObject(1, OffsetDateTime.class)).isEqualTo(OffsetDateTime.parse("2026-07-02T01:45:30.123+05:30"));
            assertThat(rows.getObject(1, ZonedDateTime.class)).isEqualTo(MOMENT.atZone(KOLKATA));
            assertThat(rows.getObject(1, Instant.class)).isEqualTo(MOMENT);
            assertThat(rows.getObject(1, LocalDateTime.class)).isEqualTo(LocalDateTime.parse("2026-07-02T01:45:30.123"));
            assertThat(rows.getObject(1, LocalDate.class)).isEqualTo(LocalDate.parse("2026-07-02"));
            assertThat(rows.getObject(1, LocalTime.class)).isEqualTo(LocalTime.parse("01:45:30.123"));
            assertThat(rows.getTimestamp(1).toInstant()).isEqualTo(MOMENT);
            Calendar newYork = Calendar.getInstance(TimeZone.getTimeZone("America/New_York"));
            assertThat(rows.getTimestamp(1, newYork).toInstant()).isEqualTo(MOMENT);
            assertThat(rows.getDate(1)).isEqualTo(Date.valueOf("2026-07-02"));
            newYork.clear();
            newYork.set(2026, Calendar.JULY, 1);
            assertThat(rows.getDate(1, newYork).getTime()).isEqualTo(newYork.getTimeInMillis());
        }
    }

    @Test
    void momentsBecomeReadingsOfTheSessionsClockInOtherColumns() throws SQLException {
        try (PreparedStatement insert = client.connection().prepareStatement("INSERT INTO t (id, ts) VALUES (?, ?)")) {
            insert.setInt(1, 1);
            insert.setObject(2, OffsetDateTime.parse("2026-07-01T15:15:30.123-05:00"));
            insert.executeUpdate();
        }
        assertThat(client.rows("SELECT ts FROM t")).containsExactly("2026-07-02 01:45:30.123");
    }

    @Test
    void metadataTellTheStandardsType() throws SQLException {
        Connection connection = client.connection();
        try (PreparedStatement query = connection.prepareStatement("SELECT tz, seconds, CURRENT_TIMESTAMP FROM t WHERE tz = ?")) {
            ResultSetMetaData columns = query.getMetaData();
            for (int i = 1; i <= 3; i++) {
                assertThat(columns.getColumnType(i)).isEqualTo(Types.TIMESTAMP_WITH_TIMEZONE);
                assertThat(columns.getColumnTypeName(i)).isEqualTo("TIMESTAMP WITH TIME ZONE");
                assertThat(columns.getColumnClassName(i)).isEqualTo("java.time.OffsetDateTime");
            }
            assertThat(columns.getColumnDisplaySize(1)).isEqualTo("2026-07-01 20:15:30.123+05:30".length());
            assertThat(columns.getScale(1)).isEqualTo(3);
            assertThat(columns.getColumnDisplaySize(2)).isEqualTo("2026-07-01 20:15:30+05:30".length());
            assertThat(query.getParameterMetaData().getParameterType(1)).isEqualTo(Types.TIMESTAMP_WITH_TIMEZONE);
        }
        try (ResultSet columns = connection.getMetaData().getColumns(null, "PUBLIC", "T", "%")) {
            columns.next();
            columns.next();
            assertThat(columns.getInt("DATA_TYPE")).isEqualTo(Types.TIMESTAMP_WITH_TIMEZONE);
            assertThat(columns.getString("TYPE_NAME")).isEqualTo("TIMESTAMP WITH TIME ZONE");
            assertThat(columns.getInt("COLUMN_SIZE")).isEqualTo("2026-07-01 20:15:30.123+05:30".length());
            assertThat(columns.getInt("DECIMAL_DIGITS")).isEqualTo(3);
        }
        Set<String> found = new java.util.HashSet<>();
        try (ResultSet types = connection.getMetaData().getTypeInfo()) {
            while (types.next()) {
                if (types.getInt("DATA_TYPE") == Types.TIMESTAMP_WITH_TIMEZONE) {
                    found.add(types.getString("TYPE_NAME") + types.getString("LITERAL_PREFIX") + types.getInt("PRECISION"));
                }
            }
        }
        assertThat(found).containsExactly("TIMESTAMP WITH TIME ZONETIMESTAMP WITH TIME ZONE '3");
        assertThat(client.rows(
                "SELECT COLUMN_NAME, DATA_TYPE, DATETIME_PRECISION FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'PUBLIC' AND TABLE_NAME = 'T' "
                        + "AND ORDINAL_POSITION IN (2, 3) ORDER BY ORDINAL_POSITION")).containsExactly("TZ|TIMESTAMP WITH TIME ZONE|3",
                                "SECONDS|TIMESTAMP WITH TIME ZONE|0");
    }

    @Test
    void whatCannotBeIsRefusedWithTheMend() {
        client.refused("SET TIME ZONE 'Europe/Berlim'", "22023", "Did you mean Europe/Berlin");
        client.refused("SET TIME ZONE 'berlin'", "22023", "Europe/Berlin");
        client.refused("SET TIME ZONE '+19:00'", "22023");
        client.refused("SET TIME ZONE 25", "22023");
        client.refused("SET TIME ZONE INTERVAL '1' YEAR", "22023");
        client.rowsRefused("SELECT tz AT TIME ZONE 'Mars/Olympus' FROM (VALUES CURRENT_TIMESTAMP) AS q (tz)", "22023", "tz database");
        client.rowsRefused("SELECT ts AT TIME ZONE v FROM (VALUES (LOCALTIMESTAMP, 'Nowhere')) AS q (ts, v)", "22023");
        client.rowsRefused("VALUES TIMESTAMP WITH TIME ZONE '2026-02-30 00:00:00'", "22007", "line=1", "2026-12-31");
        client.rowsRefused("VALUES TIMESTAMP WITH TIME ZONE '2026-02-20 00:00:00 Mars'", "22007");
        client.rowsRefused("SELECT CAST(v AS TIMESTAMPTZ) FROM (VALUES 'soon') AS q (v)", "22007");
        client.refused("INSERT INTO t (id, tz) VALUES (1, 'soon')", "22007", "column=TZ");
        client.rowsRefused("VALUES TIME WITH TIME ZONE '12:00:00+01'", "0A000", "TIME WITH TIME ZONE");
        client.rowsRefused("SELECT CAST('12:00' AS TIME WITH TIME ZONE)", "0A000", "TIME WITH TIME ZONE");
        client.rowsRefused("SELECT '12:00'::timetz", "0A000", "TIME WITH TIME ZONE");
        client.refused("CREATE TABLE u (id INT PRIMARY KEY, v TIME WITH TIME ZONE)", "0A000", "TIME WITH TIME ZONE", "line=1");
        client.refused("CREATE TABLE u (id INT PRIMARY KEY, v TIMESTAMP(6) WITH TIME ZONE)", "0A000", "milliseconds");
        client.rowsRefused("SELECT EXTRACT(TIMEZONE_HOUR FROM ts) FROM t", "42804", "AT TIME ZONE");
        client.rowsRefused("SELECT id AT TIME ZONE 'UTC' FROM t", "42804");
        client.rowsRefused("SELECT CURRENT_TIMESTAMP(9)", "22023", "milliseconds");
        client.rowsRefused("SELECT tz = 1 FROM t", "42804");
    }
}
