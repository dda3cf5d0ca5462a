package org.coconutdb.avatica;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.coconutdb.avatica.connection.Client;
import org.coconutdb.avatica.http.HttpCredentials;
import org.coconutdb.jdbc.wire.Protocol;
import org.coconutdb.sql.session.DatabaseLogins;
import org.ietf.jgss.GSSException;
import org.jspecify.annotations.Nullable;

/// Who requests are from, by their `Authorization: Basic` header, or by a Kerberos ticket and then the cookie that it was answered with. To verify a
/// password costs some 50 ms, so that a header that was verified is known again while it is used: by a keyed hash of it, whose key is this process's own
/// and whose message nobody gets back. A login is known no more when its user is dropped or has another password: that is looked at with each request.
/// Any thread. See docs/decisions/0017-logins.md.
final class Logins {
    /// What a request's header comes to.
    sealed interface Outcome {
        /// @param headers that go with the answer, whole lines
        record In(Client client, List<String> headers) implements Outcome {}

        /// There is none.
        ///
        /// @param isStale whether there is one that was right once
        record Missing(boolean isStale) implements Outcome {}

        record Refused(SQLException failure) implements Outcome {}
    }

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int KNOWN_MAX = 10_000;
    private static final long KNOWN_NANOS = TimeUnit.MINUTES.toNanos(10);
    // Not Long.MAX_VALUE, behind which a clock of nanoseconds would come round.
    private static final long ALWAYS_NANOS = TimeUnit.DAYS.toNanos(36_500);
    private static final int STRIPES = 64;
    // A user's name and a password, in Base64.
    private static final int HEADER_LENGTH_MAX = 8_192;
    // A ticket with what it authorizes by, which may be long in Active Directory.
    private static final int TICKET_LENGTH_MAX = 64 * 1024;
    private static final int COOKIE_BYTES = 32;
    private static final String BASIC = "WWW-Authenticate: Basic realm=\"CoconutDB\", charset=\"UTF-8\"";
    private static final String NEGOTIATE = "Negotiate";
    private static final Outcome MISSING = new Outcome.Missing(false);
    private static final Outcome STALE = new Outcome.Missing(true);

    private static final class Known {
        private final DatabaseLogins.Login login;
        private final Client client;
        private final long endNanos; // of the cookie; it does not matter of a password
        private volatile long usedNanos = System.nanoTime();

        Known(DatabaseLogins.Login login, Client client, long endNanos) {
            this.login = login;
            this.client = client;
            this.endNanos = endNanos;
        }

        boolean hasEnded(long now) {
            return now - usedNanos > KNOWN_NANOS || now - endNanos > 0;
        }
    }

