package org.coconutdb.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;

class RegionTest {
    private static final MemoryOwner OWNER = new MemoryOwner(1, 2);

    @Test
    void growsInPlaceAndKeepsWhatIsInIt() {
        try (MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1L << 30); Region region = memory.reserve(OWNER, "test", 1L << 30)) {
            region.commit(8);
            region.segment().set(ValueLayout.JAVA_LONG, 0, 42);
            long address = region.segment().address();

            region.commit(100 << 20);

            region.segment().set(ValueLayout.JAVA_LONG, (100 << 20) - 8, 43);
            assertThat(region.segment().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
            assertThat(region.segment().address()).isEqualTo(address);
            assertThat(region.segment().get(ValueLayout.JAVA_LONG, 50 << 20)).as("new memory is zeros").isZero();
        }
    }

    @Test
    void readingAClosedRegionIsAnErrorAndClosingTwiceIsHarmless() {
        try (MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1L << 30)) {
            Region region = memory.reserve(OWNER, "test", 1L << 20);
            region.commit(8);
            region.close();
            region.close();

            assertThatThrownBy(() -> region.segment().get(ValueLayout.JAVA_LONG, 0)).isInstanceOf(IllegalStateException.class);
            assertThat(memory.use()).isEmpty();
        }
    }

    @Test
    void whatIsTouchedIsResidentAndWhatIsLockedIsMeasuredAsLocked() {
        long pageBytes = 4096;
        try (MemoryManager memory = new MemoryManager(LockPolicy.PREFERRED, 1L << 30); Region region = memory.reserve(OWNER, "test", 1L
                << 30)) {
            region.commit(1 << 20);
            for (long at = 0; at < 512 << 10; at += pageBytes) {
                region.segment().set(ValueLayout.JAVA_BYTE, at, (byte) 1);
            }

            MemoryUse use = memory.use().getFirst();

            assertThat(use.owner()).isEqualTo(OWNER);
            assertThat(use.mappedBytes()).isEqualTo(region.committedBytes());
            assertThat(use.residentBytes()).isBetween(512L << 10, region.committedBytes());
            if (LockLimit.bytes() >= region.committedBytes()) {
                // Locked on fault: what was not touched is not resident and so not locked.
                assertThat(use.lockedBytes()).isEqualTo(use.residentBytes());
            } else {
                assertThat(use.lockedBytes()).isLessThanOrEqualTo(LockLimit.bytes());
            }
        }
    }

    @Test
    void memoryThatMayNotBeLockedIsMeasuredAsNotLocked() {
        try (MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1L << 30); Region region = memory.reserve(OWNER, "test", 1L << 30)) {
            region.commit(1 << 20);
            region.segment().asSlice(0, 1 << 20).fill((byte) 1);

            MemoryUse use = memory.use().getFirst();

            assertThat(use.residentBytes()).isGreaterThanOrEqualTo(1 << 20);
            assertThat(use.lockedBytes()).isZero();
        }
    }

    @Test
    void aBudgetThatIsUsedUpSaysSo() {
        try (MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1 << 20); Region region = memory.reserve(OWNER, "test", 1L << 30)) {
            region.commit(900 << 10);

            assertThatThrownBy(() -> memory.admit(300 << 10)).isInstanceOfSatisfying(CoconutException.class, failure -> {
                assertThat(failure.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED);
                assertThat(failure.code().sqlState()).isEqualTo("53200");
                assertThat(failure.getMessage()).contains("memory.limit");
            });
        }
    }

    @Test
    void aReservationThatIsUsedUpSaysSo() {
        try (MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1L << 30); Region region = memory.reserve(OWNER, "test", 1L << 20)) {
            assertThatThrownBy(() -> region.commit(2 << 20)).isInstanceOfSatisfying(CoconutException.class,
                    failure -> assertThat(failure.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED));
        }
    }
}
