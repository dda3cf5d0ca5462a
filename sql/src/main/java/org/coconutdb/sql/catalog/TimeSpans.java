package org.coconutdb.sql.catalog;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them in a URL: `90`, `250ms`, `90s`, `30min`, `2 h`, `1d`; a number alone is seconds.
public final class TimeSpans {
    /// What a mend says.
    public static final String MEND = "Write a duration such as 90s, 30min, 2h or 1d.";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(|ms|s|sec|m|min|h|d)");

    private TimeSpans() {}

    /// Empty where the text is no duration.
    public static Optional<Duration> parse(String text) {
        Matcher duration = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!duration.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(duration.group(1));
        return Optional.of(switch (duration.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "m", "min" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofSeconds(number);
        });
    }
}
