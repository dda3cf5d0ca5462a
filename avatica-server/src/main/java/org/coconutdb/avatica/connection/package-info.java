/// What a server keeps for its clients: connections, each a session of the database under an id, and their statements. All of it is bounded and
/// expires.
@NullMarked
package org.coconutdb.avatica.connection;

import org.jspecify.annotations.NullMarked;
