package org.coconutdb.sql.run;

import java.text.ParseException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import org.apache.calcite.util.format.postgresql.PostgresqlDateTimeFormatter;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.ZonedTimes;

/// Functions of dates and times as PostgreSQL defines them, on Calcite's representation: milliseconds since 1970 of a reading of calendar and
/// clock. Generated code calls them; not with NULL.
public final class TimeFunctions {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long NANOS_OF_MILLI = 1_000_000;
    /// Between the first day and the last.
    private static final long MONTHS_MAX = 9999 * 12;
    private TimeFunctions() {}

    /// Of the first and the last day that dates have, and the ends of them.
    private static final long MILLIS_MIN = LocalDate.of(1, 1, 1).toEpochDay() * DAY_MILLIS;
    private static final long MILLIS_MAX = LocalDate.of(9999, 12, 31).toEpochDay() * DAY_MILLIS + DAY_MILLIS - 1;

    /// The same; DATETIME_OVERFLOW where it is in no year from 0001 to 9999.
    public static long checked(long millis) {
        if (millis < MILLIS_MIN || millis > MILLIS_MAX) {
            throw overflow();
        }
        return millis;
    }

    /// The same of a day.
    public static int checkedDay(int day) {
        checked(day * DAY_MILLIS);
        return day;
    }

    private static CoconutException overflow() {
        return CoconutException.of(ErrorCode.DATETIME_OVERFLOW).mend("Add or subtract less.");
    }

    /// The same; DATETIME_OVERFLOW where nothing that it could be added to is a date or time afterwards.
    static long checkedSpan(long millis) {
        if (millis < MILLIS_MIN - MILLIS_MAX || millis > MILLIS_MAX - MILLIS_MIN) {
            throw overflow();
        }
        return millis;
    }

    /// @param sign 1 or -1
    public static long plusTime(long reading, long millis, int sign) {
        return checked(reading + checkedSpan(millis) * sign);
    }

    /// The days of a span of time, and not what is over of them.
    ///
    /// @param sign 1 or -1
    public static int dayPlusTime(int day, long millis, int sign) {
        return checkedDay((int) (day + checkedSpan(millis) / DAY_MILLIS * sign));
    }

    /// The last day of a month stands for those that it has not.
    ///
    /// @param sign 1 or -1
    public static long plusMonths(long reading, long months, int sign) {
        return checked(dayPlusMonths(Math.floorDiv(reading, DAY_MILLIS), months, sign) * DAY_MILLIS + Math.floorMod(reading, DAY_MILLIS));
    }

    /// @param sign 1 or -1
    public static int dayPlusMonths(int day, long months, int sign) {
        return (int) dayPlusMonths((long) day, months, sign);
    }

    static long checkedMonths(long months) {
        if (months < -MONTHS_MAX || months > MONTHS_MAX) {
            throw overflow();
        }
        return months;
    }

    private static long dayPlusMonths(long day, long months, int sign) {
        long moved = LocalDate.ofEpochDay(day).plusMonths(checkedMonths(months) * sign).toEpochDay();
        checked(moved * DAY_MILLIS);
        return moved;
    }

    /// A time of day as text, with as many digits behind the seconds as it needs.
    public static String timeText(int millis) {
        return ZonedTimes.write(LocalTime.ofNanoOfDay(millis * NANOS_OF_MILLI));
    }

    /// The same of a reading of calendar and clock.
    public static String text(long millis) {
        return ZonedTimes.write(reading(millis));
    }

    private static LocalDateTime reading(long millis) {
        return LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), (int) (Math.floorMod(millis, 1000) * NANOS_OF_MILLI),
                ZoneOffset.UTC);
    }

    /// The beginning of the second, minute, hour, day, week, month and so on that a time is in.
    public static long dateTrunc(String unit, long millis) {
        return truncated(unit, reading(millis)).toInstant(ZoneOffset.UTC).toEpochMilli();
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
