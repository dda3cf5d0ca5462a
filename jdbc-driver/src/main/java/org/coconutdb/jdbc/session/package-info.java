/// The driver's other side: a session, whatever the transport.
@NullMarked
package org.coconutdb.jdbc.session;

import org.jspecify.annotations.NullMarked;
