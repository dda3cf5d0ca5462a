package org.coconutdb.jdbc.session;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Time zones by the names that SQL and connection properties have for them: those of the tz database, in whatever case, and distances from
/// UTC, of which a positive one is east of it, as in ISO 8601 and the SQL standard: `Europe/Berlin`, `utc`, `+02:00`, `-3`, `Z`.
public final class TimeZones {
    /// Of a connection's properties, the one that names its first zone.
    public static final String PROPERTY = "time.zone";

    private static final Pattern OFFSET = Pattern.compile("[+-]\\d{1,2}(:?\\d{2}(:?\\d{2})?)?");
    private static final Map<String, String> NAMES = names();

    private TimeZones() {}

    private static Map<String, String> names() {
        Map<String, String> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ZoneId.getAvailableZoneIds().forEach(id -> names.put(id, id));
        return Collections.unmodifiableMap(names);
    }

    /// All that have a name, as the tz database writes them.
    public static Set<String> known() {
        return Set.copyOf(NAMES.values());
    }

    /// Empty where there is none of the name.
    public static Optional<ZoneId> find(String name) {
        String stripped = name.strip();
        String known = NAMES.get(stripped);
        if (known != null) {
            return Optional.of(ZoneId.of(known));
        }
        try {
            if (OFFSET.matcher(stripped).matches()) {
                return Optional.of(ZoneOffset.of(stripped));
            }
            String upper = stripped.toUpperCase(Locale.ROOT);
            // Z, and UTC+2 and its like.
            return upper.equals("Z") || upper.startsWith("UTC") || upper.startsWith("GMT") ? Optional.of(ZoneId.of(upper)) : Optional
                    .empty();
        } catch (DateTimeException tooFar) {
            return Optional.empty();
        }
    }
}
