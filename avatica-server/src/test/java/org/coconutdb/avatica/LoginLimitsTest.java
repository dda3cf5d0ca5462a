package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class LoginLimitsTest {
    private final LoginLimits limits = new LoginLimits();

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    private long failures(String user, String address, int count, long now) throws UnknownHostException {
        long wait = 0;
        for (int i = 0; i < count; i++) {
            wait = limits.begin(user, address(address), now);
        }
        return wait;
    }

    @Test
    void delaysGrowWithFailuresUpToABound() throws UnknownHostException {
        assertThat(failures("A", "10.0.0.1", LoginLimits.FREE_BY_USER, 0)).isZero();
        assertThat(limits.begin("A", address("10.0.0.2"), 0)).isEqualTo(LoginLimits.DELAY_FIRST_MILLIS);
        long now = LoginLimits.DELAY_FIRST_MILLIS;
        assertThat(limits.begin("A", address("10.0.0.2"), now)).isZero();
        assertThat(limits.begin("A", address("10.0.0.2"), now)).isEqualTo(2 * LoginLimits.DELAY_FIRST_MILLIS);
        for (int i = 0; i < 40; i++) {
            now += LoginLimits.DELAY_MAX_MILLIS;
            assertThat(limits.begin("A", address("10.0.0.2"), now)).isZero();
        }
        assertThat(limits.begin("A", address("10.0.0.3"), now)).isEqualTo(LoginLimits.DELAY_MAX_MILLIS);
        assertThat(limits.begin("B", address("10.0.0.3"), now)).isZero();
    }

    @Test
    void successForgivesTheUserAndNotTheAddress() throws UnknownHostException {
        for (int i = 0; i < LoginLimits.FREE_BY_ADDRESS; i++) {
            assertThat(limits.begin("U" + i, address("10.0.0.1"), 0)).isZero();
        }
        assertThat(limits.begin("V", address("10.0.0.1"), 0)).isPositive();
        long later = LoginLimits.DELAY_FIRST_MILLIS;
        assertThat(limits.begin("V", address("10.0.0.1"), later)).isZero();
        limits.succeeded("V", address("10.0.0.1"));
        assertThat(limits.begin("V", address("10.0.0.1"), later)).isPositive();
        assertThat(limits.begin("V", address("10.0.0.9"), later)).isZero();
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() throws UnknownHostException {
        for (int i = 0; i < LoginLimits.FREE_BY_ADDRESS; i++) {
            assertThat(limits.begin("U" + i, address("2001:db8:1:2::" + (i + 1)), 0)).isZero();
        }
        assertThat(limits.begin("V", address("2001:db8:1:2:ffff::1"), 0)).isPositive();
        assertThat(limits.begin("V", address("2001:db8:1:3::1"), 0)).isZero();
    }

    @Test
    void failuresAreForgottenAfterAWhile() throws UnknownHostException {
        failures("A", "10.0.0.1", LoginLimits.FREE_BY_USER, 0);

        assertThat(failures("A", "10.0.0.1", LoginLimits.FREE_BY_USER, 700_000)).isZero();
        assertThat(limits.begin("A", address("10.0.0.1"), 700_000)).isPositive();
    }
}
