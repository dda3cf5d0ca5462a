/// Off-heap memory: reserving, growing, locking, advising and measuring it. The only package that makes system calls.
@NullMarked
package org.coconutdb.engine.memory;

import org.jspecify.annotations.NullMarked;
