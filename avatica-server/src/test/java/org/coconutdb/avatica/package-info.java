@NullMarked
package org.coconutdb.avatica;

import org.jspecify.annotations.NullMarked;
