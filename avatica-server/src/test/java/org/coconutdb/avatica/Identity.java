package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/// A certificate and its key, made by the JDK's keytool, in all forms.
record Identity(Path store, Path certificate, Path key, String sha256) {
    static final String PASSWORD = "changeit";

    /// @param names that it is for, as keytool writes them
    /// @param more of keytool's arguments
    static Identity make(Path folder, String name, String names, String... more) throws Exception {
        Path store = folder.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                "-alias", "server", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "SAN=" + names, "-keystore", store.toString(),
                "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(more.length == 0 ? List.of("-validity", "2") : List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String told = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(told).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        byte[] certificate = keys.getCertificate("server").getEncoded();
        return new Identity(store, pem(folder.resolve(name + ".crt"), "CERTIFICATE", certificate), pem(folder.resolve(name + ".key"),
                "PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded()), HexFormat.of().formatHex(MessageDigest
                        .getInstance("SHA-256").digest(certificate)));
    }

    private static Path pem(Path file, String what, byte[] bytes) throws IOException {
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(bytes) + "\n-----END " + what + "-----\n");
    }

    /// A store that trusts it, and nobody else.
    Path trusting() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()).getCertificate("server"));
        Path file = store.resolveSibling("trust.p12");
        try (var out = Files.newOutputStream(file)) {
            trusted.store(out, PASSWORD.toCharArray());
        }
        return file;
    }
}
