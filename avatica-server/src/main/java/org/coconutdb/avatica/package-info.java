/// The network door: serves a database's sessions over HTTP, to our own driver and to stock Avatica clients, on one port.
///
/// [org.coconutdb.avatica.CoconutServer] is the front. A request comes in by [org.coconutdb.avatica.http], [org.coconutdb.avatica.Gateway] sees
/// whose it is and in which of three forms: our driver's messages go to [org.coconutdb.avatica.WireService], Avatica's (Protocol Buffers and
/// JSON) to [org.coconutdb.avatica.AvaticaService]. Both work on [org.coconutdb.avatica.connection.ServerConnections], so limits, expiry and
/// ownership are the same for all.
@NullMarked
package org.coconutdb.avatica;

import org.jspecify.annotations.NullMarked;
