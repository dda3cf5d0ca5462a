@NullMarked
package org.coconutdb.spark;

import org.jspecify.annotations.NullMarked;
