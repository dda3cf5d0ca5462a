package org.coconutdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.coconutdb.engine.history.RegisterChecker.Operation;
import org.junit.jupiter.api.Test;

/// What is planted is found, what is right passes, and of thousands of small histories the checker says the same as who tries all orders.
class RegisterCheckerTest {
    private static final int HISTORIES = Integer.getInteger("registers.histories", 30_000);
    private static final int OPERATIONS_MAX = 7;

    private static Operation write(int value, long began, long ended) {
        return new Operation("x", true, value, "w" + value, began, ended);
    }

    private static Operation read(int value, long began, long ended) {
        return new Operation("x", false, value, "r" + value, began, ended);
    }

    private static List<String> check(List<Operation> operations) {
        RegisterChecker checker = new RegisterChecker();
        operations.forEach(checker::add);
        return checker.check();
    }

    private static void finds(String anomaly, Operation... operations) {
        assertThat(check(List.of(operations))).anySatisfy(line -> assertThat(line).startsWith(anomaly + ":"));
        assertThat(isLinearizable(List.of(operations))).isFalse();
    }

    private static void findsNothing(Operation... operations) {
        assertThat(check(List.of(operations))).isEmpty();
        assertThat(isLinearizable(List.of(operations))).isTrue();
    }

    @Test
    void oneAfterTheOtherIsRight() {
        findsNothing(read(0, 0, 1), write(1, 2, 3), read(1, 4, 5), write(2, 6, 7), read(2, 8, 9));
    }

    @Test
    void whatHappensAtOnceMayBeSeenInAnyOrder() {
        findsNothing(write(1, 0, 10), write(2, 0, 10), read(0, 1, 2), read(2, 3, 4), read(1, 5, 6));
    }

    @Test
    void aStaleRead() {
        finds("stale or lost", write(1, 0, 1), write(2, 2, 3), read(1, 4, 5));
        finds("stale or lost", write(1, 0, 1), read(0, 2, 3));
    }

    /// Each of them may be right, not both.
    @Test
    void aReadThatGoesBack() {
        finds("stale or lost", write(1, 0, 1), write(2, 2, 20), read(2, 3, 4), read(1, 5, 6));
    }

    @Test
    void aLostWrite() {
        finds("stale or lost", write(1, 0, 1), write(2, 2, 3), read(1, 1, 2), read(1, 4, 5));
    }

    @Test
    void aValueThatNobodyWrote() {
        finds("garbage", write(1, 0, 1), read(7, 2, 3));
    }

    @Test
    void aReadOfWhatIsWrittenLater() {
        finds("from the future", read(1, 0, 1), write(1, 2, 3));
    }

    @Test
    void aWriteOfUnknownOutcomeHappensLateOrNeverButNotTwice() {
        findsNothing(write(1, 0, RegisterChecker.NEVER), write(2, 2, 3), read(2, 4, 5), read(1, 6, 7));
        findsNothing(write(1, 0, RegisterChecker.NEVER), write(2, 2, 3), read(2, 4, 5));
        finds("stale or lost", write(1, 0, RegisterChecker.NEVER), write(2, 2, 3), read(1, 1, 2), read(2, 4, 5), read(1, 6, 7));
    }

    @Test
    void itSaysTheSameAsWhoTriesAllOrders() {
        long seed = Long.getLong("seed", 20261130L);
        SplittableRandom random = new SplittableRandom(seed);
        int right = 0;
        for (int i = 0; i < HISTORIES; i++) {
            List<Operation> operations = history(random);
            boolean isRight = isLinearizable(operations);
            right += isRight ? 1 : 0;
            assertThat(check(operations).isEmpty()).as("seed %s, history %s: %s", seed, i, operations).isEqualTo(isRight);
        }
        // Of both kinds there is enough.
        assertThat(right).isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
    }

    private static List<Operation> history(SplittableRandom random) {
        List<Operation> operations = new ArrayList<>();
        int count = random.nextInt(2, OPERATIONS_MAX + 1);
        int writes = random.nextInt(1, count);
        for (int i = 1; i <= count; i++) {
            long began = random.nextInt(16);
            // Ends that are begins of others, too: those are at once.
            long ended = began + random.nextInt(8);
            operations.add(i > writes ? read(random.nextInt(0, writes + 1), began, ended) : write(i, began, random.nextInt(6) == 0
                    ? RegisterChecker.NEVER
                    : ended));
        }
        return operations;
    }

    /// Tries everything that can come next (Wing and Gong 1993).
    private static boolean isLinearizable(List<Operation> left) {
        return isLinearizable(left, RegisterChecker.INITIAL);
    }

    private static boolean isLinearizable(List<Operation> left, long value) {
        if (left.stream().allMatch(operation -> operation.ended() == RegisterChecker.NEVER)) {
            return true;
        }
        for (Operation next : left) {
            boolean isFirst = left.stream().noneMatch(other -> other.ended() < next.began());
            if (isFirst && (next.isWrite() || next.value() == value)) {
                List<Operation> others = new ArrayList<>(left);
                others.remove(next);
                if (isLinearizable(others, next.isWrite() ? next.value() : value)) {
                    return true;
                }
            }
        }
        return false;
    }
}
