/// Sessions: compile, cache and execute statements; the only place that turns errors into `SQLException`.
@NullMarked
package org.coconutdb.sql.session;

import org.jspecify.annotations.NullMarked;
