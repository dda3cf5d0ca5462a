/// Operators that hold rows: sorts, joins, groups, windows, set operations, recursion. What generated code calls is [Operators].
///
/// Each holds rows up to what its [org.coconutdb.sql.spill.OperatorMemory] gives it and then writes some to its statement's file, by hash of their keys
/// or in sorted runs; what cannot go on that way refuses with 53200. Each looks at the cancel flag for every row that it takes, holds, compares or
/// answers, or every thousandth of what is quick. They give back what they hold at their last row and when they are closed.
///
/// A row is an array with a value for each column, or the bare value where there is one column ([RowShape]).
@NullMarked
package org.coconutdb.sql.operator;

import org.jspecify.annotations.NullMarked;
