package org.coconutdb.avatica;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// As whom a server takes Kerberos tickets, and of whom.
///
/// @param principal the server's own, with its realm: `HTTP/db.example.com@EXAMPLE.COM`
/// @param keytab that has its key
/// @param realms whose principals are users of this database by their names
/// @param loginMax after which a client has to show a ticket again
public record KerberosConfig(String principal, Path keytab, Set<String> realms, Duration loginMax) {
    public static final Duration LOGIN_MAX_DEFAULT = Duration.ofHours(1);

    /// A [ServerConfigException] where the principal has no service, or no realm.
    public KerberosConfig {
        realms = Set.copyOf(realms);
        if (!principal.matches("[^/@\\\\\\s]+/[^/@\\\\\\s]+@[^/@\\\\\\s]+")) {
            throw new ServerConfigException(ServerConfigFile.KERBEROS_PRINCIPAL + " is '" + principal
                    + "': write service, host and realm, such as HTTP/db.example.com@EXAMPLE.COM");
        }
    }

    /// Principals of the server's own realm.
    public static KerberosConfig of(String principal, Path keytab) {
        return new KerberosConfig(principal, keytab, Set.of(realm(principal)), LOGIN_MAX_DEFAULT);
    }

    static String realm(String principal) {
        return principal.substring(principal.lastIndexOf('@') + 1);
    }
}
