package org.coconutdb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {
    private static final TimeZone BEFORE = TimeZone.getDefault();

    /// A session's, which begins in the process's.
    private static ZoneId zone() {
        return ZoneId.systemDefault();
    }

    @AfterEach
    void restoreZone() {
        TimeZone.setDefault(BEFORE);
    }

    private static void defaultZone(String id) {
        TimeZone.setDefault(TimeZone.getTimeZone(id));
    }

    private static Calendar in(String zone) {
        return Calendar.getInstance(TimeZone.getTimeZone(zone));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"})
    void aReadingGoesThroughJavaSqlAndBackInEveryZone(String zone) throws SQLException {
        defaultZone(zone);

        for (LocalDateTime reading : new LocalDateTime[] {LocalDateTime.of(2024, 2, 29, 23, 59, 59, 999_000_000),
                LocalDateTime.of(1969, 12, 31, 12, 0, 0, 1_000_000), LocalDateTime.of(1600, 1, 1, 0, 0),
                LocalDateTime.of(9999, 12, 31, 23, 59, 59)}) {
            assertThat(Moments.fromTimestamp(Moments.toTimestamp(reading, null, zone()), null)).isEqualTo(reading);
            assertThat(Moments.fromDate(Moments.toDate(reading, null, zone()), null)).isEqualTo(reading.toLocalDate());
            assertThat(Moments.fromTime(Moments.toTime(reading.toLocalTime(), null, zone()), null)).isEqualTo(reading.toLocalTime());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"})
    void aReadingGoesThroughACalendarOfAnotherZoneAndBack(String zone) throws SQLException {
        defaultZone("Europe/Berlin");
        LocalDateTime reading = LocalDateTime.of(2024, 7, 1, 1, 30, 0, 5_000_000);

        Timestamp timestamp = Moments.toTimestamp(reading, in(zone), zone());

        assertThat(timestamp.toInstant()).isEqualTo(reading.atZone(TimeZone.getTimeZone(zone).toZoneId()).toInstant());
        assertThat(Moments.fromTimestamp(timestamp, in(zone))).isEqualTo(reading);
    }

    @Test
    void anHourThatSummerTimeSkipsStaysWithJavaTimeAndMovesWithJavaSql() throws SQLException {
        defaultZone("Europe/Berlin");
        LocalDateTime skipped = LocalDateTime.of(2024, 3, 31, 2, 30);

        assertThat(Moments.toLocalDateTime(skipped, zone())).isEqualTo(skipped);
        assertThat(Moments.toTimestamp(skipped, null, zone())).isEqualTo(Timestamp.valueOf("2024-03-31 03:30:00"));
        assertThat(Moments.toTimestamp(skipped, in("Europe/Berlin"), zone()).toInstant()).isEqualTo(Instant.parse("2024-03-31T01:30:00Z"));
        assertThat(Moments.toInstant(skipped, zone())).isEqualTo(Instant.parse("2024-03-31T01:30:00Z"));
    }

    @Test
    void anHourThatComesTwiceIsTheFirstOfTheTwo() throws SQLException {
        defaultZone("America/New_York");
        LocalDateTime twice = LocalDateTime.of(2024, 11, 3, 1, 30);

        assertThat(Moments.toInstant(twice, zone())).isEqualTo(Instant.parse("2024-11-03T05:30:00Z"));
        assertThat(Moments.fromTimestamp(Moments.toTimestamp(twice, null, zone()), null)).isEqualTo(twice);
    }

    @Test
    void pointsInTimeAreReadInTheSessionsZoneAndNotInTheProcesss() throws SQLException {
        defaultZone("America/New_York");
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        Instant instant = Instant.parse("2024-06-30T23:30:00Z");

        assertThat(Moments.toText(instant, berlin)).isEqualTo("2024-07-01 01:30:00+02:00");
        assertThat(Moments.toLocalDateTime(instant, berlin)).isEqualTo(LocalDateTime.of(2024, 7, 1, 1, 30));
        assertThat(Moments.toLocalDate(instant, berlin)).isEqualTo(LocalDate.of(2024, 7, 1));
        assertThat(Moments.toLocalTime(instant, berlin)).isEqualTo(LocalTime.of(1, 30));
        assertThat(Moments.toDate(instant, null, berlin)).isEqualTo(java.sql.Date.valueOf("2024-07-01"));
        assertThat(Moments.toDate(instant, in("America/New_York"), berlin).toString()).isEqualTo("2024-06-30");
        assertThat(Moments.toZonedDateTime(instant, berlin)).isEqualTo(instant.atZone(berlin));
        assertThat(Moments.toTimestamp(instant, null, berlin).toInstant()).isEqualTo(instant);
        assertThat(Moments.toInstant(LocalDateTime.of(2024, 7, 1, 1, 30), berlin)).isEqualTo(instant);
        // A reading stays one: java.sql has it in the process's zone.
        assertThat(Moments.toTimestamp(LocalDateTime.of(2024, 7, 1, 1, 30), null, berlin)).isEqualTo(Timestamp.valueOf(
                "2024-07-01 01:30:00"));
    }

    @Test
    void aPointInTimeIsTheSameInstantWhateverTheCalendarAndPrintsInTheDefaultZone() throws SQLException {
        Instant instant = Instant.parse("2024-07-01T10:00:00.250Z");
        defaultZone("Asia/Kathmandu");

        assertThat(Moments.toTimestamp(instant, in("America/New_York"), zone()).toInstant()).isEqualTo(instant);
        assertThat(Moments.toZonedDateTime(instant, zone()).toInstant()).isEqualTo(instant);
        assertThat(Moments.toText(instant, zone())).isEqualTo("2024-07-01 15:45:00.25+05:45");
        assertThat(Moments.toLocalDateTime(instant, zone())).isEqualTo(LocalDateTime.of(2024, 7, 1, 15, 45, 0, 250_000_000));
    }

    @Test
    void aDateOfAPointInTimeIsTheOneOfTheCalendarsZone() throws SQLException {
        defaultZone("UTC");
        Instant instant = Instant.parse("2024-07-01T20:00:00Z");

        assertThat(Moments.toLocalDate(instant, zone())).isEqualTo(LocalDate.of(2024, 7, 1));
        assertThat(Moments.fromDate(Moments.toDate(instant, in("Asia/Tokyo"), zone()), in("Asia/Tokyo"))).isEqualTo(LocalDate.of(2024, 7,
                2));
    }

    @Test
    void timesKeepTheirMilliseconds() throws SQLException {
        LocalTime time = LocalTime.of(13, 14, 15, 678_000_000);

        Time sql = Moments.toTime(time, null, zone());

        assertThat(sql.getTime() % 1000).isEqualTo(678);
        assertThat(Moments.fromTime(sql, null)).isEqualTo(time);
    }

    @Test
    void yearsBeforeChristGoThroughACalendarAndBack() throws SQLException {
        defaultZone("UTC");
        LocalDate ancient = LocalDate.of(-43, 3, 15);

        Date date = Moments.toDate(ancient, in("UTC"), zone());

        assertThat(Moments.fromDate(date, in("UTC"))).isEqualTo(ancient);
    }

    @Test
    void theCallersCalendarIsNotChanged() throws SQLException {
        Calendar calendar = in("Asia/Tokyo");
        long before = calendar.getTimeInMillis();

        Moments.toTimestamp(LocalDateTime.of(2000, 1, 1, 0, 0), calendar, zone());
        Moments.fromTimestamp(new Timestamp(0), calendar);

        assertThat(calendar.getTimeInMillis()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
            "2024-02-29, 2024-02-29T00:00",
            "2024-2-9, 2024-02-09T00:00",
            "2024-02-29 13:14, 2024-02-29T13:14",
            "2024-02-29T13:14:15.5, 2024-02-29T13:14:15.500",
            "' 2024-02-29 01:02:03 ', 2024-02-29T01:02:03",
    })
    void stringsReadAsTimestamps(String text, LocalDateTime expected) throws SQLException {
        assertThat(Moments.toLocalDateTime(text, zone())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2023-02-29", "2024-13-01", "2024-02-29 24:00", "2024-02-29 12", "today", "", "12:00"})
    void stringsThatAreNoTimestampAreRefusedWithAnExample(String text) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> Moments.toLocalDateTime(text, zone()));

        assertThat(refused.getSQLState()).isEqualTo("22007");
        assertThat(refused.getMessage()).contains("2025-11-30 23:59:59.999");
    }

    @Test
    void aStringWithAnOffsetIsAPointInTime() throws SQLException {
        defaultZone("Europe/Berlin");

        assertThat(Moments.toInstant("2024-07-01 12:00:00+05:00", zone())).isEqualTo(Instant.parse("2024-07-01T07:00:00Z"));
        assertThat(Moments.toInstant("2024-07-01T12:00:00Z", zone())).isEqualTo(Instant.parse("2024-07-01T12:00:00Z"));
        assertThat(Moments.toInstant("2024-07-01 12:00:00", zone())).isEqualTo(Instant.parse("2024-07-01T10:00:00Z"));
    }

    @Test
    void instantsPastWhatATimestampHoldsAreRefused() {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> Moments.toTimestamp(Instant.MAX, null, zone()));

        assertThat(refused.getSQLState()).isEqualTo("22003");
    }

    @Test
    void aTimeOfDayIsNoDateAndADateNoTimeOfDay() {
        assertThat(catchThrowableOfType(SQLException.class, () -> Moments.toLocalDate(LocalTime.NOON, zone())).getSQLState()).isEqualTo(
                "07006");
        assertThat(catchThrowableOfType(SQLException.class, () -> Moments.toLocalTime(LocalDate.EPOCH, zone())).getSQLState()).isEqualTo(
                "07006");
    }

    @Test
    void parametersWithAnOffsetBecomePointsInTime() throws SQLException {
        OffsetDateTime moment = OffsetDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneOffset.ofHours(5));

        assertThat(Parameters.toSessionType(moment)).isEqualTo(Instant.parse("2024-07-01T07:00:00Z"));
        assertThat(Parameters.toSessionType(new java.util.Date(5))).isEqualTo(Instant.ofEpochMilli(5));
    }
}
