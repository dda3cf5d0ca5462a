/// A block: the deterministic state machine that takes commands and holds slices of many tables.
@NullMarked
package org.coconutdb.engine.block;

import org.jspecify.annotations.NullMarked;
