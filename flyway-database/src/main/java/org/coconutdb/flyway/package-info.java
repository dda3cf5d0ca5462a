/// CoconutDB as a database that Flyway knows, found by Flyway itself when this module is on the class path.
///
/// Flyway's classes for this are in its package `internal`, which is where its own database modules and those of others take them from: a new
/// version of Flyway may need a new version of this.
@NullMarked
package org.coconutdb.flyway;

import org.jspecify.annotations.NullMarked;
