/// The commit log: one interface for a block's log, the local log with group commit, recovery.
@NullMarked
package org.coconutdb.engine.commit;

import org.jspecify.annotations.NullMarked;
