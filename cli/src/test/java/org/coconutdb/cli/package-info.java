@NullMarked
package org.coconutdb.cli;

import org.jspecify.annotations.NullMarked;
