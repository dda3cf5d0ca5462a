package org.coconutdb.engine.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyCodec.KeyColumn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KeyCodecTest {
    static LongStream seeds() {
        return Seeds.of(20);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "ARRAY", mode = EnumSource.Mode.EXCLUDE)
    void everyTypeOrdersAsItsValuesDo(StorageType type) {
        Random random = Seeds.random(type.ordinal());
        ValueSource source = new ValueSource(random);
        for (boolean nullable : new boolean[] {false, true}) {
            for (boolean descending : new boolean[] {false, true}) {
                Column column = type == StorageType.DECIMAL ? Column.decimal(1 + random.nextInt(38), 0, nullable) : Column.of(type,
                        nullable);
                assertOrder(source, List.of(new KeyColumn(column, descending)), 1500, type.ordinal());
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void compositeKeysOrderColumnByColumn(long seed) {
        Random random = Seeds.random(seed);
        ValueSource source = new ValueSource(random);
        for (int round = 0; round < 10; round++) {
            List<KeyColumn> columns = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(4); i++) {
                columns.add(new KeyColumn(source.column(random.nextBoolean()), random.nextBoolean()));
            }
            assertOrder(source, columns, 150, seed);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theFirstColumnsOfAKeyAreItsPrefix(long seed) {
        Random random = Seeds.random(seed);
        ValueSource source = new ValueSource(random);
        for (int round = 0; round < 100; round++) {
            List<KeyColumn> columns = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(4); i++) {
                columns.add(new KeyColumn(source.column(random.nextBoolean()), random.nextBoolean()));
            }
            KeyCodec codec = new KeyCodec(columns);
            Object[] values = columns.stream().map(column -> source.value(column.column())).toArray();
            byte[] key = codec.encode(values);
            for (int count = 0; count <= values.length; count++) {
                assertThat(codec.prefixLength(key, count)).isEqualTo(codec.encodePrefix(Arrays.copyOf(values, count)).length);
            }
        }
    }

    private static void assertOrder(ValueSource source, List<KeyColumn> columns, int pairs, long seed) {
        KeyCodec codec = new KeyCodec(columns);
        for (int i = 0; i < pairs; i++) {
            Object[] left = columns.stream().map(column -> source.value(column.column())).toArray();
            // Often all but the last column alike, so that later columns decide.
            Object[] right = i % 2 == 0 ? left.clone() : columns.stream().map(column -> source.value(column.column())).toArray();
            right[right.length - 1] = source.value(columns.getLast().column());

            byte[] leftKey = codec.encode(left);
            byte[] rightKey = codec.encode(right);

            assertThat(Integer.signum(Arrays.compareUnsigned(leftKey, rightKey)))
                    .as("%s: %s against %s; %s", columns, Arrays.deepToString(left), Arrays.deepToString(right),
                            Seeds.rerun(KeyCodecTest.class, "*", seed))
                    .isEqualTo(Integer.signum(compare(columns, left, right)));
            assertThat(compare(columns, codec.decode(leftKey), left)).as("decoded").isZero();
            for (int prefix = 1; prefix < columns.size(); prefix++) {
                assertThat(KeyRange.prefix(codec.encodePrefix(Arrays.copyOf(left, prefix))).contains(leftKey)).isTrue();
            }
        }
    }

    private static int compare(List<KeyColumn> columns, Object[] left, Object[] right) {
        for (int i = 0; i < columns.size(); i++) {
            int order;
            if (left[i] == null || right[i] == null) {
                order = left[i] == right[i] ? 0 : left[i] == null ? 1 : -1;
            } else {
                order = ValueSource.compare(columns.get(i).column(), left[i], right[i]);
                order = columns.get(i).descending() ? -order : order;
            }
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    @Test
    void nullInAColumnThatAllowsNoneIsRefused() {
        KeyCodec codec = new KeyCodec(List.of(new KeyColumn(Column.of(StorageType.STRING, false), false)));

        assertThatThrownBy(() -> codec.encode(new Object[] {null})).isInstanceOfSatisfying(CoconutException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.NULL_NOT_ALLOWED));
    }
}
