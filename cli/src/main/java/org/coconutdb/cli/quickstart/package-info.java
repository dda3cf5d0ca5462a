/// `coconut quickstart`: a database in a directory, TPC-H's tables and rows, a few queries with their plans and times, and where
/// the memory lies.
@NullMarked
package org.coconutdb.cli.quickstart;

import org.jspecify.annotations.NullMarked;
