package org.coconutdb.engine.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.coconutdb.engine.Seeds;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowLayoutTest {
    static LongStream seeds() {
        return Seeds.of(20);
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
                    columns.add(source.column(random.nextBoolean()));
                }
                RowLayout layout = new RowLayout(columns);
                Object[] values = columns.stream().map(source::value).toArray();

                byte[] row = layout.encode(values);

                assertThat(layout.decode(row)).as("%s; %s", columns, Seeds.rerun(getClass(), "rowsComeBackAsTheyWere", seed)).isEqualTo(
                        values);
                // At an odd place, as a record may have it, with something else behind it.
                int start = random.nextInt(9);
                MemorySegment memory = arena.allocate(start + row.length + 16);
                memory.fill((byte) 0xAA);
                MemorySegment.copy(row, 0, memory, ValueLayout.JAVA_BYTE, start, row.length);
                assertColumns(layout, memory, start, values);
                assertWanted(layout, memory, start, values, random);
            }
        }
    }

    private static void assertColumns(RowLayout layout, MemorySegment memory, int start, Object[] values) {
        for (int i = 0; i < values.length; i++) {
            assertThat(layout.isNull(memory, start, i)).isEqualTo(values[i] == null);
            assertThat(layout.get(memory, start, i)).isEqualTo(values[i]);
            if (values[i] instanceof Number number) {
                switch (layout.column(i).type()) {
                    case INT8, INT16, INT32, INT64 -> assertThat(layout.getLong(memory, start, i)).isEqualTo(number.longValue());
                    case FLOAT32, FLOAT64 -> assertThat(layout.getDouble(memory, start, i)).isEqualTo((Object) number.doubleValue());
                    default -> assertThat(layout.column(i).type()).isEqualTo(StorageType.DECIMAL);
                }
            }
        }
    }

    private static void assertWanted(RowLayout layout, MemorySegment memory, int start, Object[] values, Random random) {
        int[] wanted = random.ints(1 + random.nextInt(4), 0, values.length).toArray();
        Object[] decoded = new Object[wanted.length];
        layout.decode(memory, start, wanted, decoded);
        assertThat(decoded).isEqualTo(Arrays.stream(wanted).mapToObj(column -> values[column]).toArray());
    }
}
