/// MVCC: records with a version header, chains of older versions, snapshots and the low-water mark below which no snapshot reads.
@NullMarked
package org.coconutdb.engine.version;

import org.jspecify.annotations.NullMarked;
