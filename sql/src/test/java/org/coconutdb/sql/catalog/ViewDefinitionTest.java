package org.coconutdb.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;

class ViewDefinitionTest {
    private static final ViewDefinition VIEW = new ViewDefinition("PUBLIC", "a é\uD83D\uDE00",
            List.of(new ColumnDefinition("A", SqlTypeName.DECIMAL, 12, 3, true), new ColumnDefinition("B", SqlTypeName.VARCHAR, -1, 0,
                    false)),
            "SELECT 'é\uD83D\uDE00' || \"T\".\"B\"\nFROM \"PUBLIC\".\"T\"".repeat(3000), List.of(new TableName("PUBLIC", "T"),
                    new TableName("META_SPACE", "U")));

    @Test
    void aDefinitionFromBeforeCommentsIsRead() {
        byte[] bytes = VIEW.toBytes();
        byte[] before = Arrays.copyOf(bytes, bytes.length - 3 * Integer.BYTES);
        before[1] = 1;

        assertThat(ViewDefinition.fromBytes(before)).isEqualTo(VIEW);
    }

    @Test
    void whatIsStoredIsReadAgain() {
        byte[] stored = VIEW.toBytes();

        assertThat(ViewDefinition.isView(stored)).isTrue();
        assertThat(ViewDefinition.fromBytes(stored)).isEqualTo(VIEW);
    }

    @Test
    void aTablesDefinitionIsNoViews() {
        TableDefinition table = new TableDefinition("PUBLIC", "T", TableKind.HASH,
                List.of(new ColumnDefinition("A", SqlTypeName.INTEGER, -1, 0, false)), List.of(0));

        assertThat(ViewDefinition.isView(table.toBytes())).isFalse();
        assertThat(ViewDefinition.isView(UnfinishedTable.marked(table.toBytes()))).isFalse();
        assertThat(UnfinishedTable.unmarked(UnfinishedTable.marked(table.toBytes()))).isEqualTo(table.toBytes());
    }

    @Test
    void aViewReadsWhatTheMetaSpaceShowsOfATable() {
        assertThat(VIEW.reads(new TableName("PUBLIC", "T"))).isTrue();
        assertThat(VIEW.reads(new TableName("PUBLIC", "U"))).isTrue();
        assertThat(VIEW.reads(new TableName("PUBLIC", "V"))).isFalse();
        assertThat(VIEW.reads(new TableName("META_SPACE", "T"))).isFalse();
    }

    @Test
    void damagedBytesAreNamedAsSuch() {
        byte[] stored = new ViewDefinition("PUBLIC", "V", VIEW.columns(), "SELECT 1", VIEW.reads()).toBytes();
        for (int length = 0; length < stored.length; length++) {
            byte[] cut = Arrays.copyOf(stored, length);
            assertThatThrownBy(() -> ViewDefinition.fromBytes(cut)).as("%d bytes", length)
                    .isInstanceOfSatisfying(CoconutException.class, failure -> assertThat(failure.code()).isEqualTo(
                            ErrorCode.DATA_CORRUPTED));
        }
        long seed = Long.parseLong(System.getProperty("seed", "7"), 16);
        Random random = new Random(seed);
        for (int round = 0; round < 5000; round++) {
            byte[] damaged = stored.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(ViewDefinition.fromBytes(damaged).columns()).isNotEmpty();
            } catch (CoconutException failure) {
                assertThat(failure.code()).as("-Dseed=%x round %d", seed, round).isEqualTo(ErrorCode.DATA_CORRUPTED);
            }
        }
    }
}
