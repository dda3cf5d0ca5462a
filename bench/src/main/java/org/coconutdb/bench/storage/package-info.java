/// The engine's tables beside their peers, below SQL: bare Chronicle Map, H2's MVStore, LMDB.
@NullMarked
package org.coconutdb.bench.storage;

import org.jspecify.annotations.NullMarked;
