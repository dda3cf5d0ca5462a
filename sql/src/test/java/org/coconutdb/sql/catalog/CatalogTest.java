package org.coconutdb.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.Wrapper;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.util.ImmutableBitSet;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlParsing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {
    private static final String ALL_TYPES =
            """
            CREATE TABLE t (a BOOLEAN, b TINYINT, c SMALLINT, d INTEGER, e BIGINT, f DECIMAL(20, 5), g REAL, h DOUBLE, i CHAR(3),
                j VARCHAR(10), k BINARY(4), l VARBINARY, m DATE, n TIME, o TIMESTAMP(1), p TIMESTAMP WITH LOCAL TIME ZONE, q UUID,
                r VARCHAR, s FLOAT, t TEXT, u NUMERIC, v INT[], w DECIMAL(4, 2) ARRAY ARRAY[3], x JSON ARRAY, PRIMARY KEY (e, j)) USING SORTED""";

    private static TableDefinition define(String sql) {
        return TableDefinitions.of((SqlCreateCoconutTable) SqlParsing.parse(sql), "PUBLIC");
    }

    @Test
    void definitionsComeBackFromTheirBytes() {
        TableDefinition definition = define(ALL_TYPES);

        assertThat(TableDefinition.fromBytes(definition.toBytes())).isEqualTo(definition);
        assertThat(definition.kind()).isEqualTo(TableKind.SORTED);
        assertThat(definition.primaryKey()).containsExactly(4, 9);
        assertThat(definition.columns().get(4).nullable()).as("columns of the key are not null").isFalse();
        assertThat(definition.columns().stream().map(Types::text)).contains("DECIMAL(20, 5)", "DECIMAL(38, 0)", "TIMESTAMP(1)", "VARCHAR",
                "TIMESTAMP(3) WITH TIME ZONE", "DOUBLE", "INTEGER ARRAY", "DECIMAL(4, 2) ARRAY ARRAY[3]", "JSON ARRAY");
    }

    @Test
    void aDefinitionFromBeforeArraysIsRead() {
        TableDefinition definition = define("CREATE TABLE t (a INT PRIMARY KEY, b JSON DEFAULT '{}')");
        byte[] before = definition.toBytes();
        before[0] = 8;

        assertThat(TableDefinition.fromBytes(before)).isEqualTo(definition);
    }

    @Test
    void definitionsFromBeforeIndexesIncludedColumnsAreRead() {
        TableDefinition definition = define("CREATE TABLE t (a INT PRIMARY KEY, b INT UNIQUE)");
        byte[] bytes = definition.toBytes();
        // Behind the index: how many columns it includes, then a flag and the number of foreign keys; then three counts of no comments.
        int behind = bytes.length - 5 - 3 * Integer.BYTES;
        byte[] before = new byte[behind - 4 + 5];
        System.arraycopy(bytes, 0, before, 0, behind - 4);
        System.arraycopy(bytes, behind, before, behind - 4, 5);
        before[0] = 7;

        assertThat(TableDefinition.fromBytes(before)).isEqualTo(definition);
        assertThat(definition.indexes()).hasSize(1);
    }

    @Test
    void includedColumnsComeBackFromTheBytes() {
        TableDefinition table = define("CREATE TABLE t (a INT PRIMARY KEY, b INT, c INT)");
        TableDefinition definition = table.withIndexes(
                List.of(new IndexDefinition("I", List.of(new IndexDefinition.Part(1, true)), List.of(2, 0), false, false, true)));

        assertThat(TableDefinition.fromBytes(definition.toBytes())).isEqualTo(definition);
        TableDefinition twice = table.withIndexes(
                List.of(new IndexDefinition("I", List.of(new IndexDefinition.Part(1, true)), List.of(1), false, false, true)));
        assertThatThrownBy(() -> TableDefinition.fromBytes(twice.toBytes())).isInstanceOfSatisfying(CoconutException.class,
                error -> assertThat(error.code()).isEqualTo(ErrorCode.DATA_CORRUPTED));
    }

    @Test
    void definitionsOfAnotherFormatAreRefused() {
        byte[] bytes = define("CREATE TABLE t (a INT PRIMARY KEY)").toBytes();
        bytes[0]++;

        assertThatThrownBy(() -> TableDefinition.fromBytes(bytes)).isInstanceOfSatisfying(CoconutException.class,
                error -> assertThat(error.code()).isEqualTo(ErrorCode.DATA_CORRUPTED))
                .hasMessageContaining("another version of CoconutDB");
    }

    @Test
    void theHistoryOfRowsIsStored() {
        TableDefinition definition = define(ALL_TYPES);
        ColumnDefinition added = define("CREATE TABLE t (a INT PRIMARY KEY, b DECIMAL(20, 2), c VARBINARY(9))").columns().get(1);

        TableDefinition changed = definition.withAdded(List.of(added), List.of(new BigDecimal("12.50")))
                .without(Set.of(definition.columns().getLast().name()))
                .without(Set.of(added.name()));

        TableDefinition stored = TableDefinition.fromBytes(changed.toBytes());
        assertThat(stored).isEqualTo(changed);
        assertThat(stored.rows().version()).isEqualTo(3);
        assertThat(stored.emptied().rows().version()).isZero();
    }

    @Test
    void defaultsAndChecksAreStored() {
        TableDefinition definition = define("CREATE TABLE t (a INT DEFAULT 1 + 1 PRIMARY KEY, b VARCHAR(9) DEFAULT 'x', CHECK (a > 0), "
                + "CONSTRAINT c CHECK (b <> 'ü'))");

        assertThat(definition.columns()).extracting(ColumnDefinition::defaultText).containsExactly("1 + 1", "'x'");
        assertThat(definition.checks()).containsExactly(new CheckDefinition("T_CHECK", "a > 0", true), new CheckDefinition("C", "b <> 'ü'",
                true));
        assertThat(TableDefinition.fromBytes(definition.toBytes())).isEqualTo(definition);
    }

    @Test
    void bytesThatAreNoDefinitionAreDamage() {
        byte[] bytes = define(ALL_TYPES).toBytes();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            CoconutException error = catchThrowableOfType(CoconutException.class, () -> TableDefinition.fromBytes(cut));
            assertThat(error.code().sqlState()).isEqualTo("XX001");
        }
    }

    @Test
    void aDefinitionFromBeforeCommentsIsRead() {
        TableDefinition definition = define("CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(9) DEFAULT 'x')");
        byte[] bytes = definition.toBytes();
        // Three counts of no comments.
        byte[] before = Arrays.copyOf(bytes, bytes.length - 3 * Integer.BYTES);
        before[0] = 7;

        assertThat(TableDefinition.fromBytes(before)).isEqualTo(definition);
    }

    @Test
    void damagedBytesGiveAnotherDefinitionOrDamageAndNothingElse() {
        byte[] bytes = define(ALL_TYPES).toBytes();
        for (int at = 0; at < bytes.length; at++) {
            for (int flip : new int[] {1, 0x80, 0xFF}) {
                byte[] damaged = bytes.clone();
                damaged[at] ^= (byte) flip;
                try {
                    TableDefinition other = TableDefinition.fromBytes(damaged);
                    assertThat(other).isNotEqualTo(define(ALL_TYPES));
                    assertThat(new RowLayout(other.columns().stream().map(Types::column).toList())).isNotNull();
                } catch (CoconutException error) {
                    assertThat(error.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
                }
            }
        }
    }

    @Test
    void bytesBehindADefinitionAreDamage() {
        byte[] bytes = define(ALL_TYPES).toBytes();

        assertThatThrownBy(() -> TableDefinition.fromBytes(Arrays.copyOf(bytes, bytes.length + 1))).isInstanceOfSatisfying(
                CoconutException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.DATA_CORRUPTED));
    }

    @Test
    void primaryKeysHaveTheNameThatTheyWereGiven() {
        assertThat(define("CREATE TABLE t (a INT, CONSTRAINT mine PRIMARY KEY (a))").keyName()).isEqualTo("MINE");
        assertThat(define("CREATE TABLE t (a INT CONSTRAINT mine PRIMARY KEY)").keyName()).isEqualTo("MINE");
        assertThat(define("CREATE TABLE t (a INT PRIMARY KEY)").keyName()).isEqualTo("T_PK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\0", "\uD800", "a\tb"})
    void namesThatCannotBeStoredOrShownAreRefused(String name) {
        for (String sql : List.of("CREATE TABLE \"%s\" (a INT PRIMARY KEY)", "CREATE TABLE t (\"%s\" INT PRIMARY KEY)",
                "CREATE TABLE t (a INT CONSTRAINT \"%s\" PRIMARY KEY)")) {
            CoconutException error = catchThrowableOfType(CoconutException.class, () -> define(sql.formatted(name)));

            assertThat(error.code()).isEqualTo(ErrorCode.INVALID_TABLE_DEFINITION);
            assertThat(error.getMessage()).contains("U+");
        }
    }

    @Test
    void aTableIsMadeOnceAndDroppedOnce() {
        try (CoconutEngine engine = CoconutEngine.open(new EngineConfig(null, 2, 1L << 30, LockPolicy.OFF))) {
            Catalog catalog = new Catalog(engine, List.of());
            long version = catalog.snapshot().version();
            catalog.create(define(ALL_TYPES));

            assertThatThrownBy(() -> catalog.create(define(ALL_TYPES))).isInstanceOfSatisfying(CoconutException.class,
                    error -> assertThat(error.code()).isEqualTo(ErrorCode.DUPLICATE_TABLE));
            assertThat(catalog.snapshot().version()).isGreaterThan(version);
            catalog.drop("PUBLIC", "T");
            assertThatThrownBy(() -> catalog.drop("PUBLIC", "T")).isInstanceOfSatisfying(CoconutException.class,
                    error -> assertThat(error.code()).isEqualTo(ErrorCode.UNDEFINED_TABLE));
        }
    }

    @Test
    void calciteSeesTheTableAndCanUnwrapIt() {
        try (CoconutEngine engine = CoconutEngine.open(new EngineConfig(null, 2, 1L << 30, LockPolicy.OFF))) {
            Catalog catalog = new Catalog(engine, List.of());
            CatalogTable created = catalog.create(define(ALL_TYPES));
            Table table = catalog.snapshot().rootSchema().getSubSchema("PUBLIC", true).getTable("T", true).getTable();

            RelDataType rowType = table.getRowType(new SqlTypeFactoryImpl(CoconutTypeSystem.INSTANCE));

            assertThat(((Wrapper) table).unwrap(CatalogTable.class).id()).isEqualTo(created.id());
            assertThat(rowType.getFieldNames()).startsWith("A", "B", "C");
            assertThat(rowType.getField("F", true, false).getType().getFullTypeString()).isEqualTo("DECIMAL(20, 5)");
            assertThat(rowType.getField("E", true, false).getType().isNullable()).isFalse();
            assertThat(table.getStatistic().isKey(ImmutableBitSet.of(4, 9))).isTrue();
            assertThat(table.getStatistic().isKey(ImmutableBitSet.of(4))).isFalse();
        }
    }

    @Test
    void tablesAreThereAfterReopening(@TempDir Path directory) {
        EngineConfig config = new EngineConfig(directory.resolve("db"), 2, 1L << 30, LockPolicy.OFF);
        try (CoconutEngine engine = CoconutEngine.open(config)) {
            Catalog catalog = new Catalog(engine, List.of());
            CatalogSnapshot before = catalog.snapshot();
            catalog.create(define(ALL_TYPES));
            assertThat(before.table("PUBLIC", "T")).as("a snapshot does not change").isEmpty();
            assertThat(catalog.snapshot().table("PUBLIC", "T")).isPresent();
            assertThat(catalog.snapshot()).isSameAs(catalog.snapshot());
        }
        try (CoconutEngine engine = CoconutEngine.open(config)) {
            Catalog catalog = new Catalog(engine, List.of());
            assertThat(catalog.snapshot().table("PUBLIC", "T").orElseThrow().definition()).isEqualTo(define(ALL_TYPES));
            catalog.drop("PUBLIC", "T");
            assertThat(catalog.snapshot().tables()).isEmpty();
        }
    }

    @Test
    void memoryIsMeasured() {
        try (CoconutEngine engine = CoconutEngine.open(new EngineConfig(null, 2, 1L << 30, LockPolicy.PREFERRED))) {
            Catalog catalog = new Catalog(engine, List.of());
            catalog.create(define(ALL_TYPES));
            SystemView memory = catalog.snapshot().systemViews().stream().filter(view -> view.name().equals("BLOCK_MEMORY")).findFirst()
                    .orElseThrow();
            List<Object[]> rows = memory.scan(Viewer.OWNER).toList();

            assertThat(rows).isNotEmpty().anySatisfy(row -> assertThat(row[2]).isEqualTo("T"));
            assertThat(rows).allSatisfy(row -> {
                assertThat((long) row[6]).as("resident").isBetween(0L, (long) row[5]);
                assertThat((long) row[7]).as("locked").isBetween(0L, (long) row[6]);
            });
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "CREATE TABLE t (a INT)|42P16|PRIMARY KEY",
            "CREATE TABLE t (a INT PRIMARY KEY, b INT PRIMARY KEY)|42P16|one primary key",
            "CREATE TABLE t (a INT, A INT, PRIMARY KEY (a))|42701|column=A",
            "CREATE TABLE t (a INT, PRIMARY KEY (b))|42703|column=B",
            "CREATE TABLE t (a INT, PRIMARY KEY (a, a))|42701|column=A",
            "CREATE TABLE t (a INT NULL PRIMARY KEY)|42P16|cannot be NULL",
            "CREATE TABLE t (a INT ARRAY PRIMARY KEY)|0A000|primary key",
            "CREATE TABLE t (a DECIMAL(39) PRIMARY KEY)|42P16|1 to 38",
            "CREATE TABLE t (a DECIMAL(5, 6) PRIMARY KEY)|42P16|scale",
            "CREATE TABLE t (a TIMESTAMP(6) PRIMARY KEY)|0A000|0 to 3",
            "CREATE TABLE t (a VARCHAR(9) CHARACTER SET latin1 PRIMARY KEY)|0A000|Unicode",
            "CREATE TABLE t (a INT PRIMARY KEY PRIMARY KEY)|42P16|one primary key",
            "CREATE TABLE t (a VARCHAR(0) PRIMARY KEY)|42P16|length",
            "CREATE TABLE t (a GEOGRAPHY PRIMARY KEY)|0A000|GEOGRAPHY",
            "CREATE TABLE system.t (a INT PRIMARY KEY)|3F000|PUBLIC",
            "CREATE TABLE a.b.t (a INT PRIMARY KEY)|42601|SCHEMA.TABLE",
            "CREATE OR REPLACE TABLE t (a INT PRIMARY KEY)|0A000|DROP TABLE IF EXISTS"})
    void definitionsThatCannotBeAreRefusedWithTheMend(String sql, String sqlState, String part) {
        CoconutException error = catchThrowableOfType(CoconutException.class, () -> define(sql));

        assertThat(error.code().sqlState()).isEqualTo(sqlState);
        assertThat(error.getMessage()).contains(part);
    }
}
