@NullMarked
package org.coconutdb.cli.shell;

import org.jspecify.annotations.NullMarked;
