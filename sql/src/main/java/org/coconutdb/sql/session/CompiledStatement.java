package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.sql.plan.PlanOperator;
import org.jspecify.annotations.Nullable;

/// A statement ready to run any number of times by any number of threads at once. Immutable; depends on the catalogue's version that it
/// was compiled for.
interface CompiledStatement {
    /// Columns of the answer; empty where it answers none.
    List<ColumnInfo> columns();

    /// Parameters in order of their question marks.
    List<ColumnInfo> parameters();

    /// Whether tables have so many more or less rows by now than when it was compiled that it had better be compiled again.
    default boolean isOutdated() {
        return false;
    }

    /// A statement that answers rows.
    interface Query extends CompiledStatement {
        /// What EXPLAIN shows of it.
        PlanOperator explain();

        /// Whether the commit of its transaction rests on the rows that it reads.
        boolean isForUpdate();

        /// Whether it reads a single row by its key, and nothing else.
        default boolean isLookup() {
            return false;
        }

        /// Starts it. The rows read at the execution's snapshot.
        Rows open(Execution execution, @Nullable Object[] parameters);
    }

    /// A statement that changes rows, within the transaction of its execution.
    interface Write extends CompiledStatement {
        /// Gathers the changes; the caller commits. Answers how many rows are changed.
        long run(Execution execution, @Nullable Object[] parameters);

        /// What EXPLAIN shows of it.
        PlanOperator explain();

        /// Whether this DUPLICATE_KEY means that another transaction was quicker: then the statement is to be run again.
        boolean retriesDuplicate(CoconutException failure);
    }

    /// A statement that changes rows and answers some.
    interface Answering extends CompiledStatement {
        /// One execution of it. One thread.
        AnsweringRun start();

        /// The statement without the answer.
        Write write();
    }

    /// One execution of a statement that changes rows and answers some; where it meets another transaction it runs again.
    interface AnsweringRun extends Write {
        /// The answer, of the last time that it ran.
        ///
        /// @param rowsMax rows at most; 0: all
        RowCursor answer(long rowsMax);
    }

    /// A statement that changes the catalogue.
    interface Definition extends CompiledStatement {
        void run(Database database, ExecutionSignal signal);

        /// The same. Answers how many rows it wrote, 0 for most.
        default long runCounting(Database database, ExecutionSignal signal) {
            run(database, signal);
            return 0;
        }

        @Override
        default List<ColumnInfo> columns() {
            return List.of();
        }

        @Override
        default List<ColumnInfo> parameters() {
            return List.of();
        }
    }

    /// Rows at the JDBC edge.
    interface Rows extends AutoCloseable {
        boolean next();

        /// Value of the current row.
        @Nullable
        Object get(int column);

        @Override
        void close();
    }
}
