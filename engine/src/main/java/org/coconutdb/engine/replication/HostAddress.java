package org.coconutdb.engine.replication;

/// Where a host of a cluster is reached by the others.
///
/// @param number 0 to 63, the same in every host's configuration, and never given to another host
/// @param host a name or an address; with TLS the certificate has to be for it
/// @param port of both the logs and the messages beside them
public record HostAddress(int number, String host, int port) {
    /// Numbers go below it.
    public static final int HOSTS_MAX = Long.SIZE;

    public HostAddress {
        if (number < 0 || number >= HOSTS_MAX) {
            throw new IllegalArgumentException("a host's number is 0 to " + (HOSTS_MAX - 1) + ", was " + number);
        }
        if (host.isBlank() || port <= 0 || port > 0xffff) {
            throw new IllegalArgumentException("a host needs a name and a port of 1 to 65535, had '" + host + "' and " + port);
        }
    }

    String target() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
