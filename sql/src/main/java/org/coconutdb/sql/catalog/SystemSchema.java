package org.coconutdb.sql.catalog;

import static org.coconutdb.sql.catalog.SystemView.bigint;
import static org.coconutdb.sql.catalog.SystemView.bool;
import static org.coconutdb.sql.catalog.SystemView.integer;
import static org.coconutdb.sql.catalog.SystemView.moment;
import static org.coconutdb.sql.catalog.SystemView.number;
import static org.coconutdb.sql.catalog.SystemView.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.BlockStatus;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TierUse;
import org.coconutdb.engine.memory.MemoryUse;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.sql.access.Privilege;
import org.coconutdb.sql.access.SecuredObject;
import org.coconutdb.sql.access.Viewer;
import org.jspecify.annotations.Nullable;

/// Views of the running database.
final class SystemSchema {
    private static final String PRIMARY = "PRIMARY";
    private static final String REPLICA = "REPLICA";

    private SystemSchema() {}

    /// @param settings beside the engine's
    static List<SystemView> views(Catalog catalog, CoconutEngine engine, List<Setting> settings) {
        return List.of(
                view("TYPES",
                        List.of(text("TYPE_NAME"), integer("JDBC_TYPE"), integer("PRECISION_MAX"), text("LITERAL_PREFIX"),
                                text("LITERAL_SUFFIX"), text("CREATE_PARAMS"), bool("CASE_SENSITIVE"), integer("SEARCHABLE"),
                                integer("SCALE_MIN"), integer("SCALE_MAX")),
                        SystemSchema::types),
                view("BLOCKS",
                        List.of(integer("BLOCK_ID"), integer("TABLE_COUNT"), bigint("ROW_COUNT"), bigint("APPLIED_INDEX"),
                                bigint("COMMIT_TIMESTAMP"), moment("CREATED_AT"), moment("UPDATED_AT")),
                        () -> blocks(engine)).forAdmins(),
                view("BLOCK_SHARDS",
                        List.of(integer("BLOCK_ID"), integer("HOST"), text("ROLE"), bool("IN_SYNC"), bool("IS_HERE"), bigint("TERM"),
                                bigint("LAST_INDEX"), bigint("COMMIT_INDEX"), bigint("APPLIED_INDEX"), bool("READS_HERE"), bigint("EPOCH"),
                                text("BLOCK_SPACE")),
                        () -> blockShards(engine)).forAdmins(),
                view("BLOCK_TABLE",
                        List.of(integer("BLOCK_ID"), integer("PRIMARY_HOST"), text("REPLICA_HOSTS"), text("IN_SYNC_HOSTS"), bigint("EPOCH"),
                                integer("FIRST_SLOT"), integer("SLOT_STEP"), integer("SLOT_COUNT"), text("RANGES"), text("BLOCK_SPACE")),
                        () -> BlockTableViews.blocks(catalog, engine)).forAdmins(),
                view("HOSTS",
                        List.of(integer("HOST"), text("SQL_ADDRESS"), bool("IS_TLS"), text("REPLICATION_ADDRESS"), bool("IS_HEARD"),
                                bool("IS_HERE"), bigint("EPOCH")),
                        () -> BlockTableViews.hosts(engine)).forAdmins(),
                view("BLOCK_SPACES",
                        List.of(text("SPACE_NAME"), integer("BLOCK_COUNT"), integer("FIRST_BLOCK"), text("COMMIT_POLICY"),
                                bigint("VOTE_TIMEOUT_MILLIS"), integer("MIN_VOTERS")),
                        () -> blockSpaces(engine)).forAdmins(),
                view("VOTES",
                        List.of(integer("BLOCK_ID"), integer("HOST"), bool("IN_SYNC"), bool("IS_HERE"), bigint("VOTED_INDEX"),
                                bigint("HEARD_MILLIS_AGO"), bigint("LEASE_MILLIS_LEFT"), text("EVICTED_FOR"), bigint("EVICTIONS"),
                                bigint("ADMISSIONS"), moment("CHANGED_AT")),
                        () -> votes(engine)).forAdmins(),
                view("BLOCK_MEMORY",
                        List.of(integer("BLOCK_ID"), text("TABLE_SCHEMA"), text("TABLE_NAME"), text("PURPOSE"), text("ADDRESS"),
                                bigint("MAPPED_BYTES"), bigint("RESIDENT_BYTES"), bigint("LOCKED_BYTES")),
                        () -> memory(catalog, engine)).forAdmins(),
                view("STORAGE",
                        List.of(integer("BLOCK_ID"), text("TABLE_SCHEMA"), text("TABLE_NAME"), bigint("HOT_ROWS"), bigint("HOT_BYTES"),
                                bigint("HOT_MEMORY"), bigint("COLD_ROWS"), bigint("COLD_BYTES"), bigint("COLD_AFTER_SECONDS"),
                                bigint("DEMOTIONS"), bigint("PROMOTIONS")),
                        () -> storage(catalog, engine)).forAdmins(),
                view("INDEXES",
                        List.of(text("TABLE_SCHEMA"), text("TABLE_NAME"), text("INDEX_NAME"), bool("IS_UNIQUE"), bool("IS_CONSTRAINT"),
                                text("STATE"), integer("ORDINAL_POSITION"), text("COLUMN_NAME"), bool("IS_DESCENDING"), bigint("ENTRIES"),
                                text("REMARKS"), bool("IS_INCLUDED")),
                        () -> indexes(catalog, engine)),
                SystemView.of(CatalogSnapshot.SYSTEM, "COLUMN_STATISTICS",
                        List.of(text("TABLE_SCHEMA"), text("TABLE_NAME"), text("COLUMN_NAME"), moment("ANALYZED_AT"), bigint("ROW_COUNT"),
                                number("NULL_FRACTION"), bigint("DISTINCT_VALUES"), text("MIN_VALUE"), text("MAX_VALUE"),
                                integer("BUCKETS"), integer("COMMON_VALUES")),
                        viewer -> columnStatistics(catalog, viewer)),
                view("SETTINGS", List.of(text("NAME"), text("VALUE"), text("DESCRIPTION")), () -> settings(engine.config(), settings))
                        .forAdmins());
    }

