package org.coconutdb.avatica.http;

/// A request that has arrived whole.
///
/// @param path without what stands behind a question mark
/// @param credentials whom it says it is from
/// @param fromBrowser a browser sent it, for a page that may be anybody's: it has an `Origin`, or `Sec-Fetch-Site`
/// @param body only its first `bodyLength` bytes count
public record HttpRequest(String method, String path, HttpCredentials credentials, boolean fromBrowser, byte[] body, int bodyLength) {}
