package org.coconutdb.sql.plan;

import java.util.List;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.sql.run.GatherShape;
import org.coconutdb.sql.run.QueryWorkers;

/// How plans of a database may be run side by side.
///
/// @param workers who helps; kept by plans
/// @param spaces that tables lie in, by their numbers
/// @param blocks that hash tables are spread over, in the space that has most
/// @param rowsMin fewer rows than that are read by one thread
public record Parallelism(QueryWorkers workers, List<BlockSpace> spaces, int blocks, long rowsMin) {
    /// Of plans that are run by one thread.
    public static final Parallelism NONE = new Parallelism(new QueryWorkers(1), BlockSpace.only(1), Long.MAX_VALUE);

    private static final double ROWS_AN_ANSWER_MIN = 4;

    public Parallelism {
        spaces = List.copyOf(spaces);
    }

    public Parallelism(QueryWorkers workers, List<BlockSpace> spaces, long rowsMin) {
        this(workers, spaces, spaces.stream().mapToInt(BlockSpace::blockCount).max().orElse(1), rowsMin);
    }

    /// The same for what lies in the space of a table.
    Parallelism of(TableDescriptor table) {
        return new Parallelism(workers, spaces, spaces.get(table.options().space()).blockCount(), rowsMin);
    }

    /// Threads that a plan can use.
    int threads() {
        return Math.min(workers.parallelism(), blocks);
    }

    /// Whether reading so many rows is worth other threads.
    boolean isWorth(double rows) {
        return threads() > 1 && rows >= rowsMin;
    }

    /// The same where so many are answered: each is handed from thread to thread.
    boolean isWorth(double rows, double answered) {
        return isWorth(rows) && answered * ROWS_AN_ANSWER_MIN <= rows;
    }

    GatherShape shape(List<TableDescriptor> tables) {
        return new GatherShape(tables, workers);
    }
}
