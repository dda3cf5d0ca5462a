package org.coconutdb.avatica;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.coconutdb.avatica.connection.Client;
import org.coconutdb.sql.session.DatabaseLogins;
import org.jspecify.annotations.Nullable;

/// Who requests are from, by their `Authorization: Basic` header. To verify a password costs some 50 ms, so that a header that was verified is known
/// again while it is used: by a keyed hash of it, whose key is this process's own and whose message nobody gets back. A login is known no more when its
/// user is dropped or has another password: that is looked at with each request. Any thread. See docs/decisions/0017-logins.md.
final class Logins {
    /// What a request's header comes to.
    sealed interface Outcome {
        record In(Client client) implements Outcome {}

        /// There is none.
        record Missing() implements Outcome {}

        record Refused(SQLException failure) implements Outcome {}
    }

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int KNOWN_MAX = 10_000;
    private static final long KNOWN_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int STRIPES = 64;
    // A user's name and a password, in Base64.
    private static final int HEADER_LENGTH_MAX = 8_192;
    private static final Outcome MISSING = new Outcome.Missing();

    private static final class Known {
        private final DatabaseLogins.Login login;
        private final Client client;
        private volatile long usedNanos = System.nanoTime();

        Known(DatabaseLogins.Login login, Client client) {
            this.login = login;
            this.client = client;
        }
    }

    private final @Nullable DatabaseLogins database;
    private final Consumer<Client> ended;
    private final LoginLimits limits = new LoginLimits();
    private final SecretKeySpec key;
    private final Map<String, Known> known = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > KNOWN_MAX;
        }
    };
    // Those who wait for the same verification wait for one of these.
    private final Object[] stripes = new Object[STRIPES];

    /// @param database null: nobody has to log in, and everybody is the database's owner
    /// @param ended told of logins that are no longer good
    Logins(@Nullable DatabaseLogins database, Consumer<Client> ended) {
        this.database = database;
        this.ended = ended;
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, ALGORITHM);
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Object();
        }
    }

    Outcome of(@Nullable String authorization, InetAddress from) {
        DatabaseLogins logins = database;
        if (logins == null) {
            return new Outcome.In(Client.owner(from.getHostAddress()));
        }
        if (authorization == null || authorization.isEmpty()) {
            return MISSING;
        }
        if (authorization.length() > HEADER_LENGTH_MAX) {
            return refused("the log-in is longer than a server takes", "28000");
        }
        String proof = proof(authorization);
        Outcome outcome = ofKnown(logins, proof, from);
        if (outcome != null) {
            return outcome;
        }
        // A pool opens many connections at once: one of them verifies for all.
        synchronized (stripes[Math.floorMod(proof.hashCode(), STRIPES)]) {
            outcome = ofKnown(logins, proof, from);
            return outcome == null ? verified(logins, authorization, proof, from) : outcome;
        }
    }

    private String proof(String authorization) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(authorization.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has " + ALGORITHM, impossible);
        }
    }

    private @Nullable Outcome ofKnown(DatabaseLogins logins, String proof, InetAddress from) {
        Known found;
        synchronized (known) {
            found = known.get(proof);
        }
        if (found == null) {
            return null;
        }
        if (!logins.isCurrent(found.login)) {
            synchronized (known) {
                known.remove(proof, found);
            }
            ended.accept(found.client);
            logins.audit("login ended", found.client.user(), "the user was dropped, or has another password", from.getHostAddress());
            return refused("the login is no longer good: the user was dropped, or has another password by now. Log in again.", "28000");
        }
        long now = System.nanoTime();
        if (now - found.usedNanos > KNOWN_NANOS) {
            return null;
        }
        found.usedNanos = now;
        Client client = found.client;
        String address = from.getHostAddress();
        return new Outcome.In(client.address().equals(address) ? client : new Client(client.user(), client.stamp(), address));
    }

    private Outcome verified(DatabaseLogins logins, String authorization, String proof, InetAddress from) {
        String[] login = basic(authorization);
        if (login == null) {
            return refused("of ways to log in this server knows BASIC: user and password, over TLS", "28000");
        }
        String user = DatabaseLogins.name(login[0]);
        String address = from.getHostAddress();
        long waitMillis = limits.begin(user, from, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        if (waitMillis > 0) {
            logins.audit("login refused", user, "too many failed log-ins", address);
            return refused("too many log-ins have failed: try again in " + (waitMillis + 999) / 1_000 + " s", "28000");
        }
        try {
            DatabaseLogins.Login found = logins.logIn(login[0], login[1]);
            limits.succeeded(user, from);
            Client client = new Client(found.user(), found.stamp(), address);
            synchronized (known) {
                known.put(proof, new Known(found, client));
            }
            logins.audit("login succeeded", client.user(), "", address);
            return new Outcome.In(client);
        } catch (SQLException failure) {
            if ("28P01".equals(failure.getSQLState())) {
                logins.audit("login failed", user, "user name or password are wrong", address);
            }
            return new Outcome.Refused(failure);
        }
    }

    /// User and password; null where the header has something else.
    private static String @Nullable [] basic(String authorization) {
        if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            String login = new String(Base64.getDecoder().decode(authorization.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = login.indexOf(':');
            return colon < 1 ? null : new String[] {login.substring(0, colon), login.substring(colon + 1)};
        } catch (IllegalArgumentException noBase64) {
            return null;
        }
    }

    private static Outcome refused(String sentence, String state) {
        return new Outcome.Refused(new SQLInvalidAuthorizationSpecException(sentence, state));
    }
}
