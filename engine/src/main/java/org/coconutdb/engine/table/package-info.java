/// Tables' slices in a block: hash tables for point lookups, sorted tables for range scans, versions over both.
@NullMarked
package org.coconutdb.engine.table;

import org.jspecify.annotations.NullMarked;
