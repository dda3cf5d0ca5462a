/// Tools that people use with databases, each as it is published, against a real server on loopback, and where it makes sense against a
/// database in the same process. What a tool needs of CoconutDB and does not find is a fault of CoconutDB, mended where it is.
@NullMarked
package org.coconutdb.tools;

import org.jspecify.annotations.NullMarked;
