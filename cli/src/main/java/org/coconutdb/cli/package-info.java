/// The `coconut` command: what operators and newcomers type.
///
/// [Coconut] reads the arguments and calls one command; each command is a small class that gets a [Screen] to write on, and answers
/// an exit code: 0 done, 1 failed (the reason is on standard error), 2 wrongly called.
///
/// The command line is a JDBC client as any other: it sees the driver, never the engine.
@NullMarked
package org.coconutdb.cli;

import org.jspecify.annotations.NullMarked;
