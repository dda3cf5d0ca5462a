package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.junit.jupiter.api.Test;

/// The directory's rows of hosts and of settings, as bytes.
class ClusterRowsTest {
    private static final HostRow SILENT = new HostRow("db-0.example", 9700, null, 0);
    private static final HostRow PLAIN = new HostRow("::1", 1, new SqlAddress("café", 65_535, false), Long.MAX_VALUE);
    private static final HostRow TLS = new HostRow("10.0.0.1", 65_535, new SqlAddress("db", 1, true), 1_700_000_000_000L);
    private static final SettingsRow USUAL = new SettingsRow(TimeUnit.SECONDS.toNanos(1), OptionalInt.empty());
    private static final SettingsRow SET = new SettingsRow(TimeUnit.MILLISECONDS.toNanos(100), OptionalInt.of(3));

    private static void refused(Function<byte[], ?> decoding, byte[] row, String... parts) {
        assertThatThrownBy(() -> decoding.apply(row)).as(Arrays.toString(row)).isInstanceOfSatisfying(CoconutException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.BROKEN_INVARIANT);
            assertThat(List.of(parts)).allSatisfy(part -> assertThat(failure.getMessage()).contains(part));
        });
    }

    @Test
    void aHostsRowIsReadAsItWasWritten() {
        for (HostRow row : List.of(SILENT, PLAIN, TLS)) {
            assertThat(HostRow.decode(row.encode())).isEqualTo(row);
        }
        byte[] layout = ByteBuffer.allocate(29).put((byte) 1).putLong(7).putInt(9700).putInt(1).put((byte) 'a').put((byte) 2).putInt(8765)
                .putInt(2).put((byte) 's').put((byte) 'q').array();
        assertThat(new HostRow("a", 9700, new SqlAddress("sq", 8765, true), 7).encode()).isEqualTo(layout);
    }

    @Test
    void settingsAreReadAsTheyWereWritten() {
        for (SettingsRow row : List.of(USUAL, SET)) {
            assertThat(SettingsRow.decode(row.encode())).isEqualTo(row);
        }
        assertThat(SET.encode()).isEqualTo(ByteBuffer.allocate(13).put((byte) 1).putLong(100_000_000).putInt(3).array());
    }

    @Test
    void whatIsNotKnownIsRefused() {
        byte[] later = TLS.encode();
        later[0] = 2;
        refused(HostRow::decode, later, "row=host", "format=2", "run hosts of one version");
        later = SET.encode();
        later[0] = 9;
        refused(SettingsRow::decode, later, "row=settings of a block space", "format=9", "run hosts of one version");
        byte[] served = SILENT.encode();
        served[served.length - 1] = 3;
        refused(HostRow::decode, served, "row=host");
    }

    /// Cut short at every place, or with something behind.
    @Test
    void whatIsNotWholeIsRefused() {
        for (byte[] row : List.of(SILENT.encode(), PLAIN.encode(), TLS.encode())) {
            for (int length = 0; length < row.length; length++) {
                refused(HostRow::decode, Arrays.copyOf(row, length));
            }
            refused(HostRow::decode, Arrays.copyOf(row, row.length + 1));
        }
        for (int length = 0; length <= SET.encode().length + 1; length++) {
            if (length != SET.encode().length) {
                refused(SettingsRow::decode, Arrays.copyOf(SET.encode(), length));
            }
        }
        refused(SettingsRow::decode, new SettingsRow(0, OptionalInt.empty()).encode());
    }

    @Test
    void onlyTheEpochMayDifferForTwoRowsToSayTheSame() {
        assertThat(TLS.saysAs(new HostRow("10.0.0.1", 65_535, new SqlAddress("db", 1, true), 5))).isTrue();
        assertThat(TLS.saysAs(new HostRow("10.0.0.1", 65_535, new SqlAddress("db", 1, false), TLS.epoch()))).isFalse();
        assertThat(TLS.saysAs(new HostRow("10.0.0.1", 65_535, null, TLS.epoch()))).isFalse();
        assertThat(TLS.saysAs(new HostRow("10.0.0.2", 65_535, TLS.sql(), TLS.epoch()))).isFalse();
        assertThat(TLS.saysAs(new HostRow("10.0.0.1", 9, TLS.sql(), TLS.epoch()))).isFalse();
    }

    /// Beside the counters of hosts, of which 63 is the last, and the row of spaces.
    @Test
    void keysOfHostsAndSettingsAreApart() {
        for (int number : List.of(0, 63, 255)) {
            assertThat(ClusterRows.isHost(ClusterRows.hostKey(number))).isTrue();
            assertThat(ClusterRows.isSettings(ClusterRows.hostKey(number))).isFalse();
            assertThat(ClusterRows.isSettings(ClusterRows.settingsKey(number))).isTrue();
            assertThat(ClusterRows.number(ClusterRows.hostKey(number))).isEqualTo(number);
            assertThat(ClusterRows.number(ClusterRows.settingsKey(number))).isEqualTo(number);
        }
        assertThat(ClusterRows.isHost(ClusterRows.SPACES_KEY)).isFalse();
        assertThat(ClusterRows.isSettings(new byte[] {0, 63})).isFalse();
    }

    @Test
    void theDirectoryNeverNeedsMoreThanAMajority() {
        CommitRule rule = new CommitRule(CommitPolicy.UNANIMOUS, 5, OptionalInt.of(3));

        assertThat(rule.atMostMajority(3).minVoters(3)).isEqualTo(2);
        assertThat(rule.atMostMajority(5)).isEqualTo(rule);
        assertThat(rule.with(5, OptionalInt.of(1)).atMostMajority(3).minVoters(3)).isEqualTo(1);
        assertThat(rule.with(5, OptionalInt.empty()).atMostMajority(3)).isEqualTo(rule.with(5, OptionalInt.empty()));
        // As many as there are.
        assertThat(rule.with(5, OptionalInt.of(9)).atMostMajority(3).minVoters(3)).isEqualTo(2);
    }
}
