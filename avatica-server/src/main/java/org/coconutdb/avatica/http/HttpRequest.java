package org.coconutdb.avatica.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// A request that has arrived whole.
///
/// @param path without what stands behind a question mark
/// @param authorization the header of that name
/// @param fromBrowser a browser sent it, for a page that may be anybody's: it has an `Origin`, or `Sec-Fetch-Site`
/// @param body only its first `bodyLength` bytes count
/// @param from the other side's address
public record HttpRequest(String method, String path, @Nullable String authorization, boolean fromBrowser, byte[] body, int bodyLength,
        InetAddress from) {}
