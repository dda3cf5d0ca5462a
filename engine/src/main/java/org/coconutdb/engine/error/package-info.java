/// Errors: one enum of codes, one exception that carries facts and the mend.
@NullMarked
package org.coconutdb.engine.error;

import org.jspecify.annotations.NullMarked;
