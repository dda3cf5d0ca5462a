/// Placement: which block holds a key. Slots for hash tables, ranges for sorted ones.
@NullMarked
package org.coconutdb.engine.placement;

import org.jspecify.annotations.NullMarked;
