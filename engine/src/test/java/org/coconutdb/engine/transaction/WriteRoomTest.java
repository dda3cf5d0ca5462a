package org.coconutdb.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;

class WriteRoomTest {
    private static final long MEGABYTE = 1 << 20;

    private final WriteRoom room = new WriteRoom(64 * MEGABYTE, 10 * MEGABYTE, new AtomicLong());

    private static ErrorCode codeOf(Runnable call) {
        CoconutException failure = catchThrowableOfType(CoconutException.class, call::run);
        assertThat((Throwable) failure).as("a failure").isNotNull();
        return failure.code();
    }

    @Test
    void whatIsSmallIsNotTold() {
        assertThat(room.admit(100, WriteRoom.STEP_BYTES, 0)).isZero();
        assertThat(room.heapBytes()).hasValue(0);
    }

    @Test
    void aTransactionThatNeedsMoreThanThereIsAtAllIsTooLarge() {
        assertThat(codeOf(() -> room.admit(100, 11 * MEGABYTE, 0))).isEqualTo(ErrorCode.TRANSACTION_TOO_LARGE);
        assertThat(codeOf(() -> room.admit(65 * MEGABYTE, 100, 0))).isEqualTo(ErrorCode.TRANSACTION_TOO_LARGE);
        assertThat(room.heapBytes()).hasValue(0);
    }

    @Test
    void whatOthersHoldIsNotThereUntilTheyGiveItBack() {
        long told = room.admit(100, 6 * MEGABYTE, 0);
        assertThat(told).isEqualTo(6 * MEGABYTE);
        assertThat(codeOf(() -> room.admit(100, 5 * MEGABYTE, 0))).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED);
        assertThat(room.heapBytes()).as("what was refused is not held").hasValue(told);
        room.giveBack(told);
        assertThat(room.admit(100, 5 * MEGABYTE, 0)).isEqualTo(5 * MEGABYTE);
    }
}
