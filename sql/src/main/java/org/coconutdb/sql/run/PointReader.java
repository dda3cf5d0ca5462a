package org.coconutdb.sql.run;

import java.lang.foreign.MemorySegment;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// One execution of a [PointProjection], for who wants the row where it lies.
public final class PointReader {
    /// Numbers of the two operators in [RunFigures].
    static final int PROJECTION = 0;
    private static final int LOOKUP = 1;

    private final PointProjection projection;
    private final PlanDataContext context;
    private final TableRead.Reader reader;
    private final byte @Nullable [] key;
    private final boolean isAlone;
    private final RecordView view = new RecordView();

    /// @param isAlone whether nobody else counts the projection's rows
    PointReader(PointProjection projection, PlanDataContext context, boolean isAlone) {
        this.isAlone = isAlone;
        this.projection = projection;
        this.context = context;
        TableRead read = projection.lookup().read();
        this.reader = start(read, context);
        this.key = PointLookup.encode(read, projection.lookup().key(), context);
    }

    private static TableRead.Reader start(TableRead read, PlanDataContext context) {
        RunFigures figures = context.execution().figures();
        if (figures == null) {
            return read.start(context);
        }
        figures.enter(LOOKUP);
        try {
            return read.start(context);
        } finally {
            figures.leave();
        }
    }

    /// Looks for the row; false where there is none or it does not meet the condition.
    public boolean find() {
        RunFigures figures = context.execution().figures();
        return figures == null ? look() : measuredLook(figures);
    }

    private boolean measuredLook(RunFigures figures) {
        OperatorFigures lookup = figures.operator(LOOKUP);
        OperatorFigures above = figures.operator(PROJECTION);
        figures.enter(LOOKUP);
        try {
            lookup.begin();
            if (key != null) {
                lookup.blocks().set(context.execution().transaction().blockOf(projection.lookup().read().table(), key));
            }
            boolean found = look();
            if (isAlone) {
                above.begin();
            }
            if (found) {
                lookup.answer();
                if (isAlone) {
                    above.answer();
                }
            }
            return found;
        } finally {
            figures.leave();
        }
    }

    private boolean look() {
        byte[] wanted = key;
        if (wanted == null) {
            return false;
        }
        TableRead read = projection.lookup().read();
        ExecutionContext execution = context.execution();
        Transaction transaction = execution.transaction();
        boolean found = read.isOfHeaders() ? transaction.inspect(read.table(), wanted, view) : transaction.get(read.table(), wanted, view);
        if (!found || !reader.at(view)) {
            return false;
        }
        if (execution.forUpdate() && !read.isOfHeaders()) {
            transaction.readForUpdate(read.table(), wanted);
        }
        return true;
    }

    /// The key of the row that was found; the log may hold the array.
    public byte[] key() {
        byte[] found = key;
        if (found == null) {
            throw new IllegalStateException("nothing was found");
        }
        return found;
    }

    /// Its record.
    public RecordView record() {
        return view;
    }

    /// What a field of the projection is for it.
    public @Nullable Object field(int field) {
        return projection.fields()[field].value(reader.layout(), reader.memory(), reader.row(), context);
    }

    /// The row's bytes with other values in some columns.
    ///
    /// @param columns positions in the row
    /// @param values as the columns store them
    public byte[] changed(int[] columns, @Nullable Object[] values) {
        MemorySegment memory = reader.memory();
        return reader.layout().changed(memory, reader.row(), columns, values);
    }
}
