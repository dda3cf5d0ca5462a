/// What the JDBC source of Apache Spark has to know of CoconutDB. With this module on the class path Spark finds
/// [CoconutDialect] by itself.
@NullMarked
package org.coconutdb.spark;

import org.jspecify.annotations.NullMarked;
