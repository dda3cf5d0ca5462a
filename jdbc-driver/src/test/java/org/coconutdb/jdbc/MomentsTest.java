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
            assertThat(Moments.fromTimestamp(Moments.toTimestamp(reading, null), null)).isEqualTo(reading);
            assertThat(Moments.fromDate(Moments.toDate(reading, null), null)).isEqualTo(reading.toLocalDate());
            assertThat(Moments.fromTime(Moments.toTime(reading.toLocalTime(), null), null)).isEqualTo(reading.toLocalTime());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"})
    void aReadingGoesThroughACalendarOfAnotherZoneAndBack(String zone) throws SQLException {
        defaultZone("Europe/Berlin");
        LocalDateTime reading = LocalDateTime.of(2024, 7, 1, 1, 30, 0, 5_000_000);

        Timestamp timestamp = Moments.toTimestamp(reading, in(zone));

        assertThat(timestamp.toInstant()).isEqualTo(reading.atZone(TimeZone.getTimeZone(zone).toZoneId()).toInstant());
        assertThat(Moments.fromTimestamp(timestamp, in(zone))).isEqualTo(reading);
    }

    @Test
    void anHourThatSummerTimeSkipsStaysWithJavaTimeAndMovesWithJavaSql() throws SQLException {
        defaultZone("Europe/Berlin");
        LocalDateTime skipped = LocalDateTime.of(2024, 3, 31, 2, 30);

        assertThat(Moments.toLocalDateTime(skipped)).isEqualTo(skipped);
        assertThat(Moments.toTimestamp(skipped, null)).isEqualTo(Timestamp.valueOf("2024-03-31 03:30:00"));
        assertThat(Moments.toTimestamp(skipped, in("Europe/Berlin")).toInstant()).isEqualTo(Instant.parse("2024-03-31T01:30:00Z"));
        assertThat(Moments.toInstant(skipped)).isEqualTo(Instant.parse("2024-03-31T01:30:00Z"));
    }

    @Test
    void anHourThatComesTwiceIsTheFirstOfTheTwo() throws SQLException {
        defaultZone("America/New_York");
        LocalDateTime twice = LocalDateTime.of(2024, 11, 3, 1, 30);

        assertThat(Moments.toInstant(twice)).isEqualTo(Instant.parse("2024-11-03T05:30:00Z"));
        assertThat(Moments.fromTimestamp(Moments.toTimestamp(twice, null), null)).isEqualTo(twice);
    }

    @Test
    void aPointInTimeIsTheSameInstantWhateverTheCalendarAndPrintsInTheDefaultZone() throws SQLException {
        Instant instant = Instant.parse("2024-07-01T10:00:00.250Z");
        defaultZone("Asia/Kathmandu");

        assertThat(Moments.toTimestamp(instant, in("America/New_York")).toInstant()).isEqualTo(instant);
        assertThat(Moments.toZonedDateTime(instant).toInstant()).isEqualTo(instant);
        assertThat(Moments.toText(instant)).isEqualTo("2024-07-01 15:45:00.25");
        assertThat(Moments.toLocalDateTime(instant)).isEqualTo(LocalDateTime.of(2024, 7, 1, 15, 45, 0, 250_000_000));
    }

    @Test
    void aDateOfAPointInTimeIsTheOneOfTheCalendarsZone() throws SQLException {
        defaultZone("UTC");
        Instant instant = Instant.parse("2024-07-01T20:00:00Z");

        assertThat(Moments.toLocalDate(instant)).isEqualTo(LocalDate.of(2024, 7, 1));
        assertThat(Moments.fromDate(Moments.toDate(instant, in("Asia/Tokyo")), in("Asia/Tokyo"))).isEqualTo(LocalDate.of(2024, 7, 2));
    }

    @Test
    void timesKeepTheirMilliseconds() throws SQLException {
        LocalTime time = LocalTime.of(13, 14, 15, 678_000_000);

        Time sql = Moments.toTime(time, null);

        assertThat(sql.getTime() % 1000).isEqualTo(678);
        assertThat(Moments.fromTime(sql, null)).isEqualTo(time);
    }

    @Test
    void yearsBeforeChristGoThroughACalendarAndBack() throws SQLException {
        defaultZone("UTC");
        LocalDate ancient = LocalDate.of(-43, 3, 15);

        Date date = Moments.toDate(ancient, in("UTC"));

        assertThat(Moments.fromDate(date, in("UTC"))).isEqualTo(ancient);
    }

    @Test
    void theCallersCalendarIsNotChanged() throws SQLException {
        Calendar calendar = in("Asia/Tokyo");
        long before = calendar.getTimeInMillis();

        Moments.toTimestamp(LocalDateTime.of(2000, 1, 1, 0, 0), calendar);
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
        assertThat(Moments.toLocalDateTime(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2023-02-29", "2024-13-01", "2024-02-29 24:00", "2024-02-29 12", "today", "", "12:00"})
    void stringsThatAreNoTimestampAreRefusedWithAnExample(String text) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> Moments.toLocalDateTime(text));

        assertThat(refused.getSQLState()).isEqualTo("22007");
        assertThat(refused.getMessage()).contains("2025-11-30 23:59:59.999");
    }

    @Test
    void aStringWithAnOffsetIsAPointInTime() throws SQLException {
        defaultZone("Europe/Berlin");

        assertThat(Moments.toInstant("2024-07-01 12:00:00+05:00")).isEqualTo(Instant.parse("2024-07-01T07:00:00Z"));
        assertThat(Moments.toInstant("2024-07-01T12:00:00Z")).isEqualTo(Instant.parse("2024-07-01T12:00:00Z"));
        assertThat(Moments.toInstant("2024-07-01 12:00:00")).isEqualTo(Instant.parse("2024-07-01T10:00:00Z"));
    }

    @Test
    void instantsPastWhatATimestampHoldsAreRefused() {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> Moments.toTimestamp(Instant.MAX, null));

        assertThat(refused.getSQLState()).isEqualTo("22003");
    }

    @Test
    void aTimeOfDayIsNoDateAndADateNoTimeOfDay() {
        assertThat(catchThrowableOfType(SQLException.class, () -> Moments.toLocalDate(LocalTime.NOON)).getSQLState()).isEqualTo("07006");
        assertThat(catchThrowableOfType(SQLException.class, () -> Moments.toLocalTime(LocalDate.EPOCH)).getSQLState()).isEqualTo("07006");
    }

    @Test
    void parametersWithAnOffsetBecomePointsInTime() throws SQLException {
        OffsetDateTime moment = OffsetDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneOffset.ofHours(5));

        assertThat(Parameters.toSessionType(moment)).isEqualTo(Instant.parse("2024-07-01T07:00:00Z"));
        assertThat(Parameters.toSessionType(new java.util.Date(5))).isEqualTo(Instant.ofEpochMilli(5));
    }
}
