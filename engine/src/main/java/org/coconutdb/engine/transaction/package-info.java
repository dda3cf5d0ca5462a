/// Transactions: snapshot reads, buffered writes, one entry for one block, two-phase commit for several.
@NullMarked
package org.coconutdb.engine.transaction;

import org.jspecify.annotations.NullMarked;
