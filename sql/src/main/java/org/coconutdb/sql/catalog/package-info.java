/// The catalogue: table definitions and their types, system views, and both as Calcite sees them.
@NullMarked
package org.coconutdb.sql.catalog;

import org.jspecify.annotations.NullMarked;
