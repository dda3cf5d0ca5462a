package org.coconutdb.engine.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.RowHistory.Kept;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowVersionsTest {
    private static final Column NUMBER = Column.of(StorageType.INT32, true);
    private static final Column TEXT = Column.of(StorageType.STRING, true);

    static LongStream seeds() {
        return Seeds.of(30);
    }

    /// A row as it was written, and what is expected of it: one value for each column of the newest version.
    private record Written(byte[] bytes, List<Object> now) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rowsOfEveryVersionAreReadAsOnesOfTheNewest(long seed) {
        Random random = Seeds.random(seed);
        ValueSource source = new ValueSource(random);
        RowHistory history = RowHistory.of(IntStream.range(0, 1 + random.nextInt(10)).mapToObj(_ -> source.column(true)).toList());
        List<Written> written = new ArrayList<>();

        for (int version = 0; version < 40; version++) {
            written.add(write(history, source));
            RowVersions versions = new RowVersions(history);
            for (Written row : written) {
                MemorySegment memory = MemorySegment.ofArray(row.bytes);
                String rerun = Seeds.rerun(getClass(), "rowsOfEveryVersionAreReadAsOnesOfTheNewest", seed);

                assertThat(versions.decode(row.bytes)).as(rerun).containsExactly(row.now.toArray());
                assertThat(versions.newest().decode(MemorySegment.ofArray(versions.toNewest(memory, 0)), 0)).as(rerun)
                        .containsExactly(row.now.toArray());
                assertThat(versions.isNewest(memory, 0)).isEqualTo(row.bytes[0] == version);
            }
            history = change(history, written, random, source);
        }
    }

    private static Written write(RowHistory history, ValueSource source) {
        List<Object> values = new ArrayList<>();
        history.current().forEach(column -> values.add(source.value(column)));
        return new Written(new RowVersions(history).newest().encode(values.toArray()), values);
    }

    /// Takes columns out and adds others; rows that are there have those with the value that is missing in them.
    private static RowHistory change(RowHistory history, List<Written> written, Random random, ValueSource source) {
        List<Integer> removed = random.ints(0, history.current().size()).distinct().limit(random.nextInt(history.current().size())).boxed()
                .toList();
        List<Kept> added = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Column column = source.column(true);
            added.add(new Kept(column, source.value(column)));
        }
        for (Written row : written) {
            removed.stream().sorted(Comparator.reverseOrder()).forEach(place -> row.now.remove((int) place));
            added.forEach(column -> row.now.add(column.missing()));
        }
        return history.changed(removed, added);
    }

    @Test
    void aColumnThatCameAgainUnderItsPlaceIsAnother() {
        RowHistory history = RowHistory.of(List.of(NUMBER, NUMBER));
        byte[] row = new RowVersions(history).newest().encode(new Object[] {1, 2});

        RowHistory after = history.changed(List.of(1), List.of()).changed(List.of(), List.of(new Kept(NUMBER, 9)));

        assertThat(new RowVersions(after).decode(row)).containsExactly(1, 9);
        assertThat(after.current()).containsExactly(NUMBER, NUMBER);
    }

    @Test
    void aRowOfALaterVersionIsRefused() {
        RowHistory before = RowHistory.of(List.of(NUMBER));
        byte[] row = new RowVersions(before.changed(List.of(), List.of(new Kept(TEXT, null)))).newest().encode(new Object[] {1, "a"});

        assertThatThrownBy(() -> new RowVersions(before).decode(row)).isInstanceOfSatisfying(CoconutException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BROKEN_INVARIANT));
    }

    @Test
    void aHistoryThatCannotBeIsRefused() {
        List<Kept> two = List.of(new Kept(NUMBER, null), new Kept(TEXT, null));

        assertThatThrownBy(() -> new RowHistory(two, 1, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RowHistory(two, 2, List.of(new RowHistory.Change(List.of(2), 0))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RowHistory(two, 2, List.of(new RowHistory.Change(List.of(1, 1), 0))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RowHistory(two, -1, List.of(new RowHistory.Change(List.of(), 3))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
