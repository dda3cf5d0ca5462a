package org.coconutdb.avatica;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// How soon a log-in may be tried again where others failed: of a user, and from an address. After some that are free the delay doubles with each, up to
/// a bound. A try counts as failed until it has succeeded, so that many at once are as many failures. Holds a bounded number of users and addresses, and
/// forgets each after a while without failures. Any thread; told the time.
final class LoginLimits {
    static final int FREE_BY_USER = 5;
    // Many users may come from one address.
    static final int FREE_BY_ADDRESS = 20;
    static final long DELAY_FIRST_MILLIS = 250;
    static final long DELAY_MAX_MILLIS = 30_000;
    private static final long FORGOTTEN_MILLIS = 600_000;
    private static final int KEPT_MAX = 10_000;
    private static final int SHIFT_MAX = 20;
    // What one customer of a provider is given.
    private static final int IPV6_NETWORK_BYTES = 8;

    private static final class Failures {
        private int count;
        private long untilMillis;
        private long lastMillis;
    }

    private static Map<String, Failures> bounded() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
                return size() > KEPT_MAX;
            }
        };
    }

    private final Map<String, Failures> byUser = bounded();
    private final Map<String, Failures> byAddress = bounded();

    /// Begins a try, which counts as a failure from now on. Answers 0, or for how many milliseconds there can be none; then nothing is counted.
    ///
    /// @param nowMillis of a clock that does not go back
    synchronized long begin(String user, InetAddress address, long nowMillis) {
        Failures ofUser = failures(byUser, user, nowMillis);
        Failures ofAddress = failures(byAddress, network(address), nowMillis);
        long waitMillis = Math.max(ofUser.untilMillis, ofAddress.untilMillis) - nowMillis;
        if (waitMillis > 0) {
            return waitMillis;
        }
        fail(ofUser, FREE_BY_USER, nowMillis);
        fail(ofAddress, FREE_BY_ADDRESS, nowMillis);
        return 0;
    }

    /// For how many milliseconds there can be no try, 0: there can. Nothing is counted.
    synchronized long waitMillis(String user, InetAddress address, long nowMillis) {
        return Math.max(0, Math.max(failures(byUser, user, nowMillis).untilMillis, failures(byAddress, network(address),
                nowMillis).untilMillis)
                - nowMillis);
    }

    private static Failures failures(Map<String, Failures> all, String key, long nowMillis) {
        Failures failures = all.computeIfAbsent(key, _ -> new Failures());
        if (failures.count > 0 && nowMillis - failures.lastMillis > FORGOTTEN_MILLIS) {
            failures.count = 0;
            failures.untilMillis = nowMillis;
        }
        if (failures.count == 0) {
            failures.untilMillis = nowMillis;
        }
        return failures;
    }

    private static void fail(Failures failures, int free, long nowMillis) {
        failures.count++;
        failures.lastMillis = nowMillis;
        int beyond = failures.count - free;
        if (beyond >= 0) {
            failures.untilMillis = nowMillis + Math.min(DELAY_MAX_MILLIS, DELAY_FIRST_MILLIS << Math.min(beyond, SHIFT_MAX));
        }
    }

    /// The try that was begun has succeeded. The address keeps its other failures: else who has a user of its own could try others' for ever.
    synchronized void succeeded(String user, InetAddress address) {
        byUser.remove(user);
        Failures ofAddress = byAddress.get(network(address));
        if (ofAddress != null && ofAddress.count > 0) {
            ofAddress.count--;
            if (ofAddress.count < FREE_BY_ADDRESS) {
                ofAddress.untilMillis = ofAddress.lastMillis;
            }
        }
    }

    private static String network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
    }
}
