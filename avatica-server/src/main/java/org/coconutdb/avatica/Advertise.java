package org.coconutdb.avatica;

/// Where a cluster's other hosts, and drivers by them, are told that this server is reached.
public sealed interface Advertise {
    /// Where it listens; where that is every address, by the name that the cluster's hosts reach this one by.
    record Listening() implements Advertise {}

    /// Nowhere: drivers come by their URLs alone.
    record Nowhere() implements Advertise {}

    /// There, as it is seen from outside.
    ///
    /// @param host with TLS the certificate is for it
    /// @param port 0: the one that is listened on
    record At(String host, int port) implements Advertise {}
}
