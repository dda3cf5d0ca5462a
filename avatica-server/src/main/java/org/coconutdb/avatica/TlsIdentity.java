package org.coconutdb.avatica;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.coconutdb.avatica.http.TlsSockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server's certificate and key, which are read again when their files change: sockets that come then get the new one. What cannot be read leaves the
/// one before in its place, and says so in the log. Any thread.
final class TlsIdentity implements TlsSockets, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);
    private static final long LOOK_MILLIS = 1_000;
    private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");
    // Of keys that certificates are made for.
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519", "Ed448");

    private final TlsConfig config;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile SSLSocketFactory sockets;
    private List<FileTime> read;

    private TlsIdentity(TlsConfig config, SSLSocketFactory sockets, List<FileTime> read) {
        this.config = config;
        this.sockets = sockets;
        this.read = read;
    }

    /// Reads it. ServerConfigException where it cannot be used.
    static TlsIdentity start(TlsConfig config) {
        try {
            List<FileTime> times = times(config);
            TlsIdentity identity = new TlsIdentity(config, context(config).getSocketFactory(), times);
            Thread.ofPlatform().daemon().name("coconut-tls-watch").start(identity::watch);
            return identity;
        } catch (IOException | GeneralSecurityException failure) {
            throw new ServerConfigException("the certificate or its key cannot be used: " + failure);
        }
    }

    @Override
    public SSLSocketFactory factory() {
        return sockets;
    }

    private static List<Path> files(TlsConfig config) {
        return switch (config) {
            case TlsConfig.Pem(Path certificate, Path key) -> List.of(certificate, key);
            case TlsConfig.KeyStoreFile(Path file, Path passwordFile) -> List.of(file, passwordFile);
        };
    }

    private static List<FileTime> times(TlsConfig config) throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Path file : files(config)) {
            times.add(Files.getLastModifiedTime(file));
        }
        return times;
    }

    private void watch() {
        try {
            while (!closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /// One thread.
    private void look() {
        try {
            List<FileTime> now = times(config);
            if (now.equals(read)) {
                return;
            }
            // Told once for each change: what is half written changes again.
            read = now;
            sockets = context(config).getSocketFactory();
            LOG.info("the certificate was read anew: sockets that come from now on get it");
        } catch (IOException | GeneralSecurityException | RuntimeException failure) {
            LOG.atWarn().addKeyValue("why", failure.toString()).log("the new certificate or key cannot be used: the one before stays");
        }
    }

    private static SSLContext context(TlsConfig config) throws IOException, GeneralSecurityException {
        char[] password = new char[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        switch (config) {
            case TlsConfig.Pem(Path certificate, Path key) -> {
                store.load(null, password);
                Collection<? extends Certificate> chain;
                try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(certificate))) {
                    chain = CertificateFactory.getInstance("X.509").generateCertificates(in);
                }
                if (chain.isEmpty()) {
                    throw new GeneralSecurityException(certificate + " has no certificate in PEM's form");
                }
                store.setKeyEntry("server", key(key), password, chain.toArray(Certificate[]::new));
            }
            case TlsConfig.KeyStoreFile(Path file, Path passwordFile) -> {
                password = Files.readString(passwordFile, StandardCharsets.UTF_8).lines().findFirst().orElse("").toCharArray();
                store = KeyStore.getInstance(file.toFile(), password);
            }
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher matcher = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!matcher.find()) {
            throw new GeneralSecurityException(file + " has no private key in PEM's form");
        }
        if (!matcher.group(1).equals("PRIVATE KEY")) {
            throw new GeneralSecurityException(file + " has a key as " + matcher.group(1)
                    + ": write it as PKCS #8, not encrypted: openssl pkcs8 -topk8 -nocrypt -in " + file);
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(2)));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException other) {
                LOG.trace("a key is of another algorithm");
            }
        }
        throw new GeneralSecurityException(file + " has a key of none of " + ALGORITHMS);
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
