package org.coconutdb.avatica.http;

import java.util.List;

/// Answers requests, each on the thread of its socket. An exception becomes status 500 without a word of it.
public interface HttpHandler {
    HttpResponse handle(HttpRequest request);

    /// Whether a request's body is read where it is more than a little: of those whom nobody knows it is not.
    default boolean admits(HttpCredentials credentials) {
        return true;
    }

    /// By which log-ins those whom nobody knows may be known: whole headers, `WWW-Authenticate`.
    default List<String> challenges(HttpCredentials credentials) {
        return List.of();
    }
}
