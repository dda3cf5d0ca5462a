package org.coconutdb.avatica.http;

import java.time.Duration;

/// Bounds of an HTTP server.
///
/// @param sockets that are open at once; more are answered 503 and closed
/// @param headBytes of a request's line and headers; browsers and proxies stay below 8 KiB, tickets of Kerberos may not
/// @param requestBytes of a request's body
/// @param idle how long a socket may wait for its next request
/// @param transfer how long a request may take to arrive, and an answer to be taken
public record HttpLimits(int sockets, int headBytes, int requestBytes, Duration idle, Duration transfer) {
    public HttpLimits {
        if (sockets < 1 || headBytes < 512 || requestBytes < 1024) {
            throw new IllegalArgumentException(
                    "limits of an HTTP server are too small: " + sockets + " sockets, " + headBytes + " and " + requestBytes + " bytes");
        }
        if (idle.toMillis() < 1 || transfer.toMillis() < 1) {
            throw new IllegalArgumentException("time-outs of an HTTP server must be above 0: " + idle + ", " + transfer);
        }
    }
}
