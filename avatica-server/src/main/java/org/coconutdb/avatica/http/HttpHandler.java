package org.coconutdb.avatica.http;

/// Answers requests, each on the thread of its socket. An exception becomes status 500 without a word of it.
public interface HttpHandler {
    HttpResponse handle(HttpRequest request);
}
