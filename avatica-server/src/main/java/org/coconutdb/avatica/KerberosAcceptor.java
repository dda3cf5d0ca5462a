package org.coconutdb.avatica;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KeyTab;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.jspecify.annotations.Nullable;

/// Verifies Kerberos tickets (RFC 4120) as HTTP's `Negotiate` (RFC 4559) has them, in SPNEGO's form (RFC 4178) or bare. A ticket is taken once; no KDC is
/// asked. The keytab is read anew when it changes. Any thread.
final class KerberosAcceptor {
    private static final String SPNEGO = "1.3.6.1.5.5.2";
    private static final String KERBEROS = "1.2.840.113554.1.2.2";

    /// Whose ticket it was.
    ///
    /// @param name before the realm
    /// @param reply what shows the client that this is the server it means; null: it does not ask
    record Ticket(String name, String realm, byte @Nullable [] reply) {
        /// With its realm.
        String principal() {
            return name + "@" + realm;
        }
    }

    private final KerberosConfig config;
    private final Subject subject;
    private final GSSCredential credential;

    private KerberosAcceptor(KerberosConfig config, Subject subject, GSSCredential credential) {
        this.config = config;
        this.subject = subject;
        this.credential = credential;
    }

    /// A [ServerConfigException] where the keytab cannot be read, may be read by others, or has no key of the principal.
    static KerberosAcceptor start(KerberosConfig config) {
        Path keytab = config.keytab().toAbsolutePath();
        SecretFile.require(ServerConfigFile.KERBEROS_KEYTAB, keytab);
        KerberosPrincipal principal = new KerberosPrincipal(config.principal());
        if (KeyTab.getInstance(principal, keytab.toFile()).getKeys(principal).length == 0) {
            throw new ServerConfigException(ServerConfigFile.KERBEROS_KEYTAB + " is " + keytab + ", which has no key of " + config
                    .principal() + ": export one (ktadd of kadmin, ktpass of Active Directory)");
        }
        try {
            LoginContext login = new LoginContext("coconut", null, null, new Keys(config.principal(), keytab));
            login.login();
            Subject subject = login.getSubject();
            GSSCredential credential = Subject.callAs(subject, () -> GSSManager.getInstance().createCredential(null,
                    GSSCredential.INDEFINITE_LIFETIME, new Oid[] {new Oid(SPNEGO), new Oid(KERBEROS)}, GSSCredential.ACCEPT_ONLY));
            return new KerberosAcceptor(config, subject, credential);
        } catch (LoginException | CompletionException failure) {
            throw new ServerConfigException(ServerConfigFile.KERBEROS_PRINCIPAL + " is " + config.principal()
                    + ", by which this server cannot take tickets: " + failure.getMessage());
        }
    }

    KerberosConfig config() {
        return config;
    }

    /// Whose ticket this is. GSSException where it is none for this server, is too old, or was shown before.
    Ticket accept(byte[] token) throws GSSException {
        try {
            return Subject.callAs(subject, () -> accepted(token));
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof GSSException refused) {
                throw refused;
            }
            // What comes from outside makes the JDK's parsers throw others, too.
            throw new GSSException(GSSException.DEFECTIVE_TOKEN, -1, String.valueOf(failure.getMessage()));
        }
    }

    private Ticket accepted(byte[] token) throws GSSException {
        GSSContext context = GSSManager.getInstance().createContext(credential);
        try {
            byte[] reply = context.acceptSecContext(token, 0, token.length);
            if (!context.isEstablished()) {
                // Nothing of a client is kept between requests before it is known.
                throw new GSSException(GSSException.BAD_MECH, -1, "the client prefers another way than Kerberos");
            }
            String principal = context.getSrcName().toString();
            int at = principal.lastIndexOf('@');
            if (at < 1 || principal.indexOf('\\') >= 0) {
                throw new GSSException(GSSException.BAD_NAME, -1, "the name of a principal is no user's");
            }
            return new Ticket(principal.substring(0, at), principal.substring(at + 1), reply);
        } finally {
            context.dispose();
        }
    }

    /// Of the server's own keytab alone, whatever the machine's configuration says.
    private static final class Keys extends Configuration {
        private final AppConfigurationEntry entry;

        Keys(String principal, Path keytab) {
            this.entry = new AppConfigurationEntry("com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, Map.of(
                    "principal", principal, "keyTab", keytab.toString(), "useKeyTab", "true", "storeKey", "true", "isInitiator", "false",
                    "doNotPrompt", "true", "refreshKrb5Config", "true"));
        }

        @Override
        public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
            return new AppConfigurationEntry[] {entry};
        }
    }
}
