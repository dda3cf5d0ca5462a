package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.transaction.BlockScans;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowSize;
import org.jspecify.annotations.Nullable;

/// Rows of a fragment of a plan that is run for each block by itself, by several threads side by side ([QueryWorkers]).
///
/// It goes by rounds. In a round each part that has not ended makes some rows, and the statement's thread waits for all, doing some of the work itself. Between
/// rounds nothing runs: the statement's transaction may rest, its client may take its time or go away, and no thread is held meanwhile. Who only wants a few
/// rows pays for a small first round. The rows of a round come in the order of blocks, so that sums of floating-point numbers add alike each time.
///
/// A transaction that has written rows of one of the tables, or whose commit rests on each row that it reads, reads all blocks in this thread.
final class Gathering<T extends @Nullable Object> implements Enumerator<T> {
    private static final int ROWS_FIRST = 64;
    private static final int ROWS_MAX = 4096;

    private final PlanDataContext context;
    private final GatherShape shape;
    private final Function<PlanDataContext, Enumerator<T>> fragment;
    private final AtomicBoolean abandoned = new AtomicBoolean();
    private final @Nullable OperatorFigures figures;
    private List<Part> parts = List.of();
    private int rowsMax = ROWS_FIRST;
    private int place;
    // Which has the current row.
    private @Nullable Part current;

    private Gathering(PlanDataContext context, GatherShape shape, Function<PlanDataContext, Enumerator<T>> fragment) {
        this.context = context;
        this.shape = shape;
        this.fragment = fragment;
        RunFigures counted = context.execution().figures();
        this.figures = counted == null ? null : counted.running();
        begin();
    }

    /// @param fragment what is run for a block, or for all where there is no part in its context
    static <T extends @Nullable Object> Enumerator<T> of(PlanDataContext context, GatherShape shape, Function<PlanDataContext, Enumerator<
            T>> fragment) {
        return isSplit(context, shape) ? new Gathering<>(context, shape, fragment) : fragment.apply(context);
    }

    private static boolean isSplit(PlanDataContext context, GatherShape shape) {
        Transaction transaction = context.execution().transaction();
        return shape.workers().parallelism() > 1 && !context.execution().forUpdate()
                && shape.tables().stream().noneMatch(transaction::hasWritten);
    }

    private void begin() {
        Transaction transaction = context.execution().transaction();
        Map<Integer, BlockScans> tables = new HashMap<>();
        int blocks = 0;
        for (TableDescriptor table : shape.tables()) {
            BlockScans scans = transaction.blockScans(table);
            tables.put(table.id(), scans);
            assert blocks == 0 || blocks == scans.count() : "tables of several block spaces";
            blocks = scans.count();
        }
        List<Part> begun = new ArrayList<>(blocks);
        for (int i = 0; i < blocks; i++) {
            begun.add(new Part(new BlockPart(tables, i, abandoned)));
        }
        parts = begun;
        place = 0;
        rowsMax = ROWS_FIRST;
    }

    @Override
    public boolean moveNext() {
        while (true) {
            for (; place < parts.size(); place++) {
                Part part = parts.get(place);
                if (part.advance()) {
                    current = part;
                    return true;
                }
            }
            List<Part> more = parts.stream().filter(part -> !part.isOver).toList();
            if (more.isEmpty()) {
                close();
                return false;
            }
            round(more);
            place = 0;
        }
    }

    private void round(List<Part> more) {
        // Wakes the snapshot where it rests, and fails where it is too old.
        context.execution().transaction().resume();
        Thread own = Thread.currentThread();
        long[] ownNanos = new long[1];
        shape.workers().run(more.stream().map(part -> (Runnable) () -> {
            long nanos = part.fill(rowsMax);
            if (Thread.currentThread() == own) {
                ownNanos[0] += nanos;
            }
        }).toList(), () -> abandoned.set(true));
        if (figures != null) {
            // It is told with the operators below.
            figures.add(-ownNanos[0]);
        }
        rowsMax = Math.min(ROWS_MAX, 4 * rowsMax);
        more.stream().filter(part -> part.isOver).forEach(Part::end);
    }

    @Override
    public T current() {
        Part part = current;
        if (part == null) {
            throw new NoSuchElementException();
        }
        return part.ready.get(part.taken);
    }

    @Override
    public void reset() {
        close();
        begin();
    }

    @Override
    public void close() {
        parts.forEach(Part::close);
        parts = List.of();
        current = null;
    }

    /// What is run for one block. One thread at a time: that which fills it, and between rounds the statement's.
    private final class Part {
        private final PlanDataContext own;
        private final @Nullable RunFigures counted;
        private final OperatorMemory memory;
        // Rows of the round, and the one at hand of them.
        private final List<T> ready = new ArrayList<>();
        private int taken = -1;
        private @Nullable Enumerator<T> rows;
        private boolean isOver;
        private boolean hasEnded;

        Part(BlockPart part) {
            this.counted = figures == null ? null : RunFigures.ofPart();
            this.own = context.ofPart(part, counted);
            this.memory = context.execution().memory().operator(null);
        }

        /// Makes some rows, as far as there is room for them; one at least. Answers the time that it took where somebody counts.
        long fill(int rowsWanted) {
            RunFigures counting = counted;
            if (counting == null) {
                take(rowsWanted);
                return 0;
            }
            long before = counting.nanos();
            counting.resume();
            try {
                take(rowsWanted);
            } finally {
                counting.pause();
            }
            return counting.nanos() - before;
        }

        private void take(int rowsWanted) {
            ready.clear();
            taken = -1;
            memory.clear();
            Enumerator<T> open = rows;
            if (open == null) {
                open = fragment.apply(own);
                rows = open;
            }
            while (ready.size() < rowsWanted) {
                if (!open.moveNext()) {
                    isOver = true;
                    return;
                }
                T row = open.current();
                ready.add(row);
                if (!memory.tryGrow(RowSize.of(row))) {
                    return;
                }
            }
        }

        /// Goes to the next row of the round.
        boolean advance() {
            taken++;
            return taken < ready.size();
        }

        /// No more rows are made; those of the round may still be taken.
        void end() {
            if (hasEnded) {
                return;
            }
            hasEnded = true;
            RunFigures counting = counted;
            RunFigures all = context.execution().figures();
            if (counting != null && all != null && figures != null) {
                all.add(counting, figures);
            }
            Enumerator<T> open = rows;
            if (open != null) {
                open.close();
            }
        }

        void close() {
            try {
                end();
            } finally {
                memory.close();
            }
        }
    }
}
