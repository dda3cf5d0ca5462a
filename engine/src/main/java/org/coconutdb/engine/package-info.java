/// The database without SQL. [org.coconutdb.engine.CoconutEngine] is the one public door: it opens a database, makes tables of
/// bytes, and begins transactions over them.
@NullMarked
package org.coconutdb.engine;

import org.jspecify.annotations.NullMarked;
