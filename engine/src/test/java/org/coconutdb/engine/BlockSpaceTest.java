package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.row.KeyRange;
import org.junit.jupiter.api.Test;

/// Which blocks tables of a space lie in, and what is kept of that.
class BlockSpaceTest {
    private static final CommitRule BY_ALL = new CommitRule(CommitPolicy.UNANIMOUS, 1_000_000_000, OptionalInt.empty());
    private static final CommitRule BY_MOST = new CommitRule(CommitPolicy.MAJORITY, 1_000_000_000, OptionalInt.empty());
    private static final BlockSpace FIRST = BlockSpace.first(3, BY_ALL);
    private static final BlockSpace AUDIT = FIRST.next("AUDIT", 2, BY_MOST);
    private static final BlockSpace EVENTS = AUDIT.next("EVENTS", 1, BY_ALL);

    private static TableDescriptor table(int id, TableKind kind, int space) {
        return new TableDescriptor(id, "T" + id, kind, new byte[] {1, 2, 3}, StorageOptions.DEFAULT.inSpace(space), 0, 4);
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    @Test
    void rowsOfATableLieInTheBlocksOfItsSpace() {
        BlockTable blocks = new BlockTable(List.of(FIRST, AUDIT, EVENTS));
        int[][] expected = {{1, 2, 3}, {4, 5}, {6}};
        for (int space = 0; space < expected.length; space++) {
            TableDescriptor hash = table(20, TableKind.HASH, space);
            Set<Integer> found = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                found.add(blocks.blockOf(hash, key(i)));
            }
            Set<Integer> sorted = new HashSet<>();
            for (int id = 20; id < 30; id++) {
                sorted.add(blocks.blockOf(table(id, TableKind.SORTED, space), key(1)));
            }

            assertThat(blocks.blocksOf(hash, KeyRange.ALL)).isEqualTo(expected[space]);
            assertThat(found).containsExactlyInAnyOrderElementsOf(Arrays.stream(expected[space]).boxed().toList());
            assertThat(sorted).isEqualTo(found);
        }
        assertThat(blocks.blockCount()).isEqualTo(6);
    }

    /// New spaces come behind, and move nothing.
    @Test
    void rowsStayWhereTheyAreWhenASpaceComes() {
        BlockTable before = new BlockTable(List.of(FIRST, AUDIT));
        BlockTable after = new BlockTable(List.of(FIRST, AUDIT, EVENTS));
        BlockTable without = new BlockTable(3);
        for (int i = 0; i < 200; i++) {
            for (TableKind kind : TableKind.values()) {
                TableDescriptor audit = table(20 + i, kind, 1);
                TableDescriptor usual = table(20 + i, kind, 0);
                assertThat(after.blockOf(audit, key(i))).isEqualTo(before.blockOf(audit, key(i)));
                assertThat(after.blockOf(usual, key(i))).isEqualTo(without.blockOf(usual, key(i)));
            }
        }
    }

    @Test
    void theDirectoryKeepsTheSpaceOfATable() {
        for (int space : List.of(0, 1, 7)) {
            for (TableDescriptor table : List.of(table(20, TableKind.HASH, space), table(21, TableKind.SORTED, space),
                    new TableDescriptor(22, "T22", TableKind.SORTED, new byte[] {5}, new StorageOptions(2 << 20, 60, space), 21, 3))) {
                TableDescriptor read = DirectoryRow.decode(DirectoryRow.key(table), DirectoryRow.encode(table));
                assertThat(read.options()).isEqualTo(table.options());
                assertThat(read.kind()).isEqualTo(table.kind());
                assertThat(read.beside()).isEqualTo(table.beside());
                assertThat(read.generation()).isEqualTo(table.generation());
                assertThat(read.definition()).isEqualTo(table.definition());
            }
        }
    }

    /// As they were written before there were spaces.
    @Test
    void rowsOfOlderDirectoriesAreOfTheDefaultSpace() {
        byte[] beside = ByteBuffer.allocate(26).putInt(22).put((byte) 2).putInt(21).putLong(0).putInt(60).putInt(3).put((byte) 9).array();
        byte[] hash = ByteBuffer.allocate(22).putInt(20).put((byte) 0).putLong(0).putInt(0).putInt(4).put((byte) 9).array();

        TableDescriptor sorted = DirectoryRow.decode(new byte[] {'S'}, beside);
        assertThat(sorted.beside()).isEqualTo(21);
        assertThat(sorted.options()).isEqualTo(new StorageOptions(0, 60, 0));
        assertThat(DirectoryRow.encode(sorted)).isEqualTo(beside);
        assertThat(DirectoryRow.decode(new byte[] {'H'}, hash).kind()).isEqualTo(TableKind.HASH);
        assertThat(DirectoryRow.encode(DirectoryRow.decode(new byte[] {'H'}, hash))).isEqualTo(hash);
    }

    @Test
    void aHostWithOtherSpacesIsRefused() {
        SpacesRow kept = SpacesRow.decode(SpacesRow.of(List.of(FIRST, AUDIT)).encode());
        kept.requireKept(SpacesRow.of(List.of(FIRST, AUDIT)));
        kept.requireKept(SpacesRow.of(List.of(FIRST, AUDIT, EVENTS)));
        // How long is waited for whom may change.
        kept.requireKept(SpacesRow.of(List.of(BlockSpace.first(3, new CommitRule(CommitPolicy.UNANIMOUS, 5, OptionalInt.of(1))), AUDIT)));

        List<List<BlockSpace>> others = new ArrayList<>();
        others.add(List.of(FIRST));
        others.add(List.of(BlockSpace.first(4, BY_ALL), BlockSpace.first(4, BY_ALL).next("AUDIT", 2, BY_MOST)));
        others.add(List.of(FIRST, FIRST.next("AUDITS", 2, BY_MOST)));
        others.add(List.of(FIRST, FIRST.next("AUDIT", 3, BY_MOST)));
        others.add(List.of(FIRST, FIRST.next("AUDIT", 2, BY_ALL)));
        for (List<BlockSpace> other : others) {
            assertThatThrownBy(() -> kept.requireKept(SpacesRow.of(other))).as("%s", other)
                    .isInstanceOfSatisfying(CoconutException.class, failure -> assertThat(failure.code()).isEqualTo(
                            ErrorCode.INVALID_CONNECTION_STRING));
        }
    }

    @Test
    void aDatabaseOfOneProcessHasTheDefaultSpaceAlone() {
        try (CoconutEngine engine = CoconutEngine.open(EngineConfig.inMemory().withMemoryLimitBytes(64L << 20))) {
            assertThat(engine.spaces()).singleElement().satisfies(space -> assertThat(space.name()).isEqualTo(BlockSpace.DEFAULT));
            assertThatThrownBy(() -> engine.createTable("T", TableKind.HASH, new byte[0], StorageOptions.DEFAULT.inSpace(1)))
                    .isInstanceOfSatisfying(CoconutException.class, failure -> assertThat(failure.code().sqlState()).isEqualTo("42704"));
            assertThat(engine.tables()).isEmpty();
        }
    }
}
