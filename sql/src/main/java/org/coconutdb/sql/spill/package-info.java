/// Memory of statements: how many bytes of heap their operators may hold, and the files that take what is more.
///
/// [QueryMemory] is the budget of a database. A statement takes its share of it ([StatementMemory]), and each of its operators that holds rows
/// some of that ([OperatorMemory]), by the estimate of [RowSize], before it holds them. Where there is no more, the operator writes rows to a run
/// ([SpilledRows]) of the statement's file ([SpillFile]), or refuses. Closing the statement's share gives everything back, whatever its operators
/// have forgotten.
@NullMarked
package org.coconutdb.sql.spill;

import org.jspecify.annotations.NullMarked;
