package org.coconutdb.sql.session;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
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
import org.coconutdb.engine.transaction.ReadPolicy;
import org.coconutdb.jdbc.session.TimeZones;
import org.coconutdb.sql.catalog.NearestName;
import org.coconutdb.sql.catalog.Sizes;
import org.coconutdb.sql.catalog.TimeSpans;
import org.coconutdb.sql.parser.ReadPolicies;
import org.coconutdb.sql.plan.ParallelConfig;
import org.coconutdb.sql.catalog.ZonedTimes;
import org.coconutdb.sql.spill.QueryMemoryConfig;
import org.jspecify.annotations.Nullable;

/// An embedded database's URL and what was set with it, both checked.
///
/// `jdbc:coconut:mem:name`, `jdbc:coconut:file:directory` or `jdbc:coconut:member:file` ([MemberFile]), each with `;property=value` behind it. Properties from the URL win over
/// those that came beside it. An unknown one is refused: a misspelt limit must not be ignored.
///
/// @param name of an in-memory database, empty: a private one; null for a directory
/// @param directory of a durable database; null of others
/// @param member of a cluster, which this process is to be; null of others
/// @param schema the session's first schema
/// @param timeZone the session's first time zone
/// @param reads on what the session's reads of a cluster rest at first
/// @param credentials of the user; null: the database's owner, who may do everything
/// @param config what the database is opened with, where this URL is the first to open it
/// @param queryMemory the same of what its statements may hold
/// @param parallel the same of how its statements use threads
/// @param slowStatementMillis the same of its sessions: from which on a statement is told as slow; 0: none is
record ConnectionUrl(@Nullable String name, @Nullable Path directory, @Nullable MemberFile member, String schema, ZoneId timeZone,
        ReadPolicy reads,
        @Nullable Credentials credentials, EngineConfig config,
        long slowStatementMillis, QueryMemoryConfig queryMemory, ParallelConfig parallel) {
    static final String MEMORY_PREFIX = "jdbc:coconut:mem:";
    static final String FILE_PREFIX = "jdbc:coconut:file:";
    static final String MEMBER_PREFIX = "jdbc:coconut:member:";

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
    static final String QUERY_PARALLELISM = "query.parallelism";
    static final String QUERY_PARALLEL_ROWS = "query.parallel.rows";
    private static final long SLOW_STATEMENT_LARGEST = 86_400_000;
    private static final List<String> NAMES = List.of(LOCK, LIMIT, HOT, CHECKPOINT, SNAPSHOT_AGE, TRANSACTION_BYTES, DURABILITY,
            SYNC_INTERVAL, BLOCKS, SCHEMA, TimeZones.PROPERTY, ReadPolicies.PROPERTY, SLOW_STATEMENT, QUERY_MEMORY, QUERY_SPILL_MAX,
            QUERY_PARALLELISM, QUERY_PARALLEL_ROWS);
    private static final String USER = "user";
    private static final String PASSWORD = "password";
    /// Sent by every client of `DriverManager`, and none of the database's settings.
    private static final List<String> OF_USER = List.of(USER, PASSWORD);

    static List<String> ofDatabase() {
        return NAMES.stream().filter(name -> !name.equals(SCHEMA)).toList();
    }

    static boolean accepts(String url) {
        return hasPrefix(url, MEMORY_PREFIX) || hasPrefix(url, FILE_PREFIX) || hasPrefix(url, MEMBER_PREFIX);
    }

    private static boolean hasPrefix(String url, String prefix) {
        return url.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    /// INVALID_CONNECTION_STRING where a part of it cannot be used.
    static ConnectionUrl parse(String url, Properties properties) {
        boolean memory = hasPrefix(url, MEMORY_PREFIX);
        boolean isMember = hasPrefix(url, MEMBER_PREFIX);
        if (!accepts(url)) {
            throw invalid().with("url", url).mend("Use jdbc:coconut:mem:name or jdbc:coconut:file:directory.");
        }
        String prefix = memory ? MEMORY_PREFIX : isMember ? MEMBER_PREFIX : FILE_PREFIX;
        String[] parts = url.substring(prefix.length()).split(";", -1);
        Map<String, String> settings = new TreeMap<>();
        for (String property : properties.stringPropertyNames()) {
            if (OF_USER.contains(property)) {
                settings.put(property, properties.getProperty(property));
            } else {
                settings.put(known(property), properties.getProperty(property).strip());
            }
        }
        for (int i = 1; i < parts.length; i++) {
            readSetting(parts[i], settings);
        }
        MemberFile member = isMember ? MemberFile.read(path(parts[0],
                "Name the file of a cluster's member: jdbc:coconut:member:./member.properties."))
                : null;
        Path directory = memory || isMember ? null : path(parts[0], "Name a directory: jdbc:coconut:file:./data.");
        if (member != null) {
            requireNoneOf(settings, BLOCKS, HOT, CHECKPOINT, DURABILITY, SYNC_INTERVAL);
        }
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
        return new ConnectionUrl(memory ? parts[0].strip() : null, directory, member, settings.getOrDefault(SCHEMA, "PUBLIC"),
                timeZone(settings.get(TimeZones.PROPERTY)), reads(settings.get(ReadPolicies.PROPERTY)), Credentials.of(settings.get(USER),
                        settings.get(PASSWORD)), config,
                settings.containsKey(SLOW_STATEMENT) ? slowStatement(settings.get(SLOW_STATEMENT)) : 0, queryMemory(directory, settings),
                parallel(settings));
    }

    /// Where none is named it is the process's, in which `java.sql`'s classes read clocks, too.
    private static ZoneId timeZone(@Nullable String name) {
        return name == null ? ZoneId.systemDefault()
                : TimeZones.find(name).orElseThrow(() -> invalid().with(TimeZones.PROPERTY, name).mend(ZonedTimes.mend(name)));
    }

    private static ReadPolicy reads(@Nullable String text) {
        return text == null ? ReadPolicy.LOCAL
                : ReadPolicies.parse(text).orElseThrow(() -> invalid().with(ReadPolicies.PROPERTY, text).mend(ReadPolicies.MEND));
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
        settings.put(OF_USER.contains(property) ? property : known(property), part.substring(equals + 1).strip());
    }

    private static String known(String property) {
        if (NAMES.contains(property)) {
            return property;
        }
        String nearest = NearestName.of(property, NAMES).map(name -> "Did you mean " + name + "? ").orElse("");
        throw invalid().with("property", property).mend(nearest + "Known are " + String.join(", ", NAMES) + ".");
    }

    private static Path path(String text, String mend) {
        if (text.isBlank()) {
            throw invalid().with("path", text).mend(mend);
        }
        try {
            return Path.of(text.strip());
        } catch (InvalidPathException bad) {
            throw invalid().with("path", text).with("detail", bad.getReason()).mend(mend);
        }
    }

    private static void requireNoneOf(Map<String, String> settings, String... names) {
        for (String name : names) {
            if (settings.containsKey(name)) {
                throw invalid().with("property", name).mend("A cluster has it in its member files, or does without: leave it out.");
            }
        }
    }

    private static int blocks(String value) {
        return (int) number(BLOCKS, value, 1, EngineConfig.BLOCK_COUNT_MAX, "Give a number from 1 to " + EngineConfig.BLOCK_COUNT_MAX
                + ".");
    }

    private static long slowStatement(String value) {
        return number(SLOW_STATEMENT, value, 0, SLOW_STATEMENT_LARGEST, "Give milliseconds, 1 to " + SLOW_STATEMENT_LARGEST
                + ", or 0 for none.");
    }

    private static long number(String property, String value, long min, long max, String mend) {
        try {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, like a number outside of the bounds.
        }
        throw invalid().with(property, value).mend(mend);
    }

    private static ParallelConfig parallel(Map<String, String> settings) {
        ParallelConfig defaults = ParallelConfig.defaults();
        String threads = settings.get(QUERY_PARALLELISM);
        String rows = settings.get(QUERY_PARALLEL_ROWS);
        return new ParallelConfig(
                threads == null ? defaults.threads()
                        : (int) number(QUERY_PARALLELISM, threads, 1, ParallelConfig.THREADS_MAX,
                                "Give a number of threads from 1 to " + ParallelConfig.THREADS_MAX + "."),
                rows == null ? defaults.rowsMin()
                        : number(QUERY_PARALLEL_ROWS, rows, 0, Long.MAX_VALUE, "Give a number of rows, 0 or more."));
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
