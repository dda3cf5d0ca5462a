package org.coconutdb.sql.catalog;

import static org.coconutdb.sql.catalog.SystemView.bigint;
import static org.coconutdb.sql.catalog.SystemView.bool;
import static org.coconutdb.sql.catalog.SystemView.integer;
import static org.coconutdb.sql.catalog.SystemView.moment;
import static org.coconutdb.sql.catalog.SystemView.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.BlockStatus;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TierUse;
import org.coconutdb.engine.memory.MemoryUse;
import org.jspecify.annotations.Nullable;

/// Views of the running database.
final class SystemSchema {
    private SystemSchema() {}

    static List<SystemView> views(Catalog catalog, CoconutEngine engine) {
        return List.of(
                view("TYPES",
                        List.of(text("TYPE_NAME"), integer("JDBC_TYPE"), integer("PRECISION_MAX"), text("LITERAL_PREFIX"),
                                text("LITERAL_SUFFIX"), text("CREATE_PARAMS"), bool("CASE_SENSITIVE"), integer("SEARCHABLE"),
                                integer("SCALE_MIN"), integer("SCALE_MAX")),
                        SystemSchema::types),
                view("BLOCKS",
                        List.of(integer("BLOCK_ID"), integer("TABLE_COUNT"), bigint("ROW_COUNT"), bigint("APPLIED_INDEX"),
                                bigint("COMMIT_TIMESTAMP"), moment("CREATED_AT"), moment("UPDATED_AT")),
                        () -> blocks(engine)),
                view("BLOCK_MEMORY",
                        List.of(integer("BLOCK_ID"), text("TABLE_SCHEMA"), text("TABLE_NAME"), text("PURPOSE"), text("ADDRESS"),
                                bigint("MAPPED_BYTES"), bigint("RESIDENT_BYTES"), bigint("LOCKED_BYTES")),
                        () -> memory(catalog, engine)),
                view("STORAGE",
                        List.of(integer("BLOCK_ID"), text("TABLE_SCHEMA"), text("TABLE_NAME"), bigint("HOT_ROWS"), bigint("HOT_BYTES"),
                                bigint("HOT_MEMORY"), bigint("COLD_ROWS"), bigint("COLD_BYTES"), bigint("COLD_AFTER_SECONDS"),
                                bigint("DEMOTIONS"), bigint("PROMOTIONS")),
                        () -> storage(catalog, engine)),
                view("SETTINGS", List.of(text("NAME"), text("VALUE"), text("DESCRIPTION")), () -> settings(engine.config())));
    }

    private static SystemView view(String name, List<ColumnDefinition> columns, Supplier<List<@Nullable Object[]>> rows) {
        return new SystemView(CatalogSnapshot.SYSTEM, name, columns, rows);
    }

    private static List<@Nullable Object[]> types() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Types.Facts type : Types.all()) {
            boolean isText = type.type() == SqlTypeName.CHAR || type.type() == SqlTypeName.VARCHAR;
            int scaleMax = type.type() == SqlTypeName.DECIMAL ? CoconutTypeSystem.DECIMAL_DIGITS_MAX : 0;
            rows.add(new @Nullable Object[] {type.name(), type.jdbcType(), type.precisionMax(), type.literalPrefix(),
                    type.quoted() ? "'" : null, type.createParameters().isEmpty() ? null : type.createParameters(), isText,
                    isText ? 3 : 2, 0, scaleMax});
        }
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

    private static @Nullable Long momentOf(long micros) {
        return micros == 0 ? null : Math.floorDiv(micros, 1_000L);
    }

    private static List<@Nullable Object[]> memory(Catalog catalog, CoconutEngine engine) {
        Map<Integer, TableDefinition> tables = new HashMap<>();
        catalog.snapshot().tables().forEach(table -> tables.put(table.id(), table.definition()));
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (MemoryUse use : engine.memoryUse()) {
            TableDefinition table = tables.get(use.owner().table());
            // What belongs to no table of the catalogue is the directory of tables, or a table that is being dropped.
            rows.add(new @Nullable Object[] {use.owner().block(), table == null ? CatalogSnapshot.SYSTEM : table.schema(),
                    table == null ? "DIRECTORY" : table.name(), use.purpose(), String.format("0x%012x", use.address()), use.mappedBytes(),
                    use.residentBytes(), use.lockedBytes()});
        }
        return rows;
    }

    private static List<@Nullable Object[]> storage(Catalog catalog, CoconutEngine engine) {
        Map<Integer, CatalogTable> tables = new HashMap<>();
        catalog.snapshot().tables().forEach(table -> tables.put(table.id(), table));
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (TierUse use : engine.tierUse()) {
            CatalogTable table = tables.get(use.table());
            StorageOptions options = table == null ? StorageOptions.DEFAULT : table.descriptor().options();
            rows.add(new @Nullable Object[] {use.block(), table == null ? CatalogSnapshot.SYSTEM : table.definition().schema(),
                    table == null ? "DIRECTORY" : table.definition().name(), use.hotRows(), use.hotBytes(),
                    options.hotBytesMax() == 0 ? null : options.hotBytesMax(), use.coldRows(), use.coldBytes(),
                    options.coldAfterSeconds() == 0 ? null : (long) options.coldAfterSeconds(), use.demotions(), use.promotions()});
        }
        return rows;
    }

    private static List<@Nullable Object[]> settings(EngineConfig config) {
        return List.of(
                setting("blocks", config.blockCount(), "blocks that hold tables; fixed when the database is made"),
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
                        "bytes of keys and rows that a transaction writes, and 32 for each; more is refused with 54000"));
    }

    private static @Nullable Object[] setting(String name, Object value, String description) {
        return new @Nullable Object[] {name, value.toString(), description};
    }
}
