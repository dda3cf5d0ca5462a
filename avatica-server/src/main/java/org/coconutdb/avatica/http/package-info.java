/// HTTP/1.1 over plain sockets, as much of it as a database server needs: one thread a socket, requests one after the other, everything bounded.
///
/// Why not a library: `docs/decisions/0013-own-http-server.md`.
@NullMarked
package org.coconutdb.avatica.http;

import org.jspecify.annotations.NullMarked;