    private final @Nullable DatabaseLogins database;
    private final @Nullable DigestLogins digests;
    private final @Nullable KerberosAcceptor kerberos;
    private final boolean isTls;
    private final Consumer<Client> ended;
    private final SecureRandom random = new SecureRandom();
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
    /// @param kerberos null: no tickets are taken
    /// @param isTls whether sockets are
    /// @param ended told of logins that are no longer good
    Logins(@Nullable DatabaseLogins database, @Nullable KerberosAcceptor kerberos, boolean isTls, Consumer<Client> ended) {
        this.database = database;
        this.kerberos = kerberos;
        this.isTls = isTls;
        this.ended = ended;
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, ALGORITHM);
        random.nextBytes(bytes);
        this.digests = database == null ? null : new DigestLogins(database, bytes);
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Object();
        }
    }

    /// What a client is asked to log in by, whole headers.
    List<String> challenges(HttpCredentials credentials) {
        List<String> all = new ArrayList<>();
        if (kerberos != null) {
            all.add("WWW-Authenticate: " + NEGOTIATE);
        }
        String digest = digests == null ? null : digests.challenge(credentials.outcome() instanceof Outcome.Missing(boolean isStale)
                && isStale);
        if (digest != null) {
            all.add(digest);
        }
        all.add(BASIC);
        return all;
    }

    /// Verified once for each request: a ticket is good for no more.
    Outcome of(HttpCredentials credentials) {
        if (credentials.outcome() instanceof Outcome before) {
            return before;
        }
        Outcome outcome = find(credentials);
        credentials.setOutcome(outcome);
        return outcome;
    }

    private Outcome find(HttpCredentials credentials) {
        InetAddress from = credentials.from();
        DatabaseLogins logins = database;
        if (logins == null) {
            return new Outcome.In(Client.owner(from.getHostAddress()), List.of());
        }
        String authorization = credentials.authorization();
        if (authorization == null || authorization.isEmpty()) {
            String cookie = credentials.cookie(Protocol.LOGIN_COOKIE);
            Outcome known = cookie == null ? null : ofKnown(logins, proofOfCookie(cookie), from);
            return known == null ? MISSING : known;
        }
        KerberosAcceptor tickets = kerberos;
        if (tickets != null && authorization.regionMatches(true, 0, NEGOTIATE + " ", 0, NEGOTIATE.length() + 1)) {
            return ofTicket(logins, tickets, authorization.substring(NEGOTIATE.length()).strip(), from);
        }
        if (authorization.length() > HEADER_LENGTH_MAX) {
            return refused("the log-in is longer than a server takes", "28000");
        }
        DigestLogins byDigest = digests;
        if (byDigest != null && logins.hasDigests() && DigestLogins.isDigest(authorization)) {
            return ofDigest(logins, byDigest, authorization, from);
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

    // A blank: no header of a password begins like this.
    private String proofOfCookie(String cookie) {
        return proof(" " + cookie);
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
        if (found.hasEnded(now)) {
            synchronized (known) {
                known.remove(proof, found);
            }
            return null;
        }
        found.usedNanos = now;
        Client client = found.client;
        String address = from.getHostAddress();
        return new Outcome.In(client.address().equals(address) ? client : new Client(client.user(), client.stamp(), address), List.of());
    }

    private Outcome verified(DatabaseLogins logins, String authorization, String proof, InetAddress from) {
        String[] login = basic(authorization);
        if (login == null) {
            return refused("of ways to log in this server knows BASIC" + (kerberos == null ? ": user and password, over TLS"
                    : ", user and password over TLS, and SPNEGO, a Kerberos ticket"), "28000");
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
                known.put(proof, new Known(found, client, System.nanoTime() + ALWAYS_NANOS));
            }
            logins.audit("login succeeded", client.user(), "", address);
            return new Outcome.In(client, List.of());
        } catch (SQLException failure) {
            if ("28P01".equals(failure.getSQLState())) {
                logins.audit("login failed", user, "user name or password are wrong", address);
            }
            return new Outcome.Refused(failure);
        }
    }

    /// Each request is a try; it counts when it has failed.
    private Outcome ofDigest(DatabaseLogins logins, DigestLogins byDigest, String authorization, InetAddress from) {
        String address = from.getHostAddress();
        DigestLogins.Outcome outcome = byDigest.of("POST", authorization);
        String user = outcome instanceof DigestLogins.Outcome.Wrong(String named) ? DatabaseLogins.name(named)
                : outcome instanceof DigestLogins.Outcome.In(DatabaseLogins.Login found, boolean _) ? found.user() : "";
        long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        long waitMillis = limits.waitMillis(user, from, now);
        if (waitMillis > 0) {
            logins.audit("login refused", user, "too many failed log-ins", address);
            return refused("too many log-ins have failed: try again in " + (waitMillis + 999) / 1_000 + " s", "28000");
        }
        return switch (outcome) {
            case DigestLogins.Outcome.In(DatabaseLogins.Login found, boolean isFirst) -> {
                if (isFirst) {
                    logins.audit("login succeeded", user, "DIGEST", address);
                }
                yield new Outcome.In(new Client(found.user(), found.stamp(), address), List.of());
            }
            case DigestLogins.Outcome.Stale() -> STALE;
            case DigestLogins.Outcome.Wrong _ -> {
                long _ = limits.begin(user, from, now);
                logins.audit("login failed", user, "DIGEST: user name or password are wrong, or DIGEST does not know the user", address);
                yield refused("user name or password are wrong, or the user has no DIGEST: ALTER USER … PASSWORD '…' DIGEST gives one",
                        "28P01");
            }
        };
    }

    /// Who shows a ticket is known by a cookie from then on.
    private Outcome ofTicket(DatabaseLogins logins, KerberosAcceptor tickets, String ticket, InetAddress from) {
        String address = from.getHostAddress();
        // Nobody's name is known before the ticket is verified: failures count for the address alone. They count when they have happened, since
        // nobody guesses a ticket, and each connection of a pool shows one of its own.
        String anybody = "Kerberos from " + address;
        long waitMillis = limits.waitMillis(anybody, from, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        if (waitMillis > 0) {
            logins.audit("login refused", "", "too many failed log-ins", address);
            return refused("too many log-ins have failed: try again in " + (waitMillis + 999) / 1_000 + " s", "28000");
        }
        KerberosAcceptor.Ticket verified;
        try {
            if (ticket.length() > TICKET_LENGTH_MAX) {
                return refused("the log-in is longer than a server takes", "28000");
            }
            verified = tickets.accept(Base64.getDecoder().decode(ticket));
        } catch (GSSException | IllegalArgumentException failure) {
            long _ = limits.begin(anybody, from, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
            logins.audit("login failed", "", "Kerberos: " + failure.getMessage(), address);
            return refused("the Kerberos ticket is not one that this server takes, as " + tickets.config().principal()
                    + ": its log says why. Clocks that differ by minutes are a usual reason.", "28000");
        }
        if (!tickets.config().realms().contains(verified.realm())) {
            logins.audit("login refused", "", "Kerberos: " + verified.principal() + " is of none of " + ServerConfigFile.KERBEROS_REALMS,
                    address);
            return refused("principals of the realm " + verified.realm() + " are no users here: " + ServerConfigFile.KERBEROS_REALMS
                    + " of the server's configuration has those that are", "28000");
        }
        try {
            DatabaseLogins.Login found = logins.logInVerified(verified.name());
            Client client = new Client(found.user(), found.stamp(), address);
            String cookie = newCookie();
            synchronized (known) {
                known.put(proofOfCookie(cookie), new Known(found, client, System.nanoTime() + tickets.config().loginMax().toNanos()));
            }
            logins.audit("login succeeded", client.user(), "Kerberos: " + verified.principal(), address);
            return new Outcome.In(client, headers(verified.reply(), cookie));
        } catch (SQLException failure) {
            logins.audit("login refused", "", "Kerberos: " + verified.principal() + " is no user", address);
            return new Outcome.Refused(failure);
        }
    }

    private String newCookie() {
        byte[] bytes = new byte[COOKIE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private List<String> headers(byte @Nullable [] reply, String cookie) {
        String set = "Set-Cookie: " + Protocol.LOGIN_COOKIE + "=" + cookie + "; Path=/; HttpOnly; SameSite=Strict" + (isTls ? "; Secure"
                : "");
        return reply == null ? List.of(set) : List.of("WWW-Authenticate: " + NEGOTIATE + " " + Base64.getEncoder().encodeToString(reply),
                set);
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
