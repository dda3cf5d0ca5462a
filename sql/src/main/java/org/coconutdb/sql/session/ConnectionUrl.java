package org.coconutdb.sql.session;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.Durability;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.sql.catalog.NearestName;
import org.coconutdb.sql.catalog.Sizes;
import org.coconutdb.sql.catalog.TimeSpans;
import org.coconutdb.sql.spill.QueryMemoryConfig;
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
/// @param queryMemory the same of what its statements may hold
/// @param slowStatementMillis the same of its sessions: from which on a statement is told as slow; 0: none is
record ConnectionUrl(@Nullable String name, @Nullable Path directory, String schema, EngineConfig config,
        long slowStatementMillis, QueryMemoryConfig queryMemory) {
    static final String MEMORY_PREFIX = "jdbc:coconut:mem:";
    static final String FILE_PREFIX = "jdbc:coconut:file:";

    static final String LOCK = "memory.lock";
    static final String LIMIT = "memory.limit";
    static final String HOT = "memory.hot";
    static final String CHECKPOINT = "checkpoint.log.bytes";
    static final String SNAPSHOT_AGE = "snapshot.age.max";
    static final String TRANSACTION_BYTES = "transaction.bytes.max";
    static final String DURABILITY = "durability";
    static final String SYNC_INTERVAL = "durability.interval";
    static final String BLOCKS = "blocks";
    static final String SCHEMA = "schema";
    static final String SLOW_STATEMENT = "slow.statement.millis";
    static final String QUERY_MEMORY = "query.memory";
    static final String QUERY_SPILL_MAX = "query.spill.max";
    private static final long SLOW_STATEMENT_LARGEST = 86_400_000;
    private static final List<String> NAMES = List.of(LOCK, LIMIT, HOT, CHECKPOINT, SNAPSHOT_AGE, TRANSACTION_BYTES, DURABILITY,
            SYNC_INTERVAL, BLOCKS, SCHEMA, SLOW_STATEMENT, QUERY_MEMORY, QUERY_SPILL_MAX);
    /// Sent by every client of `DriverManager`; an embedded database has no users.
    private static final List<String> WITHOUT_EFFECT = List.of("user", "password");

    static List<String> ofDatabase() {
        return NAMES.stream().filter(name -> !name.equals(SCHEMA)).toList();
    }

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
        EngineConfig config = defaults;
        if (settings.containsKey(BLOCKS)) {
            config = config.withBlockCount(blocks(settings.get(BLOCKS)));
        }
        if (settings.containsKey(LIMIT)) {
            config = config.withMemoryLimitBytes(size(LIMIT, settings.get(LIMIT)));
        }
        if (settings.containsKey(HOT)) {
            config = config.withHotBytesMax(hot(settings.get(HOT)));
        }
        if (settings.containsKey(LOCK)) {
            config = config.withLock(lock(settings.get(LOCK)));
        }
        if (settings.containsKey(CHECKPOINT)) {
            config = config.withCheckpointLogBytes(Math.max(1, size(CHECKPOINT, settings.get(CHECKPOINT))));
        }
        if (settings.containsKey(SNAPSHOT_AGE)) {
            config = config.withSnapshotAgeMax(snapshotAge(settings.get(SNAPSHOT_AGE)));
        }
        if (settings.containsKey(TRANSACTION_BYTES)) {
            config = config.withTransactionBytesMax(transactionBytes(settings.get(TRANSACTION_BYTES)));
        }
        config = withDurability(config, settings);
        return new ConnectionUrl(memory ? parts[0].strip() : null, directory, settings.getOrDefault(SCHEMA, "PUBLIC"), config,
                settings.containsKey(SLOW_STATEMENT) ? slowStatement(settings.get(SLOW_STATEMENT)) : 0, queryMemory(directory, settings));
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

    private static long slowStatement(String value) {
        try {
            long millis = Long.parseLong(value);
            if (millis >= 0 && millis <= SLOW_STATEMENT_LARGEST) {
                return millis;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, like a number outside of the bounds.
        }
        throw invalid().with(SLOW_STATEMENT, value).mend("Give milliseconds, 1 to " + SLOW_STATEMENT_LARGEST + ", or 0 for none.");
    }

    private static long size(String property, String value) {
        return Sizes.parse(value).orElseThrow(() -> invalid().with(property, value).mend(Sizes.MEND));
    }

    private static Duration snapshotAge(String value) {
        return TimeSpans.parse(value)
                .filter(age -> age.toMillisPart() == 0 && age.compareTo(EngineConfig.SNAPSHOT_AGE_LONGEST) <= 0)
                .orElseThrow(() -> invalid().with(SNAPSHOT_AGE, value).mend(TimeSpans.MEND));
    }

    private static EngineConfig withDurability(EngineConfig config, Map<String, String> settings) {
        String mode = settings.get(DURABILITY);
        String interval = settings.get(SYNC_INTERVAL);
        if (config.directory() == null && (mode != null || interval != null)) {
            throw invalid().with("property", mode == null ? SYNC_INTERVAL : DURABILITY)
                    .mend("A database in memory outlives nothing: use jdbc:coconut:file:directory, or leave it out.");
        }
        EngineConfig durable = mode == null ? config : config.withDurability(durability(mode));
        if (interval == null) {
            return durable;
        }
        if (durable.durability() != Durability.INTERVAL) {
            throw invalid().with(SYNC_INTERVAL, interval).mend("It belongs to durability=interval: give both, or leave it out.");
        }
        return durable.withSyncInterval(TimeSpans.parse(interval)
                .filter(span -> span.compareTo(EngineConfig.SYNC_INTERVAL_MIN) >= 0
                        && span.compareTo(EngineConfig.SYNC_INTERVAL_MAX) <= 0)
                .orElseThrow(() -> invalid().with(SYNC_INTERVAL, interval).mend("Write a duration from 1ms to 1h, such as 250ms.")));
    }

    private static Durability durability(String value) {
        for (Durability durability : Durability.values()) {
            if (durability.name().equalsIgnoreCase(value)) {
                return durability;
            }
        }
        throw invalid().with(DURABILITY, value).mend("Give one of sync, interval, none.");
    }

    private static QueryMemoryConfig queryMemory(@Nullable Path directory, Map<String, String> settings) {
        QueryMemoryConfig config = QueryMemoryConfig.defaults(directory == null ? null : directory.resolve("spill"));
        String memory = settings.get(QUERY_MEMORY);
        if (memory != null) {
            long bytes = size(QUERY_MEMORY, memory);
            if (bytes < QueryMemoryConfig.MEMORY_BYTES_MIN || bytes > Runtime.getRuntime().maxMemory()) {
                throw invalid().with(QUERY_MEMORY, memory).with("heapBytes", Runtime.getRuntime().maxMemory())
                        .mend("Give 32KB at least, and less than the heap (-Xmx).");
            }
            config = config.withMemoryBytes(bytes);
        }
        String spill = settings.get(QUERY_SPILL_MAX);
        return spill == null ? config : config.withSpillBytesMax(size(QUERY_SPILL_MAX, spill));
    }

    private static long hot(String value) {
        long bytes = size(HOT, value);
        if (bytes != 0 && bytes < StorageOptions.HOT_BYTES_MIN) {
            throw invalid().with(HOT, value).mend("Give 1MB at least, or 0 for no such budget.");
        }
        return bytes;
    }

    private static long transactionBytes(String value) {
        long bytes = size(TRANSACTION_BYTES, value);
        if (bytes < EngineConfig.TRANSACTION_BYTES_SMALLEST || bytes > EngineConfig.TRANSACTION_BYTES_LARGEST) {
            throw invalid().with(TRANSACTION_BYTES, value).mend("Give 2MB to 1GB.");
        }
        return bytes;
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