    private static SystemView view(String name, List<ColumnDefinition> columns, Supplier<List<@Nullable Object[]>> rows) {
        return new SystemView(CatalogSnapshot.SYSTEM, name, columns, rows);
    }

    private static List<@Nullable Object[]> types() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Types.Facts type : Types.all()) {
            // Arrays have the name of their elements' type before theirs.
            if (type.type() == SqlTypeName.ARRAY) {
                continue;
            }
            boolean isText = type.type() == SqlTypeName.CHAR || type.type() == SqlTypeName.VARCHAR;
            int scaleMax = type.type() == SqlTypeName.DECIMAL ? CoconutTypeSystem.DECIMAL_DIGITS_MAX : 0;
            rows.add(new @Nullable Object[] {type.name(), type.jdbcType(), type.precisionMax(), type.literalPrefix(),
                    type.quoted() ? "'" : null, type.createParameters().isEmpty() ? null : type.createParameters(), isText,
                    isText ? 3 : 2, 0, scaleMax});
        }
        Types.Facts text = Types.of(SqlTypeName.VARCHAR);
        rows.add(new @Nullable Object[] {Types.JSON, text.jdbcType(), text.precisionMax(), null, "'", null, true, 3, 0, 0});
        return rows;
    }

    private static List<@Nullable Object[]> blocks(CoconutEngine engine) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (BlockStatus block : engine.blocks()) {
            rows.add(new @Nullable Object[] {block.id(), block.tables(), block.rows(), block.appliedIndex(), block.commitTimestamp(),
                    momentOf(block.createdAtMicros()), momentOf(block.updatedAtMicros())});
        }
        return rows;
    }

    /// One row for each replica of a block, as this host knows of it: its own place in the log, and who leads and is in sync.
    private static List<@Nullable Object[]> blockShards(CoconutEngine engine) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        if (!engine.isMember()) {
            for (BlockStatus block : engine.blocks()) {
                rows.add(new @Nullable Object[] {block.id(), 0, PRIMARY, true, true, null, block.appliedIndex(), block.appliedIndex(),
                        block.appliedIndex(), true, null, spaceOf(engine, block.id())});
            }
        }
        for (BlockLog.Status block : engine.replicas()) {
            for (int host : block.members()) {
                boolean isHere = host == block.self();
                rows.add(new @Nullable Object[] {block.block(), host, host == block.primary() ? PRIMARY : REPLICA,
                        block.inSync().contains(host), isHere, block.term(), isHere ? (Long) block.lastIndex() : null,
                        isHere ? (Long) block.commitIndex() : null, isHere ? (Long) block.appliedIndex() : null,
                        isHere ? (Boolean) block.mayRead() : null, block.agreed().epoch(), spaceOf(engine, block.block())});
            }
        }
        return rows;
    }

    /// Null of the directory.
    private static @Nullable String spaceOf(CoconutEngine engine, int block) {
        BlockSpace space = BlockTableViews.spaceOf(engine, block);
        return space == null ? null : space.name();
    }

    /// By what rule each space's entries are committed; what means nothing is null.
    private static List<@Nullable Object[]> blockSpaces(CoconutEngine engine) {
        // All hosts have a replica of each block.
        int hosts = engine.replicas().stream().mapToInt(block -> block.members().size()).max().orElse(1);
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (BlockSpace space : engine.spaces()) {
            Optional<CommitRule> rule = space.rule();
            Optional<CommitRule> unanimous = rule.filter(each -> each.policy() == CommitPolicy.UNANIMOUS);
            rows.add(new @Nullable Object[] {space.name(), space.blockCount(), space.firstBlock(), rule.map(each -> each.policy().name())
                    .orElse(null), unanimous.map(each -> TimeUnit.NANOSECONDS.toMillis(each.voteTimeoutNanos())).orElse(null), unanimous
                            .map(each -> each.minVoters(hosts)).orElse(null)});
        }
        return rows;
    }

    /// What this host knows of each member's votes: all of it where it leads the block.
    private static List<@Nullable Object[]> votes(CoconutEngine engine) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (BlockLog.Votes votes : engine.votes()) {
            BlockLog.AtPrimary known = votes.atPrimary();
            rows.add(new @Nullable Object[] {votes.block(), votes.host(), votes.isInSync(), votes.host() == votes.self(),
                    known == null || known.votedIndex() < 0 ? null : known.votedIndex(),
                    known == null || known.heardMillisAgo() < 0 ? null : known.heardMillisAgo(),
                    known == null ? null : known.leaseMillisLeft(), known == null ? null : known.evictedFor(), votes.evictions(),
                    votes.admissions(), votes.changedAtMillis() == 0 ? null : votes.changedAtMillis()});
        }
        return rows;
    }

    private static @Nullable Long momentOf(long micros) {
        return micros == 0 ? null : Math.floorDiv(micros, 1_000L);
    }

    private static List<@Nullable Object[]> indexes(Catalog catalog, CoconutEngine engine) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.snapshot().tables()) {
            TableDefinition definition = table.definition();
            for (CatalogIndex index : table.indexes()) {
                IndexDefinition shown = index.definition();
                int position = 0;
                for (IndexDefinition.Part part : shown.columns()) {
                    position++;
                    rows.add(new @Nullable Object[] {definition.schema(), definition.name(), shown.name(), shown.unique(),
                            shown.constraint(), shown.ready() ? "READY" : "BUILDING", position,
                            definition.columns().get(part.column()).name(), part.descending(), engine.rowCount(index.descriptor()),
                            definition.comments().indexes().get(shown.name()), false});
                }
                for (int column : shown.included()) {
                    position++;
                    rows.add(new @Nullable Object[] {definition.schema(), definition.name(), shown.name(), shown.unique(),
                            shown.constraint(), shown.ready() ? "READY" : "BUILDING", position, definition.columns().get(column).name(),
                            null, engine.rowCount(index.descriptor()), definition.comments().indexes().get(shown.name()), true});
                }
            }
        }
        return rows;
    }

    private static List<@Nullable Object[]> columnStatistics(Catalog catalog, Viewer viewer) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CatalogTable table : catalog.snapshot().tables()) {
            TableDefinition definition = table.definition();
            TableStatistics statistics = table.statistics();
            for (int i = 0; statistics != null && i < definition.columns().size(); i++) {
                ColumnStatistics column = table.statistics(i);
                // Some of its values are told.
                if (column != null && viewer.has(SecuredObject.table(definition.schema(), definition.name()), Privilege.SELECT, column
                        .column(),
                        false)) {
                    rows.add(new @Nullable Object[] {definition.schema(), definition.name(), column.column(), statistics.analyzedAtMillis(),
                            statistics.rows(), column.nullFraction(), Math.round(column.distinct()), column.text(false), column.text(true),
                            Math.max(0, column.bounds().size() - 1), column.common().size()});
                }
            }
        }
        return rows;
    }

    /// What holds a table of the engine's.
    private record Place(String schema, String name, StorageOptions options) {
        /// What belongs to no table of the catalogue is the directory of tables, or a table that is being dropped.
        static final Place DIRECTORY = new Place(CatalogSnapshot.SYSTEM, "DIRECTORY", StorageOptions.DEFAULT);
    }

    /// Tables and indexes by the engine's ids.
    private static Map<Integer, Place> places(Catalog catalog) {
        Map<Integer, Place> places = new HashMap<>();
        for (CatalogTable table : catalog.snapshot().tables()) {
            String schema = table.definition().schema();
            places.put(table.id(), new Place(schema, table.definition().name(), table.descriptor().options()));
            table.indexes().forEach(index -> places.put(index.descriptor().id(),
                    new Place(schema, index.definition().name(), index.descriptor().options())));
        }
        return places;
    }

    private static List<@Nullable Object[]> memory(Catalog catalog, CoconutEngine engine) {
        Map<Integer, Place> places = places(catalog);
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (MemoryUse use : engine.memoryUse()) {
            Place place = places.getOrDefault(use.owner().table(), Place.DIRECTORY);
            rows.add(new @Nullable Object[] {use.owner().block(), place.schema(), place.name(), use.purpose(), String.format("0x%012x", use
                    .address()), use.mappedBytes(),
                    use.residentBytes(), use.lockedBytes()});
        }
        return rows;
    }

    private static List<@Nullable Object[]> storage(Catalog catalog, CoconutEngine engine) {
        Map<Integer, Place> places = places(catalog);
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (TierUse use : engine.tierUse()) {
            Place place = places.getOrDefault(use.table(), Place.DIRECTORY);
            StorageOptions options = place.options();
            rows.add(new @Nullable Object[] {use.block(), place.schema(), place.name(), use.hotRows(), use.hotBytes(),
                    options.hotBytesMax() == 0 ? null : options.hotBytesMax(), use.coldRows(), use.coldBytes(),
                    options.coldAfterSeconds() == 0 ? null : (long) options.coldAfterSeconds(), use.demotions(), use.promotions()});
        }
        return rows;
    }

    private static List<@Nullable Object[]> settings(EngineConfig config, List<Setting> more) {
        List<@Nullable Object[]> rows = new ArrayList<>(List.of(
                setting("blocks", config.blockCount(), "blocks that hold tables, of all block spaces; fixed when the database is made"),
                setting("checkpoint.log.bytes", config.checkpointLogBytes(),
                        "bytes of log between two checkpoints, at least; without effect for a mem: database"),
                setting("durability", config.directory() == null ? "none" : config.durability().name().toLowerCase(Locale.ROOT),
                        "when a commit is acknowledged: sync, interval or none; a mem: database outlives nothing"),
                setting("durability.interval", config.syncInterval().toMillis(),
                        "milliseconds after which commits are synced where durability is interval"),
                setting("directory", config.directory() == null ? "" : config.directory(), "where the log lies; empty for a mem: database"),
                setting("memory.hot", config.hotBytesMax(),
                        "bytes of memory in rows of all tables, an equal share for each block; 0: no such budget"),
                setting("memory.limit", config.memoryLimitBytes(), "bytes of off-heap memory, rows and indexes, that the database may use"),
                setting("memory.lock", config.lock().name().toLowerCase(Locale.ROOT), "required, preferred or off"),
                setting("snapshot.age.max", config.snapshotAgeMax().toSeconds(),
                        "seconds after which an open transaction or result set fails with 72000; 0: never"),
                setting("transaction.bytes.max", config.transactionBytesMax(),
                        "bytes of keys and rows that a transaction writes, and 32 for each; more is refused with 54000")));
        more.forEach(setting -> rows.add(setting(setting.name(), setting.value(), setting.description())));
        return rows;
    }

    private static @Nullable Object[] setting(String name, Object value, String description) {
        return new @Nullable Object[] {name, value.toString(), description};
    }
}
