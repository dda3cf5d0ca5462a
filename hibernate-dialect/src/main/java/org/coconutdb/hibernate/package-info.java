/// How Hibernate ORM writes SQL for CoconutDB. With this module on the class path Hibernate finds [CoconutDialect] by itself; no property
/// has to be set.
@NullMarked
package org.coconutdb.hibernate;

import org.jspecify.annotations.NullMarked;
