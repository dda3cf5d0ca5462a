package org.coconutdb.sql.session;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.jspecify.annotations.Nullable;

/// An embedded database's URL and what was set with it, both checked.
///
/// `jdbc:coconut:mem:name` or `jdbc:coconut:file:directory`, each with `;property=value` behind it. Properties from the URL win over
/// those that came beside it. An unknown one is refused: a misspelt limit must not be ignored.
///
/// @param name of an in-memory database, empty: a private one; null for a directory
/// @param directory of a durable database; null in memory
/// @param schema the session's first schema
/// @param config what the database is opened with, where this URL is the first to open it
record ConnectionUrl(@Nullable String name, @Nullable Path directory, String schema, EngineConfig config) {
    static final String MEMORY_PREFIX = "jdbc:coconut:mem:";
    static final String FILE_PREFIX = "jdbc:coconut:file:";

    static final String LOCK = "memory.lock";
    static final String LIMIT = "memory.limit";
    static final String CHECKPOINT = "checkpoint.log.bytes";
    static final String BLOCKS = "blocks";
    static final String SCHEMA = "schema";
    private static final List<String> NAMES = List.of(LOCK, LIMIT, CHECKPOINT, BLOCKS, SCHEMA);
    /// Sent by every client of `DriverManager`; an embedded database has no users.
    private static final List<String> WITHOUT_EFFECT = List.of("user", "password");

    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s*(|B|KB|KIB|K|MB|MIB|M|GB|GIB|G|TB|TIB|T)");

    static boolean accepts(String url) {
        return hasPrefix(url, MEMORY_PREFIX) || hasPrefix(url, FILE_PREFIX);
    }

    private static boolean hasPrefix(String url, String prefix) {
        return url.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    /// INVALID_CONNECTION_STRING where a part of it cannot be used.
    static ConnectionUrl parse(String url, Properties properties) {
        boolean memory = hasPrefix(url, MEMORY_PREFIX);
        if (!memory && !hasPrefix(url, FILE_PREFIX)) {
            throw invalid().with("url", url).mend("Use jdbc:coconut:mem:name or jdbc:coconut:file:directory.");
        }
        String[] parts = url.substring(memory ? MEMORY_PREFIX.length() : FILE_PREFIX.length()).split(";", -1);
        Map<String, String> settings = new TreeMap<>();
        for (String property : properties.stringPropertyNames()) {
            if (!WITHOUT_EFFECT.contains(property)) {
                settings.put(known(property), properties.getProperty(property).strip());
            }
        }
        for (int i = 1; i < parts.length; i++) {
            readSetting(parts[i], settings);
        }
        Path directory = memory ? null : directory(parts[0]);
        EngineConfig defaults = directory == null ? EngineConfig.inMemory() : EngineConfig.inDirectory(directory);
        EngineConfig config =
                new EngineConfig(
                        directory,
                        settings.containsKey(BLOCKS) ? blocks(settings.get(BLOCKS)) : defaults.blockCount(),
                        settings.containsKey(LIMIT) ? size(LIMIT, settings.get(LIMIT)) : defaults.memoryLimitBytes(),
                        settings.containsKey(LOCK) ? lock(settings.get(LOCK)) : defaults.lock(),
                        settings.containsKey(CHECKPOINT)
                                ? Math.max(1, size(CHECKPOINT, settings.get(CHECKPOINT)))
                                : defaults.checkpointLogBytes());
        return new ConnectionUrl(memory ? parts[0].strip() : null, directory, settings.getOrDefault(SCHEMA, "PUBLIC"), config);
    }

    private static void readSetting(String part, Map<String, String> settings) {
        if (part.isBlank()) {
            return;
        }
        int equals = part.indexOf('=');
        if (equals < 0) {
            throw invalid().with("property", part).mend("Write it as ;name=value.");
        }
        String property = part.substring(0, equals).strip();
        if (!WITHOUT_EFFECT.contains(property)) {
            settings.put(known(property), part.substring(equals + 1).strip());
        }
    }

    private static String known(String property) {
        if (NAMES.contains(property)) {
            return property;
        }
        String nearest = NearestName.of(property, NAMES).map(name -> "Did you mean " + name + "? ").orElse("");
        throw invalid().with("property", property).mend(nearest + "Known are " + String.join(", ", NAMES) + ".");
    }

    private static Path directory(String text) {
        if (text.isBlank()) {
            throw invalid().with("url", FILE_PREFIX + text).mend("Name a directory: jdbc:coconut:file:./data.");
        }
        try {
            return Path.of(text.strip());
        } catch (InvalidPathException bad) {
            throw invalid().with("directory", text).with("detail", bad.getReason()).mend("Name a directory: jdbc:coconut:file:./data.");
        }
    }

    private static int blocks(String value) {
        try {
            int blocks = Integer.parseInt(value);
            if (blocks >= 1 && blocks <= EngineConfig.BLOCK_COUNT_MAX) {
                return blocks;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, like a number outside of the bounds.
        }
        throw invalid().with(BLOCKS, value).mend("Give a number from 1 to " + EngineConfig.BLOCK_COUNT_MAX + ".");
    }

    private static long size(String property, String value) {
        Matcher size = SIZE.matcher(value.toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            throw invalid().with(property, value).mend("Write a size such as 512MB or 4GB.");
        }
        long number = Long.parseLong(size.group(1));
        String unit = size.group(2);
        int shift = unit.isEmpty() ? 0 : 10 * "BKMGT".indexOf(unit.charAt(0));
        if (number > Long.MAX_VALUE >> shift) {
            throw invalid().with(property, value).mend("Write a size such as 512MB or 4GB.");
        }
        return number << shift;
    }

    private static LockPolicy lock(String value) {
        for (LockPolicy policy : LockPolicy.values()) {
            if (policy.name().equalsIgnoreCase(value)) {
                return policy;
            }
        }
        String policies =
                java.util.Arrays.stream(LockPolicy.values()).map(policy -> policy.name().toLowerCase(Locale.ROOT)).collect(Collectors
                        .joining(", "));
        throw invalid().with(LOCK, value).mend("Give one of " + policies + ".");
    }

    private static CoconutException invalid() {
        return CoconutException.of(ErrorCode.INVALID_CONNECTION_STRING);
    }
}
