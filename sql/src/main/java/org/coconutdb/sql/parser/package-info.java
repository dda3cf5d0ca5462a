/// The SQL parser: Calcite's grammar and the statements of our own, as syntax trees.
@NullMarked
package org.coconutdb.sql.parser;

import org.jspecify.annotations.NullMarked;
