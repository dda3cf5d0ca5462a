package org.coconutdb.engine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.coconutdb.engine.SqlAddress;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.HostLinks;
import org.junit.jupiter.api.Test;

/// What hosts know of each other's addresses, by links that carry everything at once, and by clocks of the test.
class SqlAddressesTest {
    private static final SqlAddress FIRST = new SqlAddress("db0", 8765, false);
    private static final SqlAddress MOVED = new SqlAddress("db0", 9000, true);

    private final Map<Integer, Links> network = new HashMap<>();

    private final class Links implements HostLinks {
        private final int self;
        private final Map<Byte, Answerer> answerers = new HashMap<>();

        Links(int self) {
            this.self = self;
            network.put(self, this);
        }

        @Override
        public int self() {
            return self;
        }

        @Override
        public CompletableFuture<byte[]> ask(int host, byte topic, byte[] question) {
            Links other = network.get(host);
            return other == null ? CompletableFuture.failedFuture(CoconutException.of(ErrorCode.HOST_UNREACHABLE))
                    : other.answerers.get(topic).answer(self, question);
        }

        @Override
        public CompletableFuture<byte[]> ask(int host, byte topic, byte[] question, long nanosMax) {
            return ask(host, topic, question);
        }

        @Override
        public void answer(byte topic, Answerer answerer) {
            answerers.put(topic, answerer);
        }
    }

    private SqlAddresses start(int host, long wallMillis) {
        return new SqlAddresses(new Links(host), List.of(0, 1, 2), () -> wallMillis);
    }

    @Test
    void whatAHostAnnouncesAllOthersKnow() {
        SqlAddresses zero = start(0, 1_000);
        SqlAddresses one = start(1, 1_000);

        zero.announce(FIRST);

        assertThat(one.of(0).address()).isEqualTo(FIRST);
        assertThat(one.heardMillisAgo(0)).isBetween(0L, 60_000L);
        assertThat(one.heardMillisAgo(2)).isEqualTo(-1);
    }

    @Test
    void aHostThatIsStartedIsToldOfOthersThatAreAway() {
        SqlAddresses zero = start(0, 1_000);
        SqlAddresses one = start(1, 1_000);
        zero.announce(FIRST);
        network.remove(0);

        SqlAddresses two = start(2, 1_000);
        one.exchange();

        assertThat(two.of(0)).isEqualTo(one.of(0)).isEqualTo(new SqlAddresses.Known(FIRST, 1_000));
    }

    @Test
    void aHostThatIsStartedAnewServesNobodyUntilItSaysSo() {
        start(0, 1_000).announce(FIRST);
        SqlAddresses one = start(1, 1_000);
        one.exchange();
        assertThat(one.of(0).address()).isEqualTo(FIRST);

        SqlAddresses again = start(0, 2_000);
        again.exchange();
        one.exchange();

        assertThat(one.of(0).address()).isNull();
        assertThat(one.of(0)).isEqualTo(again.of(0));
    }

    @Test
    void theNewestCountsAlsoByAClockThatWentBack() {
        SqlAddresses one = start(1, 1_000);
        start(0, 5_000).announce(FIRST);

        SqlAddresses again = start(0, 1_000);
        again.announce(MOVED);
        one.exchange();

        assertThat(one.of(0).address()).isEqualTo(MOVED);
        assertThat(one.of(0).epoch()).isGreaterThan(5_000);
        assertThat(again.of(0)).isEqualTo(one.of(0));
    }

    /// What the directory has counts as if somebody had told it, but nobody is heard by that.
    @Test
    void whatWasNotedCountsWhereNobodySaysAnythingNewer() {
        SqlAddresses one = start(1, 9_000);
        one.learn(0, FIRST, 1_000);
        one.learn(7, FIRST, 1_000);
        assertThat(one.of(0)).isEqualTo(new SqlAddresses.Known(FIRST, 1_000));
        assertThat(one.of(7)).as("no host of the cluster").isEqualTo(SqlAddresses.Known.NOTHING);
        assertThat(one.heardMillisAgo(0)).isEqualTo(-1);

        SqlAddresses zero = start(0, 2_000);
        zero.announce(MOVED);
        one.learn(0, FIRST, 1_500);

        assertThat(one.of(0)).isEqualTo(new SqlAddresses.Known(MOVED, 2_000));
    }

    /// By a clock that went back, too.
    @Test
    void aHostIsNotWhereItWasUntilItSaysSo() {
        SqlAddresses one = start(1, 1_000);
        SqlAddresses zero = start(0, 1_000);
        zero.learn(0, FIRST, 5_000);
        assertThat(zero.hasAnnounced()).isFalse();
        assertThat(zero.of(0)).isEqualTo(new SqlAddresses.Known(null, 5_001));

        zero.announce(FIRST);
        one.learn(0, FIRST, 5_000);

        assertThat(zero.hasAnnounced()).isTrue();
        assertThat(one.of(0)).isEqualTo(zero.of(0)).isEqualTo(new SqlAddresses.Known(FIRST, 5_002));
    }

    @Test
    void whatIsNotServedAnyMoreIsForgotten() {
        SqlAddresses zero = start(0, 1_000);
        SqlAddresses one = start(1, 1_000);
        zero.announce(FIRST);

        zero.announce(null);

        assertThat(one.of(0)).isEqualTo(new SqlAddresses.Known(null, 1_001));
    }
}
