package org.coconutdb.sql.spill;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.calcite.avatica.util.ByteString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The estimate beside what the heap says: many rows, of each kind by itself.
class RowSizeTest {
    private static final int ROWS = 150_000;

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of("whole numbers", (IntFunction<Object>) i -> new Object[] {i + 1_000, (long) i + 1_000, (short) (i % 20_000
                        + 1_000)}),
                Arguments.of("one value", (IntFunction<Object>) i -> (long) i + 1_000),
                Arguments.of("short texts", (IntFunction<Object>) i -> new Object[] {"text " + i, "ä" + i}),
                Arguments.of("wide texts", (IntFunction<Object>) i -> new Object[] {"€uro " + i, i + 1_000}),
                Arguments.of("long texts", (IntFunction<Object>) i -> new Object[] {("row " + i).repeat(20)}),
                Arguments.of("decimals", (IntFunction<Object>) i -> new Object[] {BigDecimal.valueOf(i + 100_000, 2), i + 0.5}),
                Arguments.of("large decimals", (IntFunction<Object>) i -> new Object[] {new BigDecimal("1234567890123456789012345." + i)}),
                Arguments.of("others", (IntFunction<Object>) i -> new Object[] {new UUID(i, i), new ByteString(new byte[i % 40]), i % 2
                        == 0}),
                Arguments.of("arrays", (IntFunction<Object>) i -> new Object[] {Collections.unmodifiableList(new ArrayList<>(Arrays.asList(i
                        + 1_000, null, i + 2_000))), Collections.unmodifiableList(new ArrayList<>(List.of("text " + i)))}),
                Arguments.of("nothing much", (IntFunction<Object>) i -> new Object[] {null, true, null, (byte) i}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void theEstimateIsWhatTheHeapHas(String kind, IntFunction<Object> row) {
        Object[] rows = new Object[ROWS];
        long before = heapBytes();

        long estimated = 0;
        for (int i = 0; i < ROWS; i++) {
            rows[i] = row.apply(i);
            estimated += RowSize.of(rows[i]);
        }
        double ratio = (double) (heapBytes() - before) / estimated;
        Reference.reachabilityFence(rows);

        System.out.printf("%s: the heap has %.2f of the estimate%n", kind, ratio);
        assertThat(ratio).as(kind + ": heap / estimate").isBetween(0.6, 1.15);
    }

    private static long heapBytes() {
        long least = Long.MAX_VALUE;
        // What other threads hold for a moment goes away.
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
