/// Files of a database's directory, and the seam at which tests make a disk fail.
@NullMarked
package org.coconutdb.engine.disk;

import org.jspecify.annotations.NullMarked;
