package org.coconutdb.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlParsing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogTest {
    private static final String ALL_TYPES = """
            CREATE TABLE t (a BOOLEAN, b TINYINT, c SMALLINT, d INTEGER, e BIGINT, f DECIMAL(20, 5), g REAL, h DOUBLE, i CHAR(3),
                j VARCHAR(10), k BINARY(4), l VARBINARY, m DATE, n TIME, o TIMESTAMP(1), p TIMESTAMP WITH LOCAL TIME ZONE, q UUID,
                r VARCHAR, s FLOAT, t TEXT, u NUMERIC, PRIMARY KEY (e, j)) USING SORTED""";

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
                "TIMESTAMP(3) WITH LOCAL TIME ZONE", "DOUBLE");
    }

    @Test
    void bytesThatAreNoDefinitionAreDamage() {
        byte[] bytes = define(ALL_TYPES).toBytes();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            CoconutException error = catchThrowableOfType(CoconutException.class, () -> TableDefinition.fromBytes(cut));
            assertThat(error.code().sqlState()).isEqualTo("XX001");
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
            SystemView memory = catalog.snapshot().views().stream().filter(view -> view.name().equals("BLOCK_MEMORY")).findFirst()
                    .orElseThrow();
            List<Object[]> rows = memory.scan(null).toList();

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
            "CREATE TABLE t (a INT ARRAY PRIMARY KEY)|0A000|Columns can be",
            "CREATE TABLE t (a DECIMAL(39) PRIMARY KEY)|42P16|1 to 38",
            "CREATE TABLE t (a DECIMAL(5, 6) PRIMARY KEY)|42P16|scale",
            "CREATE TABLE t (a TIMESTAMP(6) PRIMARY KEY)|42P16|0 to 3",
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
