/// What plans run on: lookups, scans and writes over a transaction of the engine.
@NullMarked
package org.coconutdb.sql.run;

import org.jspecify.annotations.NullMarked;
