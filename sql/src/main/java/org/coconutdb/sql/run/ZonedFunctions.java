package org.coconutdb.sql.run;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import org.apache.calcite.DataContext;
import org.coconutdb.sql.catalog.ZonedTimes;

/// What is between points on the time line and readings of a calendar and a clock, both in Calcite's representation: milliseconds since 1970 of
/// UTC, and of the reading as if it were one of UTC. A reading that a clock skips is as much later, and of one that it shows twice the first is
/// meant, as `java.time` has it. Generated code calls these; not with NULL.
///
/// The session's zone is the execution's: plans are shared by sessions of all zones.
public final class ZonedFunctions {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final int MINUTE_SECONDS = 60;
    private static final int HOUR_SECONDS = 3_600;

    private ZonedFunctions() {}

    private static ZoneId zone(DataContext context) {
        return ((PlanDataContext) context).execution().timeZone();
    }

    private static LocalDateTime reading(long millis) {
        return LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1_000L), Math.floorMod(millis, 1_000) * 1_000_000, ZoneOffset.UTC);
    }

    private static long millis(LocalDateTime reading) {
        return reading.toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    private static ZonedDateTime at(long moment, ZoneId zone) {
        return Instant.ofEpochMilli(moment).atZone(zone);
    }

    private static long toReading(long moment, ZoneId zone) {
        return millis(at(moment, zone).toLocalDateTime());
    }

    private static long toMoment(long reading, ZoneId zone) {
        return reading(reading).atZone(zone).toInstant().toEpochMilli();
    }

    /// `moment AT TIME ZONE zone`.
    public static long toReading(String zone, long moment) {
        return toReading(moment, ZonedTimes.zone(zone));
    }

    /// `reading AT TIME ZONE zone`.
    public static long toMoment(String zone, long reading) {
        return toMoment(reading, ZonedTimes.zone(zone));
    }

    /// `moment AT LOCAL`.
    public static long toReading(DataContext context, long moment) {
        return toReading(moment, zone(context));
    }

    /// `reading AT LOCAL`.
    public static long toMoment(DataContext context, long reading) {
        return toMoment(reading, zone(context));
    }

    /// The moment of a reading that was computed from one's: where the clock shows the reading twice, the one that is as far from UTC.
    public static long toMomentNear(DataContext context, long reading, long moment) {
        ZoneId zone = zone(context);
        return ZonedDateTime.ofLocal(reading(reading), zone, at(moment, zone).getOffset()).toInstant().toEpochMilli();
    }

    public static String toText(DataContext context, long moment) {
        return ZonedTimes.write(Instant.ofEpochMilli(moment), zone(context));
    }

    /// INVALID_DATETIME.
    public static long read(DataContext context, String text) {
        return ZonedTimes.read(text, zone(context));
    }

    /// Days and what is over of them, DATETIME_OVERFLOW beyond the years that there are: days are the calendar's in the
    /// session's zone, of 23 or 25 hours where the clock is changed, and the rest is time that goes by, as PostgreSQL has it.
    ///
    /// @param sign 1 or -1
    public static long plusDays(DataContext context, long moment, long intervalMillis, int sign) {
        long span = TimeFunctions.checkedSpan(intervalMillis);
        long days = span / DAY_MILLIS * sign;
        long rest = span % DAY_MILLIS * sign;
        return TimeFunctions.checked(at(moment, zone(context)).plusDays(days).toInstant().toEpochMilli() + rest);
    }

    /// Months of the calendar in the session's zone; the last day of a month stands for those that it has not.
    ///
    /// @param sign 1 or -1
    public static long plusMonths(DataContext context, long moment, long months, int sign) {
        long moved = TimeFunctions.checkedMonths(months) * sign;
        return TimeFunctions.checked(at(moment, zone(context)).plusMonths(moved).toInstant().toEpochMilli());
    }

    /// Seconds that the session's clock is ahead of UTC.
    public static long offset(DataContext context, long moment) {
        return at(moment, zone(context)).getOffset().getTotalSeconds();
    }

    /// The whole hours of that, with its sign.
    public static long offsetHours(DataContext context, long moment) {
        return offset(context, moment) / HOUR_SECONDS;
    }

    /// The minutes over the whole hours, with its sign.
    public static long offsetMinutes(DataContext context, long moment) {
        return offset(context, moment) % HOUR_SECONDS / MINUTE_SECONDS;
    }

    /// CURRENT_TIMESTAMP with this number of fractional digits, 0 to 3.
    public static long now(DataContext context, int digits) {
        return cut(((PlanDataContext) context).execution().startedMillis(), digits);
    }

    /// LOCALTIMESTAMP likewise.
    public static long localNow(DataContext context, int digits) {
        return cut(toReading(((PlanDataContext) context).execution().startedMillis(), zone(context)), digits);
    }

    private static long cut(long millis, int digits) {
        long unit = switch (digits) {
            case 0 -> 1_000;
            case 1 -> 100;
            case 2 -> 10;
            default -> 1;
        };
        return Math.floorDiv(millis, unit) * unit;
    }

    /// No reading before this one is of the moment or a later one.
    public static long leastReading(DataContext context, long moment) {
        ZoneId zone = zone(context);
        ZoneOffsetTransition before = zone.getRules().previousTransition(Instant.ofEpochMilli(moment).plusMillis(1));
        long reading = toReading(moment, zone);
        // For as long as the clock has skipped, what it skipped stands for the same moments.
        boolean isBehindGap = before != null && before.isGap() && moment - before.toEpochSecond() * 1_000 < before.getDuration().toMillis();
        return isBehindGap ? reading - before.getDuration().toMillis() : reading;
    }

    /// No reading after this one is of the moment or an earlier one.
    public static long greatestReading(DataContext context, long moment) {
        ZoneId zone = zone(context);
        ZoneOffsetTransition before = zone.getRules().previousTransition(Instant.ofEpochMilli(moment).plusMillis(1));
        long reading = toReading(moment, zone);
        // What the clock shows for the second time are readings of the first.
        boolean isBehindOverlap = before != null && before.isOverlap()
                && moment - before.toEpochSecond() * 1_000 < -before.getDuration().toMillis();
        return isBehindOverlap ? reading - before.getDuration().toMillis() : reading;
    }
}
