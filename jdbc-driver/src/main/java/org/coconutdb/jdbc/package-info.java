/// The `java.sql` face of CoconutDB: thin, for Java 17, over [org.coconutdb.jdbc.session.Session].
@NullMarked
package org.coconutdb.jdbc;

import org.jspecify.annotations.NullMarked;
