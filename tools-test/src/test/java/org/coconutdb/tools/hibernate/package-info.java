/// Hibernate ORM with the dialect of `hibernate-dialect/`, and entities such as applications have.
@NullMarked
package org.coconutdb.tools.hibernate;

import org.jspecify.annotations.NullMarked;
