package org.coconutdb.jdbc.remote;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// How a server is reached by TLS, and by what its certificate is trusted: an authority of Java's own, of a trust store or a PEM file; or the one
/// certificate whose hash is given. Immutable; any thread.
///
/// @param authority PEM file with certificates of authorities, or the server's own; null for others
/// @param trustStore null for others
/// @param trustStorePassword of it
/// @param pin SHA-256 of the server's certificate, in hexadecimal; null: its authority and name count
/// @param verifiesHost whether the certificate must be made for the host that the URL names
record TlsSettings(@Nullable Path authority, @Nullable Path trustStore, String trustStorePassword, @Nullable String pin,
        boolean verifiesHost) {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /// TLS over a socket that is connected.
    Socket over(Socket plain, RemoteUrl.Host host, int handshakeMillis) throws IOException {
        SSLSocket socket;
        try {
            socket = (SSLSocket) context().getSocketFactory().createSocket(plain, host.name(), host.port(), true);
        } catch (GeneralSecurityException failure) {
            throw new IOException("what the server's certificate is trusted by cannot be used: " + failure.getMessage(), failure);
        }
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        if (verifiesHost && pin == null) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(handshakeMillis);
        socket.startHandshake();
        // Java asks only what is between the certificate and what is trusted: of one that is trusted itself it looks at no time.
        if (socket.getSession().getPeerCertificates()[0] instanceof X509Certificate certificate) {
            try {
                certificate.checkValidity();
            } catch (CertificateException failure) {
                socket.close();
                throw new IOException("the server's certificate is not valid now: " + failure.getMessage(), failure);
            }
        }
        socket.setSoTimeout(0);
        return socket;
    }

    private SSLContext context() throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust(), new SecureRandom());
        return context;
    }

    /// Null: as Java trusts.
    private TrustManager @Nullable [] trust() throws GeneralSecurityException, IOException {
        if (pin != null) {
            return new TrustManager[] {new Pinned(pin)};
        }
        if (authority == null && trustStore == null) {
            return null;
        }
        KeyStore store;
        if (trustStore != null) {
            store = KeyStore.getInstance(trustStore.toFile(), trustStorePassword.toCharArray());
        } else {
            store = KeyStore.getInstance("PKCS12");
            store.load(null, new char[0]);
        }
        if (authority != null) {
            int number = 0;
            try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(authority))) {
                for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    number++;
                    store.setCertificateEntry("authority" + number, certificate);
                }
            }
            if (number == 0) {
                throw new GeneralSecurityException(authority + " has no certificate in PEM's form");
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /// Trusts one certificate, whoever has made it, while it is valid.
    private static final class Pinned implements X509TrustManager {
        private final byte[] expected;

        Pinned(String pin) {
            this.expected = HexFormat.of().parseHex(pin.replace(":", "").toLowerCase(Locale.ROOT));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("no clients are trusted here");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            try {
                byte[] actual = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
                if (!Arrays.equals(actual, expected)) {
                    throw new CertificateException("the server's certificate is another than tls.pin says: its SHA-256 is " + HexFormat.of()
                            .formatHex(actual));
                }
                chain[0].checkValidity();
            } catch (java.security.NoSuchAlgorithmException impossible) {
                throw new CertificateException(impossible);
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /// Without its secret.
    @Override
    public String toString() {
        return "TLS";
    }
}
