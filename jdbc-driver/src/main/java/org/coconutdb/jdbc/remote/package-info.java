/// Sessions on a server: the session interface over HTTP, by the messages of [org.coconutdb.jdbc.wire].
///
/// [org.coconutdb.jdbc.remote.RemoteSession] says what becomes of a session whose server goes away.
@NullMarked
package org.coconutdb.jdbc.remote;

import org.jspecify.annotations.NullMarked;
