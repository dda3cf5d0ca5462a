package org.coconutdb.engine.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowLayoutTest {
    static LongStream seeds() {
        return Seeds.of(20);
    }

    private static Column column(ValueSource source, Random random) {
        boolean nullable = random.nextBoolean();
        return random.nextInt(5) == 0 ? source.array(nullable) : source.column(nullable);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rowsComeBackAsTheyWere(long seed) {
        Random random = Seeds.random(seed);
        ValueSource source = new ValueSource(random);
        try (Arena arena = Arena.ofConfined()) {
            for (int round = 0; round < 60; round++) {
                List<Column> columns = new ArrayList<>();
                for (int i = 0; i <= random.nextInt(20); i++) {
                    columns.add(column(source, random));
                }
                RowLayout layout = new RowLayout(columns, random.nextInt(RowLayout.VERSION_MAX + 1));
                Object[] values = columns.stream().map(source::value).toArray();

                byte[] row = layout.encode(values);

                assertThat(ValueSource.comparable(layout.decode(MemorySegment.ofArray(row), 0))).as("%s; %s", columns, Seeds.rerun(
                        getClass(), "rowsComeBackAsTheyWere", seed)).isEqualTo(ValueSource.comparable(values));
                // At an odd place, as a record may have it, with something else behind it.
                int start = random.nextInt(9);
                MemorySegment memory = arena.allocate(start + row.length + 16);
                memory.fill((byte) 0xAA);
                MemorySegment.copy(row, 0, memory, ValueLayout.JAVA_BYTE, start, row.length);
                assertColumns(layout, memory, start, values);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aChangedRowIsTheRowOfTheNewValues(long seed) {
        Random random = Seeds.random(seed);
        ValueSource source = new ValueSource(random);
        for (int round = 0; round < 100; round++) {
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(20); i++) {
                columns.add(column(source, random));
            }
            RowLayout layout = new RowLayout(columns, random.nextInt(RowLayout.VERSION_MAX + 1));
            Object[] values = columns.stream().map(source::value).toArray();
            byte[] row = layout.encode(values);
            int[] changed = IntStream.range(0, columns.size()).filter(column -> random.nextInt(4) == 0).toArray();
            Object[] newValues = IntStream.of(changed).mapToObj(column -> source.value(columns.get(column))).toArray();
            for (int i = 0; i < changed.length; i++) {
                values[changed[i]] = newValues[i];
            }

            byte[] other = layout.changed(MemorySegment.ofArray(row), 0, changed, newValues);

            assertThat(other).as("%s; %s", columns, Seeds.rerun(getClass(), "aChangedRowIsTheRowOfTheNewValues", seed))
                    .isEqualTo(layout.encode(values));
        }
    }

    private static void assertColumns(RowLayout layout, MemorySegment memory, int start, Object[] values) {
        for (int i = 0; i < values.length; i++) {
            assertThat(layout.isNull(memory, start, i)).isEqualTo(values[i] == null);
            assertThat(ValueSource.comparable(layout.get(memory, start, i))).isEqualTo(ValueSource.comparable(values[i]));
            if (values[i] instanceof Number number) {
                switch (layout.column(i).type()) {
                    case INT8, INT16, INT32, INT64 -> assertThat(layout.getLong(memory, start, i)).isEqualTo(number.longValue());
                    case FLOAT32, FLOAT64 -> assertThat(layout.getDouble(memory, start, i)).isEqualTo((Object) number.doubleValue());
                    default -> assertThat(layout.column(i).type()).isEqualTo(StorageType.DECIMAL);
                }
            }
        }
    }

    @Test
    void anArrayTakesHardlyMoreThanItsElements() {
        RowLayout layout = new RowLayout(List.of(Column.array(Column.of(StorageType.INT32, true), true)));
        // Version, null bit, where the array ends.
        int empty = 1 + 1 + 4;

        assertThat(layout.encode(new Object[] {null})).hasSize(empty);
        assertThat(layout.encode(new Object[] {List.of()})).hasSize(empty + 1);
        assertThat(layout.encode(new Object[] {List.of(1, 2, 3)})).hasSize(empty + 1 + 3 * 4);
        assertThat(layout.encode(new Object[] {Arrays.asList(1, null, null, 4)})).hasSize(empty + 1 + 1 + 2 * 4);
    }

    @Test
    void aChangeToNullIsRefusedWhereThereIsNone() {
        RowLayout layout = new RowLayout(List.of(Column.of(StorageType.STRING, false), Column.of(StorageType.INT32, false)));
        MemorySegment row = MemorySegment.ofArray(layout.encode(new Object[] {"a", 1}));

        for (int column = 0; column < 2; column++) {
            int[] changed = {column};
            assertThatThrownBy(() -> layout.changed(row, 0, changed, new Object[] {null}))
                    .isInstanceOfSatisfying(CoconutException.class, failure -> {
                        assertThat(failure.code()).isEqualTo(ErrorCode.NULL_NOT_ALLOWED);
                        assertThat(failure.facts()).containsEntry("column", String.valueOf(changed[0] + 1));
                    });
        }
    }

    @Test
    void aRowOfAnotherLayoutIsNotMixedUp() {
        RowLayout layout = new RowLayout(List.of(Column.of(StorageType.INT32, false), Column.of(StorageType.INT32, false)), 1);
        byte[] row = new RowLayout(List.of(Column.of(StorageType.INT64, false))).encode(new Object[] {1L});

        assertThatThrownBy(() -> layout.decode(MemorySegment.ofArray(row), 0))
                .isInstanceOfSatisfying(CoconutException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.BROKEN_INVARIANT);
                    assertThat(failure.facts()).containsEntry("rowVersion", "0").containsEntry("layoutVersion", "1");
                });
    }
}
