package org.coconutdb.avatica.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Answers requests, each on the thread of its socket. An exception becomes status 500 without a word of it.
public interface HttpHandler {
    HttpResponse handle(HttpRequest request);

    /// Whether a request's body is read where it is more than a little: of those whom nobody knows it is not.
    ///
    /// @param authorization the header of that name
    default boolean admits(@Nullable String authorization, InetAddress from) {
        return true;
    }
}
