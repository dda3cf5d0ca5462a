package org.coconutdb.jdbc.remote;

import java.nio.file.Path;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.jspecify.annotations.Nullable;

/// Logs in by a Kerberos ticket, as HTTP's `Negotiate` has it (RFC 4559, RFC 4178): by a keytab, by the ticket cache of `kinit`, or as whom the application
/// runs this. The server shows in turn that it is the one that was meant. Any thread.
///
/// @param principal whose ticket; null: whoever's there is
/// @param keytab with the principal's key; null: a ticket is there already
/// @param service the server's principal, `_HOST` standing for the host of the URL; null: `HTTP` on that host
record KerberosLogin(@Nullable String principal, @Nullable Path keytab, @Nullable String service) {
    private static final String SPNEGO = "1.3.6.1.5.5.2";
    private static final String HOST = "_HOST";
    private static final int SUBJECTS_MAX = 100;
    private static final Duration RENEWED_BEFORE = Duration.ofMinutes(1);

    // To log in asks a KDC: once for all connections.
    private static final Map<KerberosLogin, Subject> SUBJECTS = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<KerberosLogin, Subject> eldest) {
            return size() > SUBJECTS_MAX;
        }
    };

    /// One log-in, which the server's answer ends.
    static final class Negotiation {
        private final GSSContext context;
        private final String server;
        private final String token;

        private Negotiation(GSSContext context, String server, byte[] token) {
            this.context = context;
            this.server = server;
            this.token = Base64.getEncoder().encodeToString(token);
        }

        /// What to send, in Base64.
        String token() {
            return token;
        }

        /// 28000 where what the server answers does not show that it is who is meant.
        ///
        /// @param reply in Base64; null: it has answered nothing
        void finish(@Nullable String reply) throws SQLException {
            try {
                if (reply != null) {
                    byte[] bytes = Base64.getDecoder().decode(reply);
                    byte[] more = context.initSecContext(bytes, 0, bytes.length);
                    if (context.isEstablished() && context.getMutualAuthState() && (more == null || more.length == 0)) {
                        return;
                    }
                }
            } catch (GSSException | IllegalArgumentException failure) {
                throw refused(unproven(server) + " (" + failure.getMessage() + ")", failure);
            } finally {
                dispose();
            }
            throw refused(unproven(server), null);
        }

        void dispose() {
            try {
                context.dispose();
            } catch (GSSException alreadyGone) {
                return;
            }
        }
    }

    static String unproven(String server) {
        return "what answers does not show that it is " + server + ": it may be another server, or its keytab is old";
    }

    /// Whom it expects to answer.
    String server(RemoteUrl.Host host) {
        String named = service;
        return named == null ? "HTTP/" + host.name() : named.replace(HOST, host.name());
    }

    /// 28000 where there is no ticket to be had.
    Negotiation begin(RemoteUrl.Host host) throws SQLException {
        if (keytab != null) {
            return within(subject(), host);
        }
        try {
            return negotiation(host); // as whom the application has logged in itself
        } catch (GSSException none) {
            return within(subject(), host);
        }
    }

    private Negotiation within(Subject subject, RemoteUrl.Host host) throws SQLException {
        try {
            return Subject.doAs(subject, (PrivilegedExceptionAction<Negotiation>) () -> negotiation(host));
        } catch (PrivilegedActionException failure) {
            throw refused("there is no Kerberos ticket for " + server(host) + ": " + RemoteFailures.reason(failure.getException())
                    + ". The property service.principal names the server where its principal is another.", failure);
        }
    }

    private Negotiation negotiation(RemoteUrl.Host host) throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        String named = service;
        GSSName server = named == null ? manager.createName("HTTP@" + host.name(), GSSName.NT_HOSTBASED_SERVICE) : manager.createName(
                server(
                        host), new Oid("1.2.840.113554.1.2.2.1"));
        GSSContext context = manager.createContext(server, new Oid(SPNEGO), null, GSSContext.DEFAULT_LIFETIME);
        context.requestMutualAuth(true);
        context.requestCredDeleg(false);
        return new Negotiation(context, server(host), context.initSecContext(new byte[0], 0, 0));
    }

    private Subject subject() throws SQLException {
        synchronized (SUBJECTS) {
            Subject known = SUBJECTS.get(this);
            if (known == null || !isGood(known)) {
                known = logIn();
                SUBJECTS.put(this, known);
            }
            return known;
        }
    }

    /// Whether its ticket, by which those for servers are had, lasts for some time.
    private static boolean isGood(Subject subject) {
        Instant now = Instant.now();
        return subject.getPrivateCredentials(KerberosTicket.class).stream().anyMatch(ticket -> {
            if (ticket.isDestroyed() || ticket.getEndTime() == null || !ticket.getServer().getName().startsWith("krbtgt/")) {
                return false;
            }
            Instant start = (ticket.getStartTime() == null ? ticket.getAuthTime() : ticket.getStartTime()).toInstant();
            Instant end = ticket.getEndTime().toInstant();
            Duration half = Duration.between(start, end).dividedBy(2);
            return now.plus(half.compareTo(RENEWED_BEFORE) < 0 ? half : RENEWED_BEFORE).isBefore(end);
        });
    }

    private Subject logIn() throws SQLException {
        try {
            LoginContext login = new LoginContext("coconut", null, null, new Source(principal, keytab));
            login.login();
            return login.getSubject();
        } catch (LoginException failure) {
            throw refused("there is no Kerberos ticket to log in with: " + failure.getMessage() + ". "
                    + (keytab == null ? "Run kinit, or give principal and keytab." : "Is " + keytab + " there, has it a key of " + principal
                            + ", and is the KDC of krb5.conf up?"), failure);
        }
    }

    private static SQLException refused(String sentence, @Nullable Exception cause) {
        return new SQLInvalidAuthorizationSpecException(sentence, "28000", cause);
    }

    /// Where the ticket is from, whatever the machine's configuration says.
    private static final class Source extends Configuration {
        private final AppConfigurationEntry entry;

        Source(@Nullable String principal, @Nullable Path keytab) {
            Map<String, String> options = new HashMap<>(Map.of("doNotPrompt", "true", "isInitiator", "true",
                    "refreshKrb5Config", "true"));
            if (principal != null) {
                options.put("principal", principal);
            }
            if (keytab == null) {
                options.put("useTicketCache", "true");
                options.put("renewTGT", "true");
            } else {
                options.put("useKeyTab", "true");
                options.put("keyTab", keytab.toAbsolutePath().toString());
            }
            this.entry = new AppConfigurationEntry("com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED,
                    options);
        }

        @Override
        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            return new AppConfigurationEntry[] {entry};
        }
    }
}
