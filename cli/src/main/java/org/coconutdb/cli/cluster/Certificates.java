package org.coconutdb.cli.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.coconutdb.cli.CommandException;

/// Makes a cluster's certificates by the JDK's keytool: an authority of its own, and for each host one that this signed. The authority's key is deleted when all are made, so nobody
/// can join later by it.
final class Certificates {
    private static final String AUTHORITY = "authority";
    private static final String HOST = "host";
    private static final int DAYS = 3_650;
    private static final int KEYTOOL_SECONDS_MAX = 60;

    private final Path authorityStore;
    private final Path authority;
    private final String password;

    private Certificates(Path authorityStore, Path authority, String password) {
        this.authorityStore = authorityStore;
        this.authority = authority;
        this.password = password;
    }

    static Certificates makeAuthority(Path directory) throws IOException, InterruptedException {
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        Certificates made = new Certificates(directory.resolve("authority.p12"), directory.resolve("authority.pem"), HexFormat.of()
                .formatHex(secret));
        made.keytool("-genkeypair", "-alias", AUTHORITY, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=CoconutDB cluster",
                "-validity",
                Integer.toString(DAYS), "-ext", "bc:c", "-ext", "ku:c=keyCertSign", "-keystore", made.authorityStore.toString());
        made.keytool("-exportcert", "-rfc", "-alias", AUTHORITY, "-keystore", made.authorityStore.toString(), "-file", made.authority
                .toString());
        return made;
    }

    /// Writes `certificate.pem` and `key.pem`, for connections from and to this machine.
    void makeHost(Path directory, String name) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path store = directory.resolve("host.p12");
        Path request = directory.resolve("request.pem");
        Path certificate = directory.resolve("certificate.pem");
        keytool("-genkeypair", "-alias", HOST, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name, "-validity", Integer
                .toString(DAYS),
                "-keystore", store.toString());
        keytool("-certreq", "-alias", HOST, "-keystore", store.toString(), "-file", request.toString());
        keytool("-gencert", "-rfc", "-alias", AUTHORITY, "-keystore", authorityStore.toString(), "-infile", request.toString(), "-outfile",
                certificate
                        .toString(), "-validity", Integer.toString(DAYS), "-ext", "san=dns:localhost,ip:127.0.0.1", "-ext",
                "ku:c=digitalSignature", "-ext",
                "eku=serverAuth,clientAuth");
        writeKey(store, directory.resolve("key.pem"));
        Files.delete(store);
        Files.delete(request);
    }

    private void writeKey(Path store, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password.toCharArray());
            Key key = keys.getKey(HOST, password.toCharArray());
            Certificate own = keys.getCertificate(HOST);
            if (key == null || own == null) {
                throw new CommandException("keytool made no key in " + store);
            }
            String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(key.getEncoded());
            // Readable by nobody else before anything is in it.
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n", StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException failure) {
            throw new IOException(failure);
        }
    }

    void forgetAuthorityKey() throws IOException {
        Files.delete(authorityStore);
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass:env", "COCONUT_STORE_PASSWORD"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("COCONUT_STORE_PASSWORD", password);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(KEYTOOL_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new CommandException("the JDK's keytool could not make a certificate: " + said.strip());
        }
    }
}
