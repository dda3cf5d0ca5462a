package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentOutcomesTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final RecentOutcomes recent = new RecentOutcomes(nanos::get);

    @Test
    void whatWasAppliedIsRemembered() {
        recent.reset(4);
        recent.add(5, new long[] {70, 71}, List.of(new byte[] {1}, new byte[] {2}));

        assertThat(recent.result(70)).containsExactly(1);
        assertThat(recent.result(71)).containsExactly(2);
        assertThat(recent.result(72)).isNull();
        assertThat(recent.remembersFrom(5)).isTrue();
        assertThat(recent.remembersFrom(4)).as("before it was opened").isFalse();
    }

    @Test
    void ofTooManyTheEldestAreForgottenAndItSaysSo() {
        recent.reset(0);
        for (int index = 1; index <= RecentOutcomes.COMMANDS_MAX + 10; index++) {
            recent.add(index, new long[] {index}, List.of(new byte[0]));
        }

        assertThat(recent.result(10)).isNull();
        assertThat(recent.result(11)).isNotNull();
        assertThat(recent.remembersFrom(11)).isTrue();
        assertThat(recent.remembersFrom(10)).isFalse();
    }

    @Test
    void whatNobodyAsksForAnyMoreIsForgotten() {
        recent.reset(0);
        recent.add(1, new long[] {1}, List.of(new byte[0]));
        nanos.addAndGet(RecentOutcomes.KEPT_NANOS - 1);
        recent.add(2, new long[] {2}, List.of(new byte[0]));
        assertThat(recent.result(1)).isNotNull();

        nanos.addAndGet(1);
        recent.forgetOld();
        assertThat(recent.result(1)).isNull();
        assertThat(recent.remembersFrom(1)).isFalse();
        assertThat(recent.result(2)).isNotNull();
        assertThat(recent.remembersFrom(2)).isTrue();

        nanos.addAndGet(RecentOutcomes.KEPT_NANOS);
        recent.forgetOld();
        assertThat(recent.result(2)).isNull();
        assertThat(recent.remembersFrom(3)).isTrue();
    }

    @Test
    void largeResultsAreForgottenSooner() {
        recent.reset(0);
        byte[] large = new byte[(int) RecentOutcomes.RESULT_BYTES_MAX / 2];
        for (int index = 1; index <= 3; index++) {
            recent.add(index, new long[] {index}, List.of(large));
        }

        assertThat(recent.result(1)).isNull();
        assertThat(recent.result(2)).isNotNull();
        assertThat(recent.remembersFrom(1)).isFalse();
    }

    @Test
    void anEntryOfWhichSomeIsForgottenIsNotRemembered() {
        recent.reset(0);
        long[] ids = new long[RecentOutcomes.COMMANDS_MAX + 1];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i;
        }
        recent.add(1, ids, Collections.nCopies(ids.length, new byte[0]));

        assertThat(recent.result(0)).isNull();
        assertThat(recent.remembersFrom(1)).isFalse();
        assertThat(recent.remembersFrom(2)).isTrue();
    }
}
