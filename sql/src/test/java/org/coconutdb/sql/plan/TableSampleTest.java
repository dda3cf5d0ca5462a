package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.TableSample;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the planner guesses by.
class TableSampleTest {
    private final PlannedDatabase database = new PlannedDatabase();

    @AfterEach
    void close() {
        database.close();
    }

    private CatalogTable table(TableKind kind) {
        return database.create("T", kind, List.of(0, 1), PlannedDatabase.column("A", SqlTypeName.INTEGER), PlannedDatabase.column("B",
                SqlTypeName.INTEGER), PlannedDatabase.column("V", SqlTypeName.VARCHAR));
    }

    /// Each first part of the key with four second ones, and one of a hundred texts.
    private void fill(CatalogTable table, int rows) {
        List<@Nullable Object[]> all = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            all.add(new @Nullable Object[] {i / 4, i % 4, "text " + i % 100});
        }
        database.insert(table, all);
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void valuesAreCountedInIt(TableKind kind) {
        CatalogTable table = table(kind);
        fill(table, 40_000);

        TableSample sample = table.sample();

        assertThat(sample.rows()).hasSize(2000);
        assertThat(sample.distinct(2)).isBetween(90.0, 110.0);
        assertThat(sample.distinct(1)).isEqualTo(4.0);
        assertThat(sample.distinct(0)).isBetween(7_000.0, 13_000.0);
    }

    @Test
    void howManyRowsShareTheBeginningOfAKey() {
        CatalogTable table = table(TableKind.SORTED);
        fill(table, 10_000);

        assertThat(table.sample().rowsOfPrefix(null, 1)).isEqualTo(4.0);
        assertThat(table.sample().rowsOfPrefix(null, 2)).isEqualTo(1.0);
    }

    @Test
    void itIsTakenAnewWhenTheTableHasGrown() {
        CatalogTable table = table(TableKind.HASH);
        TableSample empty = table.sample();
        assertThat(empty.rows()).isEmpty();
        assertThat(empty.distinct(2)).isEqualTo(1.0);
        assertThat(empty.rowsOfPrefix(null, 1)).isEqualTo(1.0);

        fill(table, 10_000);

        assertThat(table.sample().rows()).isNotEmpty();
        assertThat(table.sample()).isSameAs(table.sample());
    }

    /// Rows of a megabyte are no reason to hold two thousand of them.
    @Test
    void itIsBoundInBytes() {
        CatalogTable table = table(TableKind.HASH);
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rows.add(new @Nullable Object[] {i, 0, "x".repeat(900_000)});
        }
        database.insert(table, rows);

        assertThat(table.sample().rows()).hasSize(2);
    }

    /// A statement may be planned while somebody drops what it reads: it is told when it is executed.
    @Test
    void ofATableThatIsGoneThereIsNone() {
        CatalogTable table = table(TableKind.SORTED);
        fill(table, 100);
        database.drop(table);

        assertThat(table.sample().rows()).isEmpty();
        assertThat(table.sample().rowsOfPrefix(null, 1)).isEqualTo(1.0);
    }
}
