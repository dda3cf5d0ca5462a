/// `coconut sql`: sqlline for people ([Shell]), and a runner for scripts ([ScriptRunner]) that never guesses: what it cannot read
/// is an error, and the first error ends it.
@NullMarked
package org.coconutdb.cli.shell;

import org.jspecify.annotations.NullMarked;
