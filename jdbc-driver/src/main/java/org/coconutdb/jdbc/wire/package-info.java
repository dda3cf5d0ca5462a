/// How the driver and a server talk: the bytes of their messages, in the wire format of Protocol Buffers, without its library.
///
/// A message is an Avatica `WireMessage` with the name [org.coconutdb.jdbc.wire.Protocol#NAME]; what it wraps are fields, tagged as Protocol
/// Buffers tags them, so that either side may be newer. Rows are values one after the other ([org.coconutdb.jdbc.wire.WireValues]). Both
/// sides use these classes, so they cannot disagree. Docs: `docs/decisions/0014-messages-of-the-driver.md`.
@NullMarked
package org.coconutdb.jdbc.wire;

import org.jspecify.annotations.NullMarked;
