package org.coconutdb.sql.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntUnaryOperator;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.QueryMemory;
import org.coconutdb.sql.spill.QueryMemoryConfig;
import org.coconutdb.sql.spill.StatementMemory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Beside the JDK's sort, which is stable.
class SortedPiecesTest {
    private static final long SEED = Long.getLong("seed", new SplittableRandom().nextLong());
    // Three pieces and a bit.
    private static final int MANY = 200_001;

    private record Row(int key, int number) {}

    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Comparator<@Nullable Object> byKey = Comparator.comparingInt(row -> ((Row) Objects.requireNonNull(row)).key());
    private QueryMemory budget;
    private StatementMemory statement;
    private OperatorMemory memory;

    @BeforeEach
    void open(@TempDir Path directory) {
        System.out.println("seed " + SEED);
        budget = new QueryMemory(new QueryMemoryConfig(1 << 20, 1 << 20, directory));
        statement = budget.open(cancelled);
        memory = statement.operator(null);
    }

    @AfterEach
    void close() {
        statement.close();
        budget.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 15, 16, 17, 1_000, 65_535, 65_536, 65_537, 131_072, MANY})
    void rowsComeInOrderAndEqualOnesAsTheyCame(int count) {
        check(count, _ -> random.nextInt(1_000));
        check(count, _ -> random.nextInt());
    }

    @Test
    void rowsThatHaveAnOrderAlreadyComeInIt() {
        check(MANY, i -> i);
        check(MANY, i -> -i);
        check(MANY, _ -> 1);
        // One piece fits behind the one before, the next does not.
        check(MANY, i -> i < 100_000 ? i : i - 70_000);
    }

    private void check(int count, IntUnaryOperator key) {
        SortedPieces pieces = new SortedPieces(memory, byKey);
        List<Row> expected = new ArrayList<>();
        assertThat(pieces.isEmpty()).isTrue();
        for (int i = 0; i < count; i++) {
            Row row = new Row(key.applyAsInt(i), i);
            pieces.add(row);
            expected.add(row);
        }
        assertThat(pieces.isEmpty()).isEqualTo(count == 0);
        expected.sort(byKey);

        assertThat(rows(pieces.sorted()).equals(expected)).as("rows of %d", count).isTrue();
    }

    private static List<@Nullable Object> rows(RowIterator from) {
        List<@Nullable Object> rows = new ArrayList<>();
        while (from.hasNext()) {
            rows.add(from.next());
        }
        assertThatThrownBy(from::next).isInstanceOf(NoSuchElementException.class);
        return rows;
    }

    @Test
    void inputsOfAnyNumberAndLengthAreMerged() {
        for (int count = 0; count < 70; count++) {
            List<RowIterator> inputs = new ArrayList<>();
            List<Row> expected = new ArrayList<>();
            int number = 0;
            for (int input = 0; input < count; input++) {
                List<Row> rows = new ArrayList<>();
                int length = random.nextInt(4) == 0 ? 0 : random.nextInt(20);
                for (int i = 0; i < length; i++) {
                    rows.add(new Row(random.nextInt(30), number++));
                }
                rows.sort(byKey);
                inputs.add(RowIterator.of(rows));
                expected.addAll(rows);
            }
            expected.sort(byKey);

            assertThat(rows(new MergedRows(memory, byKey, inputs))).as("of %d inputs", count).isEqualTo(expected);
        }
    }

    @Test
    void aMergeEndsWhenItsStatementIsCancelled() {
        MergedRows merged = new MergedRows(memory, byKey, List.of(RowIterator.of(List.of(new Row(1, 1))), RowIterator.of(List.of(new Row(2,
                2)))));
        cancelled.set(true);

        assertThatThrownBy(merged::next).isInstanceOfSatisfying(CoconutException.class, error -> assertThat(error.code()).isEqualTo(
                ErrorCode.STATEMENT_CANCELLED));
    }
}
