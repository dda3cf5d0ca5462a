package org.coconutdb.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.parser.SequenceOptions;
import org.coconutdb.sql.parser.SqlAccessStatement;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlCreateRole;
import org.coconutdb.sql.parser.SqlParsing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SystemViewsTest {
    private static final int BLOCKS = 2;

    private CoconutEngine engine;
    private Catalog catalog;

    @BeforeEach
    void open() {
        engine = CoconutEngine.open(new EngineConfig(null, BLOCKS, 1L << 30, LockPolicy.PREFERRED));
        catalog = new Catalog(engine, List.of());
        create("CREATE TABLE kv (k BIGINT, v VARCHAR(1000), CONSTRAINT kv_key PRIMARY KEY (k), CHECK (k >= 0), UNIQUE (v))");
        catalog.createView(new ViewDefinition("PUBLIC", "V", List.of(SystemView.text("A")), "SELECT 'a' AS A", List.of()), false,
                catalog.snapshot().version());
        catalog.createSequence(new TableName("PUBLIC", "S"), SequenceDefinition.of("S", new SequenceOptions()));
        create("CREATE TABLE \"Mixed\" (b TIMESTAMP(2), a DECIMAL(20, 5) NOT NULL, c VARBINARY, PRIMARY KEY (b, a)) USING SORTED");
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private void create(String sql) {
        SqlCreateCoconutTable create = (SqlCreateCoconutTable) SqlParsing.parse(sql);
        catalog.create(ForeignKeys.declareAll(create.foreignKeys(), TableDefinitions.of(create, "PUBLIC"), catalog.snapshot(), "PUBLIC"));
    }

    private SystemView view(String name) {
        return catalog.snapshot().systemViews().stream().filter(view -> view.name().equals(name)).findFirst().orElseThrow();
    }

    private List<@Nullable Object[]> rows(String view) {
        return view(view).scan(Viewer.OWNER).toList();
    }

    private void insert(long from, long to) {
        CatalogTable table = catalog.snapshot().table("PUBLIC", "KV").orElseThrow();
        try (Transaction transaction = engine.begin()) {
            for (long key = from; key < to; key++) {
                transaction.insert(table.descriptor(), table.keyCodec().encode(new Object[] {key}),
                        table.rowLayout().encode(new Object[] {key, "x".repeat(500)}));
            }
            transaction.commit();
        }
    }

    @Test
    void everyValueHasTheTypeOfItsColumn() {
        Map<SqlTypeName, Class<?>> classes = Map.of(SqlTypeName.VARCHAR, String.class, SqlTypeName.INTEGER, Integer.class,
                SqlTypeName.BIGINT, Long.class, SqlTypeName.BOOLEAN, Boolean.class, SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, Long.class);
        create("CREATE TABLE refers (id BIGINT PRIMARY KEY REFERENCES kv, numbers INT ARRAY)");
        catalog.changeAccess(Viewer.OWNER, ((SqlCreateRole) SqlParsing.parse("CREATE ROLE r")).action(), "PUBLIC");
        for (String sql : List.of("GRANT SELECT, INSERT (k) ON kv TO r WITH GRANT OPTION", "GRANT ADMIN TO r")) {
            catalog.changeAccess(Viewer.OWNER, ((SqlAccessStatement) SqlParsing.parse(sql)).action(), "PUBLIC");
        }
        for (SystemView view : catalog.snapshot().systemViews()) {
            List<@Nullable Object[]> rows = view.scan(Viewer.OWNER).toList();
            if (!Set.of("COLUMN_STATISTICS", "VOTES").contains(view.name())) {
                // Those are there behind an ANALYZE, and these in a cluster.
                assertThat(rows).as(view.name()).isNotEmpty();
            }
            for (@Nullable Object[] row : rows) {
                assertThat(row).as(view.name()).hasSameSizeAs(view.columns());
                for (int i = 0; i < row.length; i++) {
                    ColumnDefinition column = view.columns().get(i);
                    Object value = row[i];
                    if (value != null) {
                        assertThat(value).as(view.name() + "." + column.name()).isInstanceOf(classes.get(column.type()));
                    }
                }
            }
        }
    }

    @Test
    void tablesAndTheirColumnsAndKeysAreListed() {
        assertThat(rows("SCHEMATA")).extracting(row -> row[1]).containsExactlyInAnyOrder("PUBLIC", "INFORMATION_SCHEMA", "META_SPACE",
                "SYSTEM");
        assertThat(rows("TABLES").stream().map(row -> Arrays.asList(row).subList(1, 5))).contains(
                Arrays.asList("PUBLIC", "KV", "BASE TABLE", "HASH"), Arrays.asList("PUBLIC", "Mixed", "BASE TABLE", "SORTED"),
                Arrays.asList("META_SPACE", "KV", "SYSTEM VIEW", "HASH"), Arrays.asList("META_SPACE", "Mixed", "SYSTEM VIEW", "SORTED"),
                Arrays.asList("SYSTEM", "BLOCK_MEMORY", "SYSTEM VIEW", null));
        assertThat(rows("COLUMNS").stream().filter(row -> "Mixed".equals(row[2]) && "PUBLIC".equals(row[1])).map(row -> Arrays.asList(row)
                .subList(3, 13)))
                        .containsExactly(
                                Arrays.asList("B", 1, null, "NO", "TIMESTAMP", java.sql.Types.TIMESTAMP, null, null, null, 2),
                                Arrays.asList("A", 2, null, "NO", "DECIMAL", java.sql.Types.DECIMAL, null, 20, 5, null),
                                Arrays.asList("C", 3, null, "YES", "VARBINARY", java.sql.Types.VARBINARY, CoconutTypeSystem.LENGTH_MAX,
                                        null, null,
                                        null));
        assertThat(rows("KEY_COLUMN_USAGE").stream().map(row -> Arrays.asList(row).subList(1, 6))).containsExactlyInAnyOrder(
                Arrays.asList("KV_KEY", "PUBLIC", "KV", "K", 1), Arrays.asList("KV_V_KEY", "PUBLIC", "KV", "V", 1),
                Arrays.asList("Mixed_PK", "PUBLIC", "Mixed", "B", 1),
                Arrays.asList("Mixed_PK", "PUBLIC", "Mixed", "A", 2));
        assertThat(rows("TYPES")).extracting(row -> row[0]).contains("UUID", "TIMESTAMP WITH TIME ZONE").doesNotHaveDuplicates();
    }

    @Test
    void columnsOfTheMetaSpaceAreTheKeysAndThoseOfTheHeader() {
        create("CREATE TABLE clash (v INT, storage VARCHAR(10), meta_storage INT, PRIMARY KEY (meta_storage, storage))");

        assertThat(rows("COLUMNS").stream().filter(row -> "META_SPACE".equals(row[1]) && "CLASH".equals(row[2]))
                .map(row -> Arrays.asList(row[3], row[6], row[7])))
                        .containsExactly(Arrays.asList("META_STORAGE", "NO", "INTEGER"), Arrays.asList("STORAGE", "NO", "VARCHAR"),
                                Arrays.asList("OBJECT_TYPE", "NO", "VARCHAR"),
                                Arrays.asList("CREATED_AT", "NO", "TIMESTAMP WITH TIME ZONE"),
                                Arrays.asList("UPDATED_AT", "NO", "TIMESTAMP WITH TIME ZONE"),
                                Arrays.asList("READ_AT", "YES", "TIMESTAMP WITH TIME ZONE"),
                                Arrays.asList("COMMIT_TIMESTAMP", "NO", "BIGINT"), Arrays.asList("META_META_STORAGE", "NO", "VARCHAR"),
                                Arrays.asList("TTL_SECONDS", "YES", "INTEGER"), Arrays.asList("EXPIRES_AT", "YES",
                                        "TIMESTAMP WITH TIME ZONE"),
                                Arrays.asList("ROW_BYTES", "NO", "INTEGER"));
    }

    @Test
    void blocksTellWhenTheyWereMadeAndWritten() {
        long before = System.currentTimeMillis();
        insert(0, 100);

        for (@Nullable Object[] block : rows("BLOCKS")) {
            assertThat((Long) block[5]).as("created").isNotNull().isLessThanOrEqualTo((Long) block[6]);
            assertThat((Long) block[6]).as("updated").isLessThanOrEqualTo(System.currentTimeMillis());
            if ((int) block[0] != 0) {
                assertThat((Long) block[6]).as("updated").isGreaterThanOrEqualTo(before);
            }
        }
    }

    @Test
    void droppedTablesAreGoneFromEveryView() {
        catalog.drop("PUBLIC", "KV");

        for (String name : List.of("TABLES", "COLUMNS", "KEY_COLUMN_USAGE", "BLOCK_MEMORY")) {
            assertThat(rows(name)).as(name).noneMatch(row -> Arrays.asList(row).contains("KV"));
        }
    }

    @Test
    void blocksCountTheirRows() {
        insert(0, 300);

        assertThat(rows("BLOCKS")).hasSize(BLOCKS + 1);
        CatalogTable table = catalog.snapshot().table("PUBLIC", "KV").orElseThrow();
        assertThat(table.rowCount()).isEqualTo(300);
        long directory = rows("BLOCKS").stream().filter(row -> row[0].equals(0)).mapToLong(row -> (long) row[2]).sum();
        assertThat(rows("BLOCKS").stream().mapToLong(row -> (long) row[2]).sum() - directory).isEqualTo(300);
    }

    @Test
    void memoryIsMeasuredWhereItIsMapped() throws IOException {
        long before = resident();
        insert(0, 20_000);
        long after = resident();

        assertThat(after - before).as("20,000 rows of 500 characters came into memory").isGreaterThan(20_000L * 500);
        List<String> mappings = Files.readAllLines(Path.of("/proc/self/maps"));
        for (@Nullable Object[] row : rows("BLOCK_MEMORY")) {
            long address = Long.decode((String) row[4]);
            assertThat(mappings).as("a mapping holds %s", row[4]).anyMatch(mapping -> {
                String[] bounds = mapping.substring(0, mapping.indexOf(' ')).split("-");
                return Long.compareUnsigned(Long.parseUnsignedLong(bounds[0], 16), address) <= 0
                        && Long.compareUnsigned(Long.parseUnsignedLong(bounds[1], 16), address) > 0;
            });
            assertThat((long) row[6]).as("resident").isBetween(0L, (long) row[5]);
            assertThat((long) row[7]).as("locked").isBetween(0L, (long) row[6]);
        }
    }

    private long resident() {
        return rows("BLOCK_MEMORY").stream().filter(row -> "KV".equals(row[2])).mapToLong(row -> (long) row[6]).sum();
    }

    @Test
    void settingsAreThoseTheDatabaseWasOpenedWith() {
        assertThat(rows("SETTINGS").stream().map(row -> row[0] + "=" + row[1])).contains("blocks=2", "memory.limit=" + (1L << 30),
                "memory.lock=preferred", "directory=", "checkpoint.log.bytes=" + (64L << 20), "snapshot.age.max=3600",
                "transaction.bytes.max=" + (64L << 20), "durability=none",
                "durability.interval=100");
    }
}
