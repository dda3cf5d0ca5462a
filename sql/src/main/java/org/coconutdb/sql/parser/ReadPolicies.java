package org.coconutdb.sql.parser;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.ReadPolicy;
import org.coconutdb.sql.catalog.TimeSpans;

/// Policies of reads as they are written: `local`, `primary`, `stale(5s)`.
public final class ReadPolicies {
    /// Of a connection.
    public static final String PROPERTY = "read";
    public static final String MEND = "Give local, primary or stale(age), with an age from 1ms to 1d such as stale(5s).";

    private static final Pattern STALE = Pattern.compile("stale\\s*\\(([^()]*)\\)");

    private ReadPolicies() {}

    /// Empty where it is none.
    public static Optional<ReadPolicy> parse(String text) {
        String written = text.strip().toLowerCase(Locale.ROOT);
        Matcher stale = STALE.matcher(written);
        if (stale.matches()) {
            return TimeSpans.parse(stale.group(1))
                    .filter(age -> age.isPositive() && age.compareTo(ReadPolicy.Stale.MAX_AGE_LONGEST) <= 0)
                    .map(ReadPolicy.Stale::new);
        }
        return switch (written) {
            case "local" -> Optional.of(ReadPolicy.LOCAL);
            case "primary" -> Optional.of(ReadPolicy.PRIMARY);
            default -> Optional.empty();
        };
    }

    /// What [#parse] reads.
    public static String text(ReadPolicy policy) {
        return switch (policy) {
            case ReadPolicy.Local() -> "local";
            case ReadPolicy.Primary() -> "primary";
            case ReadPolicy.Stale(Duration age) -> "stale(" + (age.toMillis() % 1_000 == 0 ? age.toSeconds() + "s" : age.toMillis() + "ms")
                    + ")";
        };
    }

    /// What SET READ says. INVALID_ARGUMENT.
    public static SessionSetting setting(String text) {
        return new SessionSetting.Read(parse(text).orElseThrow(() -> CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                .with(PROPERTY, text.length() > 60 ? text.substring(0, 60) + "…" : text)
                .mend(MEND)));
    }
}
