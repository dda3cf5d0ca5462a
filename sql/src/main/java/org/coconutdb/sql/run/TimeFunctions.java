package org.coconutdb.sql.run;

import java.text.ParseException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import org.apache.calcite.util.format.postgresql.PostgresqlDateTimeFormatter;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Functions of dates and times as PostgreSQL defines them, on Calcite's representation: milliseconds since 1970 of a reading of calendar and
/// clock. Generated code calls them; not with NULL.
public final class TimeFunctions {
    private TimeFunctions() {}

    /// The beginning of the second, minute, hour, day, week, month and so on that a time is in.
    public static long dateTrunc(String unit, long millis) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), Math.floorMod(millis, 1000) * 1_000_000,
                ZoneOffset.UTC);
        return truncated(unit, time).toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    /// The same of a point on the time line, in the zone of the process.
    public static long dateTruncInZone(String unit, long millis) {
        ZoneId zone = ZoneId.systemDefault();
        return truncated(unit, LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), zone)).atZone(zone).toInstant().toEpochMilli();
    }

    private static LocalDateTime truncated(String unit, LocalDateTime time) {
        LocalDate day = time.toLocalDate();
        int year = day.getYear();
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "microseconds", "microsecond", "milliseconds", "millisecond" -> time;
            case "second", "seconds" -> time.truncatedTo(ChronoUnit.SECONDS);
            case "minute", "minutes" -> time.truncatedTo(ChronoUnit.MINUTES);
            case "hour", "hours" -> time.truncatedTo(ChronoUnit.HOURS);
            case "day", "days" -> day.atStartOfDay();
            case "week", "weeks" -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).atStartOfDay();
            case "month", "months" -> day.withDayOfMonth(1).atStartOfDay();
            case "quarter", "quarters" -> LocalDate.of(year, (day.getMonthValue() - 1) / 3 * 3 + 1, 1).atStartOfDay();
            case "year", "years" -> LocalDate.of(year, 1, 1).atStartOfDay();
            case "decade", "decades" -> LocalDate.of(Math.max(1, year / 10 * 10), 1, 1).atStartOfDay();
            case "century", "centuries" -> LocalDate.of((year - 1) / 100 * 100 + 1, 1, 1).atStartOfDay();
            case "millennium", "millennia" -> LocalDate.of((year - 1) / 1000 * 1000 + 1, 1, 1).atStartOfDay();
            default -> throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("unit", unit)
                    .mend("Units are millisecond, second, minute, hour, day, week, month, quarter, year, decade, century and millennium.");
        };
    }

    /// Days since 1970.
    public static int toDate(String text, String pattern) {
        return Math.toIntExact(parsed(text, pattern).toLocalDate().toEpochDay());
    }

    public static long toTimestamp(String text, String pattern) {
        return parsed(text, pattern).toInstant().toEpochMilli();
    }

    private static ZonedDateTime parsed(String text, String pattern) {
        try {
            // English names of months and days, as in PostgreSQL's locale C.
            return PostgresqlDateTimeFormatter.compilePattern(pattern).parseDateTime(text, ZoneOffset.UTC, Locale.US);
        } catch (ParseException | DateTimeException | IllegalArgumentException | IndexOutOfBoundsException failure) {
            throw CoconutException.of(ErrorCode.INVALID_DATETIME, failure)
                    .with("text", text)
                    .with("pattern", pattern)
                    .mend("Write the text as the pattern says, such as TO_DATE('31.12.2026', 'DD.MM.YYYY').");
        }
    }
}
