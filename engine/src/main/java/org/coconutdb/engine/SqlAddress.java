package org.coconutdb.engine;

/// Where clients reach a host's SQL.
///
/// @param host a name or an address; with TLS the certificate is for it
/// @param port 1 to 65535
/// @param tls whether by TLS, and not otherwise
public record SqlAddress(String host, int port, boolean tls) {
    public SqlAddress {
        if (host.isBlank() || port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("an address has a name and a port of 1 to 65535, had '" + host + "' and " + port);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
