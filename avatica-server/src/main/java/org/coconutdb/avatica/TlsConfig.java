package org.coconutdb.avatica;

import java.nio.file.Path;

/// Where a server's certificate and key are.
public sealed interface TlsConfig {
    /// Both as PEM: the certificate with those between it and its authority behind it; the key as PKCS #8, not encrypted.
    record Pem(Path certificate, Path key) implements TlsConfig {}

    /// A key store of PKCS #12 or Java's own form, with one key.
    ///
    /// @param passwordFile whose first line is its password
    record KeyStoreFile(Path file, Path passwordFile) implements TlsConfig {}
}
