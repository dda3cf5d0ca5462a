package org.coconutdb.jdbc;

import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.Calendar;
import java.util.GregorianCalendar;
import org.coconutdb.jdbc.session.ZonedTexts;
import org.jspecify.annotations.Nullable;

/// Values as dates and times.
///
/// DATE, TIME and TIMESTAMP are readings of a calendar and a clock, without a zone: they travel as `LocalDate`, `LocalTime`,
/// `LocalDateTime`. TIMESTAMP WITH TIME ZONE is a point on the time line: `Instant`. Between the two stands the session's zone, or the zone of
/// the `Calendar` that the caller hands in. Between a reading and the classes of `java.sql`, which are made of readings in the Java process's
/// default zone, stands that one.
final class Moments {
    // Reading is laxer than writing: one or two digits, the T or the blank, seconds left out.
    private static final DateTimeFormatter DATE_INPUT = new DateTimeFormatterBuilder().appendValue(
            ChronoField.YEAR, 4, 10, SignStyle.EXCEEDS_PAD)
            .appendPattern("-M-d")
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter TIME_INPUT = new DateTimeFormatterBuilder().appendPattern("H:mm[:ss]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);

    private Moments() {}

    // ---- as text

    /// As SQL writes it; null where the value is no date or time.
    static @Nullable String toText(Object value, ZoneId zone) {
        if (value instanceof LocalDate date) {
            return date.toString();
        }
        if (value instanceof LocalTime time) {
            return ZonedTexts.write(time);
        }
        if (value instanceof LocalDateTime timestamp) {
            return ZonedTexts.write(timestamp);
        }
        if (value instanceof Instant instant) {
            return ZonedTexts.write(instant, zone);
        }
        return null;
    }

    // ---- as java.time

    static LocalDate toLocalDate(Object value, ZoneId zone) throws SQLException {
        if (value instanceof LocalDate date) {
            return date;
        }
        if (value instanceof LocalDateTime timestamp) {
            return timestamp.toLocalDate();
        }
        if (value instanceof Instant instant) {
            return instant.atZone(zone).toLocalDate();
        }
        if (value instanceof String text) {
            String stripped = text.strip();
            try {
                return LocalDate.parse(stripped, DATE_INPUT);
            } catch (DateTimeParseException notADate) {
                if (stripped.length() > 10) {
                    return parseTimestamp(text).toLocalDate();
                }
                throw Failures.unreadableDateTime(text, "DATE", "2025-11-30");
            }
        }
        throw Failures.noConversion(Values.typeOf(value), "DATE");
    }

    static LocalTime toLocalTime(Object value, ZoneId zone) throws SQLException {
        if (value instanceof LocalTime time) {
            return time;
        }
        if (value instanceof LocalDateTime timestamp) {
            return timestamp.toLocalTime();
        }
        if (value instanceof Instant instant) {
            return instant.atZone(zone).toLocalTime();
        }
        if (value instanceof String text) {
            String stripped = text.strip();
            try {
                return LocalTime.parse(stripped, TIME_INPUT);
            } catch (DateTimeParseException notATime) {
                if (stripped.length() > 10 && stripped.indexOf('-', 1) > 0) {
                    return parseTimestamp(text).toLocalTime();
                }
                throw Failures.unreadableDateTime(text, "TIME", "23:59:59.999");
            }
        }
        throw Failures.noConversion(Values.typeOf(value), "TIME");
    }

    static LocalDateTime toLocalDateTime(Object value, ZoneId zone) throws SQLException {
        if (value instanceof LocalDateTime timestamp) {
            return timestamp;
        }
        if (value instanceof LocalDate date) {
            return date.atStartOfDay();
        }
        if (value instanceof LocalTime time) {
            return time.atDate(LocalDate.EPOCH);
        }
        if (value instanceof Instant instant) {
            return LocalDateTime.ofInstant(instant, zone);
        }
        if (value instanceof String text) {
            return parseTimestamp(text);
        }
        throw Failures.noConversion(Values.typeOf(value), "TIMESTAMP");
    }

    /// The point on the time line; a reading without a zone is one of this zone.
    static Instant toInstant(Object value, ZoneId zone) throws SQLException {
        if (value instanceof Instant instant) {
            return instant;
        }
        if (value instanceof LocalTime) {
            throw Failures.noConversion("TIME", "TIMESTAMP WITH TIME ZONE");
        }
        if (value instanceof String text) {
            try {
                return ZonedTexts.read(text, zone);
            } catch (DateTimeException unreadable) {
                throw Failures.unreadableDateTime(text, "TIMESTAMP WITH TIME ZONE", ZonedTexts.EXAMPLE);
            }
        }
        return toLocalDateTime(value, zone).atZone(zone).toInstant();
    }

    static ZonedDateTime toZonedDateTime(Object value, ZoneId zone) throws SQLException {
        return toInstant(value, zone).atZone(zone);
    }

    private static LocalDateTime parseTimestamp(String text) throws SQLException {
        String stripped = text.strip();
        int split = Math.max(stripped.indexOf(' '), stripped.indexOf('T'));
        try {
            if (split < 0) {
                return LocalDate.parse(stripped, DATE_INPUT).atStartOfDay();
            }
            return LocalDate.parse(stripped.substring(0, split), DATE_INPUT)
                    .atTime(LocalTime.parse(stripped.substring(split + 1), TIME_INPUT));
        } catch (DateTimeParseException notATimestamp) {
            throw Failures.unreadableDateTime(text, "TIMESTAMP", "2025-11-30 23:59:59.999");
        }
    }

    // ---- as java.sql, with the calendar's zone where one is given

    static Date toDate(Object value, @Nullable Calendar calendar, ZoneId zone) throws SQLException {
        LocalDate date = value instanceof Instant instant ? LocalDate.ofInstant(instant, zoneOf(calendar, zone)) : toLocalDate(value, zone);
        return calendar == null ? Date.valueOf(date) : new Date(millisIn(calendar, date.atStartOfDay()));
    }

    static Time toTime(Object value, @Nullable Calendar calendar, ZoneId zone) throws SQLException {
        LocalTime time = value instanceof Instant instant ? LocalTime.ofInstant(instant, zoneOf(calendar, zone)) : toLocalTime(value, zone);
        LocalDateTime reading = time.atDate(LocalDate.EPOCH);
        // Not Time.valueOf: it drops the milliseconds.
        return new Time(calendar == null ? Timestamp.valueOf(reading).getTime() : millisIn(calendar, reading));
    }

    /// A point on the time line is itself, whatever the zone.
    static Timestamp toTimestamp(Object value, @Nullable Calendar calendar, ZoneId zone) throws SQLException {
        if (value instanceof Instant instant) {
            return timestampOf(instant);
        }
        if (value instanceof String text && ZonedTexts.namesZone(text)) {
            return timestampOf(toInstant(text, zone));
        }
        LocalDateTime reading = toLocalDateTime(value, zone);
        if (calendar == null) {
            return Timestamp.valueOf(reading);
        }
        Timestamp timestamp = new Timestamp(millisIn(calendar, reading));
        timestamp.setNanos(reading.getNano());
        return timestamp;
    }

    static Timestamp timestampOf(Instant instant) throws SQLException {
        try {
            return Timestamp.from(instant);
        } catch (IllegalArgumentException tooFar) {
            throw Failures.outOfRange(instant, "java.sql.Timestamp");
        }
    }

    private static ZoneId zoneOf(@Nullable Calendar calendar, ZoneId zone) {
        return calendar == null ? zone : calendar.getTimeZone().toZoneId();
    }

    private static long millisIn(Calendar calendar, LocalDateTime reading) {
        Calendar fields = (Calendar) calendar.clone(); // the caller's is not ours to change
        fields.clear();
        fields.setLenient(true); // a time that a change to summer time skips must still become a value
        int year = reading.getYear();
        if (year <= 0 && fields instanceof GregorianCalendar) {
            fields.set(Calendar.ERA, GregorianCalendar.BC);
            year = 1 - year;
        }
        fields.set(year, reading.getMonthValue() - 1, reading.getDayOfMonth(), reading.getHour(), reading.getMinute(), reading.getSecond());
        fields.set(Calendar.MILLISECOND, reading.getNano() / 1_000_000);
        return fields.getTimeInMillis();
    }

    // ---- from java.sql and java.util, for parameters

    static LocalDate fromDate(Date date, @Nullable Calendar calendar) throws SQLException {
        return calendar == null ? date.toLocalDate() : readingIn(calendar, date.getTime()).toLocalDate();
    }

    static LocalTime fromTime(Time time, @Nullable Calendar calendar) throws SQLException {
        // Not Time.toLocalTime: it drops the milliseconds.
        return (calendar == null ? new Timestamp(time.getTime()).toLocalDateTime() : readingIn(calendar, time.getTime())).toLocalTime();
    }

    static LocalDateTime fromTimestamp(Timestamp timestamp, @Nullable Calendar calendar) throws SQLException {
        return calendar == null
                ? timestamp.toLocalDateTime()
                : readingIn(calendar, timestamp.getTime()).withNano(timestamp.getNanos());
    }

    private static LocalDateTime readingIn(Calendar calendar, long millis) throws SQLException {
        Calendar fields = (Calendar) calendar.clone();
        fields.setTimeInMillis(millis);
        int year = fields.get(Calendar.YEAR);
        boolean beforeChrist = fields instanceof GregorianCalendar && fields.get(Calendar.ERA) == GregorianCalendar.BC;
        try {
            return LocalDateTime.of(
                    beforeChrist ? 1 - year : year,
                    fields.get(Calendar.MONTH) + 1,
                    fields.get(Calendar.DAY_OF_MONTH),
                    fields.get(Calendar.HOUR_OF_DAY),
                    fields.get(Calendar.MINUTE),
                    fields.get(Calendar.SECOND),
                    fields.get(Calendar.MILLISECOND) * 1_000_000);
        } catch (DateTimeException notInIsoCalendar) {
            throw Failures.outOfRange(millis, "a date of the ISO calendar");
        }
    }
}
