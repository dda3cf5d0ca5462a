/// The engine's tables beside their peers, below SQL: bare Chronicle Map, H2's MVStore, LMDB; and what advice to the kernel and locked
/// memory do.
@NullMarked
package org.coconutdb.bench.storage;

import org.jspecify.annotations.NullMarked;
