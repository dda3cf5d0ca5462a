package org.coconutdb.avatica;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.server.KdcConfigKey;
import org.apache.kerby.kerberos.kerb.server.SimpleKdcServer;
import org.jspecify.annotations.Nullable;

/// A KDC on loopback with a realm of its own, which this process uses while it is open.
final class KerberosRealm implements AutoCloseable {
    static final String NAME = "COCONUT.TEST";
    private static final String CONFIGURATION = "java.security.krb5.conf";

    private final Path folder;
    private final SimpleKdcServer kdc;
    private final @Nullable String before;

    private KerberosRealm(Path folder, SimpleKdcServer kdc, @Nullable String before) {
        this.folder = folder;
        this.kdc = kdc;
        this.before = before;
    }

    /// @param ticketSeconds how long tickets last
    static KerberosRealm start(Path folder, int ticketSeconds) throws Exception {
        String before = System.getProperty(CONFIGURATION);
        SimpleKdcServer kdc = new SimpleKdcServer();
        kdc.setKdcRealm(NAME);
        kdc.setKdcHost("localhost");
        kdc.setAllowUdp(false);
        kdc.setWorkDir(folder.toFile());
        kdc.getKdcConfig().setLong(KdcConfigKey.MAXIMUM_TICKET_LIFETIME, (long) ticketSeconds);
        kdc.getKdcConfig().setLong(KdcConfigKey.MINIMUM_TICKET_LIFETIME, 1L);
        kdc.init();
        kdc.start();
        System.setProperty(CONFIGURATION, folder.resolve("krb5.conf").toString());
        return new KerberosRealm(folder, kdc, before);
    }

    /// The one that clients on loopback ask for.
    static String service() throws IOException {
        return "HTTP/" + InetAddress.getByName("localhost").getCanonicalHostName() + "@" + NAME;
    }

    /// A new principal's keytab.
    Path keytab(String principal, String file) throws KrbException, IOException {
        Path keytab = folder.resolve(file);
        String whole = principal.indexOf('@') < 0 ? principal + "@" + NAME : principal;
        kdc.createPrincipal(whole);
        kdc.exportPrincipal(whole, keytab.toFile());
        Files.setPosixFilePermissions(keytab, PosixFilePermissions.fromString("rw-------"));
        return keytab;
    }

    @Override
    public void close() throws KrbException {
        kdc.stop();
        if (before == null) {
            System.clearProperty(CONFIGURATION);
        } else {
            System.setProperty(CONFIGURATION, before);
        }
    }
}
