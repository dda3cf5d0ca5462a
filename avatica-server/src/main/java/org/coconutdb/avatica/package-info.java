/// The network door, not built yet: this module holds no server, and nothing listens on a port.
///
/// What will stand here: an own Avatica `Meta` over the sessions of `org.coconutdb.sql`, so that CoconutDB's driver and stock Avatica
/// clients (protobuf and JSON) reach a host over HTTP; authentication and bounds on connections, bodies and parse depth from the
/// first server on; SQLSTATE and code kept intact over the wire; beside it the admin page and metrics.
@NullMarked
package org.coconutdb.avatica;

import org.jspecify.annotations.NullMarked;
