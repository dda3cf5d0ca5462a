package org.coconutdb.sql.catalog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.TimeZones;
import org.coconutdb.jdbc.session.ZonedTexts;
import org.jspecify.annotations.Nullable;

/// Time zones by name, and points on the time line as text, with our errors. Points are milliseconds since 1970 in UTC.
public final class ZonedTimes {
    private static final int YEAR_MIN = 1;
    private static final int YEAR_MAX = 9999;
    private static final int SUGGESTIONS_MAX = 3;

    private ZonedTimes() {}

    /// INVALID_ARGUMENT with names like it where there is none of the name.
    public static ZoneId zone(String name) {
        return TimeZones.find(name).orElseThrow(() -> CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                .with("timeZone", name.length() > 60 ? name.substring(0, 60) + "…" : name)
                .mend(mend(name)));
    }

    /// What to write instead of a name that no zone has.
    public static String mend(String name) {
        return suggestion(name)
                + "A time zone is a name of the tz database, such as Europe/Berlin or UTC, or a distance from UTC, such as +02:00.";
    }

    private static String suggestion(String name) {
        Set<String> nearest = new LinkedHashSet<>();
        List<String> known = TimeZones.known().stream().sorted().toList();
        String wanted = city(name).toUpperCase(Locale.ROOT).replace(' ', '_');
        known.stream().filter(id -> city(id).toUpperCase(Locale.ROOT).equals(wanted)).forEach(nearest::add);
        NearestName.of(name, known).ifPresent(nearest::add);
        NearestName.of(wanted, known.stream().map(ZonedTimes::city).distinct().toList())
                .ifPresent(city -> known.stream().filter(id -> city(id).equals(city)).forEach(nearest::add));
        List<String> told = new ArrayList<>(nearest).subList(0, Math.min(SUGGESTIONS_MAX, nearest.size()));
        return told.isEmpty() ? "" : "Did you mean " + String.join(" or ", told) + "? ";
    }

    private static String city(String name) {
        return name.substring(name.lastIndexOf('/') + 1).strip();
    }

    /// INVALID_DATETIME where the text is none.
    ///
    /// @param zone where the text names none
    public static long read(String text, ZoneId zone) {
        try {
            return millis(ZonedTexts.read(text, zone), text);
        } catch (DateTimeException unreadable) {
            throw invalid(text, unreadable).mend("Write it as " + ZonedTexts.EXAMPLE + ", or with a zone's name behind, or with no zone.");
        }
    }

    /// INVALID_DATETIME where it is in a year that no date is in.
    ///
    /// @param value that it comes from, for the message
    public static long millis(Instant moment, Object value) {
        int year = moment.atOffset(ZoneOffset.UTC).getYear();
        if (year < YEAR_MIN || year > YEAR_MAX) {
            throw invalid(value, null).mend("Years are 0001 to 9999, in UTC.");
        }
        return moment.toEpochMilli();
    }

    private static CoconutException invalid(Object value, @Nullable Throwable cause) {
        CoconutException invalid = cause == null ? CoconutException.of(ErrorCode.INVALID_DATETIME)
                : CoconutException.of(ErrorCode.INVALID_DATETIME, cause);
        return invalid.with("value", value);
    }

    /// Whether a text says which zone it is of.
    public static boolean namesZone(String text) {
        return ZonedTexts.namesZone(text);
    }

    /// As the reading in a zone, with its distance from UTC behind, and the fractional digits that it needs.
    public static String write(Instant moment, ZoneId zone) {
        return ZonedTexts.write(moment, zone);
    }

    /// A reading by itself, with the fractional digits that it needs.
    public static String write(LocalDateTime reading) {
        return ZonedTexts.write(reading);
    }

    /// A time of day likewise.
    public static String write(LocalTime time) {
        return ZonedTexts.write(time);
    }
}
