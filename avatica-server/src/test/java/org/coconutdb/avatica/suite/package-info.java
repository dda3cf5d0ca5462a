/// The tests of the embedded database, run once more through a server.
@NullMarked
package org.coconutdb.avatica.suite;

import org.jspecify.annotations.NullMarked;
