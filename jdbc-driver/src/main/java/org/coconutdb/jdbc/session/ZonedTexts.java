package org.coconutdb.jdbc.session;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Points on the time line as text: the reading of a calendar and a clock in a zone, and how far that is from UTC, such as
/// `2026-03-29 03:30:00.5+02:00`. And readings by themselves.
///
/// All have the digits behind the seconds that they need, up to the last that is not 0.
public final class ZonedTexts {
    /// How it is written, for messages.
    public static final String EXAMPLE = "2026-12-31 23:59:59+01:00";

    private static final int DIGITS_MAX = 9;
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, DIGITS_MAX, true)
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder().append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .append(TIME)
            .toFormatter(Locale.ROOT);
    private static final DateTimeFormatter MOMENT = new DateTimeFormatterBuilder().append(TIMESTAMP)
            .appendOffset("+HH:MM:ss", "+00:00")
            .toFormatter(Locale.ROOT);
    private static final Pattern READ = Pattern.compile("\\s*(\\d{4,9})-(\\d{1,2})-(\\d{1,2})"
            + "(?:(?:[Tt]|\\s+)(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?)?\\s*(\\S.*?)?\\s*");
    // ISO 8601 with the name of a zone behind: the distance says more, where a clock shows a time twice.
    private static final Pattern OFFSET_AND_NAME = Pattern.compile("([+-][\\d:]+|[Zz])\\[[^]]*]");

    private ZonedTexts() {}

    public static String write(Instant moment, ZoneId zone) {
        return MOMENT.format(moment.atZone(zone));
    }

    public static String write(LocalDateTime reading) {
        return TIMESTAMP.format(reading);
    }

    public static String write(LocalTime time) {
        return TIME.format(time);
    }

    /// Reads a date, a time behind it or none (midnight), and a zone behind that or none: a name, a distance from UTC, or both as ISO 8601 has
    /// them. A time that the clock skips is as much later; one that it shows twice is the first of them.
    ///
    /// @param zone where the text names none
    /// @throws DateTimeException where it is none of these
    public static Instant read(String text, ZoneId zone) {
        Matcher parts = READ.matcher(text);
        if (!parts.matches()) {
            throw new DateTimeException("no date and time");
        }
        LocalDateTime reading = LocalDateTime.of(number(parts, 1), number(parts, 2), number(parts, 3), number(parts, 4), number(parts, 5),
                number(parts, 6), nanos(parts.group(7)));
        String named = parts.group(8);
        return reading.atZone(named == null ? zone : zone(named)).toInstant();
    }

    /// Whether a text says which zone it is of, so that it is the same point whatever zone it is read in.
    public static boolean namesZone(String text) {
        Matcher parts = READ.matcher(text);
        return parts.matches() && parts.group(8) != null;
    }

    private static ZoneId zone(String named) {
        Matcher both = OFFSET_AND_NAME.matcher(named);
        String name = both.matches() ? both.group(1) : named;
        return TimeZones.find(name).orElseThrow(() -> new DateTimeException("no time zone " + name));
    }

    private static int number(Matcher parts, int group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static int nanos(@Nullable String fraction) {
        return fraction == null ? 0 : Integer.parseInt((fraction + "000000000").substring(0, DIGITS_MAX));
    }
}
