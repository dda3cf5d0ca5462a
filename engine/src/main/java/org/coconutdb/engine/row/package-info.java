/// Codecs: rows with fixed offsets, and keys whose bytes sort as their values do.
@NullMarked
package org.coconutdb.engine.row;

import org.jspecify.annotations.NullMarked;
