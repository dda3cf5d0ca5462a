package org.coconutdb.sql.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.calcite.linq4j.Linq4j;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.spill.QueryMemory;
import org.coconutdb.sql.spill.QueryMemoryConfig;
import org.coconutdb.sql.spill.RowBuffer;
import org.coconutdb.sql.spill.StatementMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows with NULLs and repeated keys, found by keys with NULLs and repetitions.
class MergeSourceTest {
    private static final QueryMemory BUDGET = new QueryMemory(new QueryMemoryConfig(1 << 20, 1 << 20, null));

    private static JoinSource.Matches start(MergeSource source, boolean cancelled) {
        AtomicBoolean signal = new AtomicBoolean(cancelled);
        StatementMemory memory = BUDGET.open(signal);
        PlanDataContext context = new PlanDataContext(new ExecutionContext(null, new Object[0], "", null, Viewer.OWNER, ZoneOffset.UTC,
                false, 0, signal,
                memory, null),
                Map
                        .of(), null);
        return source.start(context, memory.operator(null));
    }

    private static List<Object> found(RowBuffer rows) {
        List<Object> found = new ArrayList<>();
        for (RowBuffer.Reader reader = rows.read(); reader.hasNext();) {
            found.add(reader.next());
        }
        return found;
    }

    private static List<Object[]> rows(Random random, int count, RowOrder order) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Object[] {value(random), i, random.nextInt(3) == 0 ? null : "s" + random.nextInt(3)});
        }
        rows.sort(order);
        return rows;
    }

    private static Integer value(Random random) {
        return random.nextInt(6) == 0 ? null : (Integer) (random.nextInt(12));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsFoundIsWhatIsThere(boolean descending) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + Long.toHexString(seed));
        Random random = new Random(seed);
        // As an index gives them: NULL is last, and first where it goes backwards.
        RowOrder order = new RowOrder(new RowOrder.Part[] {new RowOrder.Part(0, descending, descending), new RowOrder.Part(2, false,
                false)},
                false);
        for (int round = 0; round < 300; round++) {
            List<Object[]> left = rows(random, random.nextInt(30), order);
            List<Object[]> right = rows(random, random.nextInt(30), order);
            int columns = 1 + random.nextInt(2);
            MergeSource source = new MergeSource(_ -> Linq4j.enumerator(right), Arrays.copyOf(new int[] {0, 2}, columns), new boolean[] {
                    descending, false}, LookupSource.NOT_MEASURED);
            JoinSource.Matches matches = start(source, false);
            for (Object[] row : left) {
                Object[] key = Arrays.copyOf(new Object[] {row[0], row[2]}, columns);
                List<Object[]> expected = right.stream()
                        .filter(other -> key[0] != null && key[0].equals(other[0]) && (columns == 1 || key[1] != null && key[1].equals(
                                other[2])))
                        .toList();
                assertThat(found(matches.find(key))).as("seed %s, round %s", Long.toHexString(seed), round).isEqualTo(List.<Object> copyOf(
                        expected));
            }
        }
    }

    @Test
    void aCancelledMergeStops() {
        MergeSource source = new MergeSource(_ -> Linq4j.enumerator(List.<Object[]> of(new Object[] {1})), new int[] {0}, new boolean[1],
                LookupSource.NOT_MEASURED);

        assertThatThrownBy(() -> start(source, true).find(new Object[] {1})).isInstanceOfSatisfying(CoconutException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATEMENT_CANCELLED));
    }
}
