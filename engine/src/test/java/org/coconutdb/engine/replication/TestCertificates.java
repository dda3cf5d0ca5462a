package org.coconutdb.engine.replication;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// An authority of tests and certificates of hosts, made by the JDK's keytool.
final class TestCertificates {
    private static final String PASSWORD = "password";

    private final Path directory;

    TestCertificates(Path directory, String authority) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=" + authority, "-keyalg", "EC", "-ext", "bc:c", "-validity", "2", "-keystore",
                store("ca"));
        keytool("-exportcert", "-rfc", "-alias", "ca", "-keystore", store("ca"), "-file", file("ca.pem"));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private String store(String name) {
        return file(name + ".p12");
    }

    /// A certificate for this machine.
    TlsFiles host(String name) throws IOException, InterruptedException, GeneralSecurityException {
        keytool("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-validity", "2", "-keystore", store(name));
        keytool("-certreq", "-alias", name, "-keystore", store(name), "-file", file(name + ".csr"));
        keytool("-gencert", "-rfc", "-alias", "ca", "-keystore", store("ca"), "-ext", "san=ip:127.0.0.1", "-validity", "2", "-infile", file(
                name + ".csr"), "-outfile",
                file(name + ".pem"));
        KeyStore store = KeyStore.getInstance(Path.of(store(name)).toFile(), PASSWORD.toCharArray());
        byte[] key = store.getKey(name, PASSWORD.toCharArray()).getEncoded();
        String pem = "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                + "\n-----END PRIVATE KEY-----\n";
        Files.writeString(directory.resolve(name + ".key"), pem);
        return new TlsFiles(directory.resolve(name + ".pem"), directory.resolve(name + ".key"), directory.resolve("ca.pem"));
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + output);
        }
    }
}
