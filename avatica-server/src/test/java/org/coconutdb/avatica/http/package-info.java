@NullMarked
package org.coconutdb.avatica.http;

import org.jspecify.annotations.NullMarked;
