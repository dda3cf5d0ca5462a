package org.coconutdb.avatica;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Who may use a server, and how it is reached.
///
/// @param insecure no log-in: everybody who can connect may do everything, so that only loopback is listened on
/// @param adminUser whom the first start of a database without users makes
/// @param adminSecretFile whose first line is that user's password; null: one is made, and told once
/// @param tls how clients reach it; null: by plain sockets
/// @param kerberos by whose tickets users may log in, beside passwords; null: by none
/// @param plainIsSaid whether plain sockets are wanted where the world can reach them, too
public record ServerSecurity(boolean insecure, String adminUser, @Nullable Path adminSecretFile, @Nullable TlsConfig tls,
        @Nullable KerberosConfig kerberos, boolean plainIsSaid) {
    public static final String DEFAULT_ADMIN = "coconut";
    /// Users have to log in; plain sockets on loopback.
    public static final ServerSecurity DEFAULT = new ServerSecurity(false, DEFAULT_ADMIN, null, null, null, false);

    public ServerSecurity withInsecure(boolean isInsecure) {
        return new ServerSecurity(isInsecure, adminUser, adminSecretFile, tls, kerberos, plainIsSaid);
    }

    public ServerSecurity withAdminSecretFile(Path file) {
        return new ServerSecurity(insecure, adminUser, file, tls, kerberos, plainIsSaid);
    }

    public ServerSecurity withTls(TlsConfig config) {
        return new ServerSecurity(insecure, adminUser, adminSecretFile, config, kerberos, plainIsSaid);
    }

    public ServerSecurity withKerberos(KerberosConfig config) {
        return new ServerSecurity(insecure, adminUser, adminSecretFile, tls, config, plainIsSaid);
    }
}
