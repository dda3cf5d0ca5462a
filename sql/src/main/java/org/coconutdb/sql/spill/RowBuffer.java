package org.coconutdb.sql.spill;

import org.jspecify.annotations.Nullable;

/// Rows kept in their order: in memory as long as there is room, and then in a run. Filled first, and then read any number of times. One thread.
public final class RowBuffer implements AutoCloseable {
    private static final int ROW_OVERHEAD_BYTES = 16;

    private final OperatorMemory memory;
    private final String what;
    private RowList held = new RowList();
    private long heldBytes;
    private @Nullable SpillWriter writer;
    private @Nullable SpilledRows run;

    /// @param memory may be of an operator that holds more than this
    /// @param what is kept, for an error
    public RowBuffer(OperatorMemory memory, String what) {
        this.memory = memory;
        this.what = what;
    }

    public void add(@Nullable Object row) {
        SpillWriter open = writer;
        if (open == null) {
            long bytes = RowSize.of(row) + ROW_OVERHEAD_BYTES;
            if (memory.tryGrow(bytes)) {
                heldBytes += bytes;
                held.add(row);
                return;
            }
            memory.grow(memory.blockBytes(), what, "Read fewer rows or columns.");
            heldBytes += memory.blockBytes();
            open = memory.writer();
            writer = open;
        }
        memory.checkCancelled();
        open.write(row);
    }

    public boolean isEmpty() {
        return held.isEmpty() && writer == null && run == null;
    }

    /// Reads it from the start. Nothing is added any more.
    public Reader read() {
        SpillWriter open = writer;
        if (open != null) {
            run = open.finish();
            writer = null;
        }
        return new Reader();
    }

    /// Drops all rows, so that it can be filled again.
    public void clear() {
        SpillWriter open = writer;
        if (open != null) {
            open.abandon();
            writer = null;
        }
        SpilledRows written = run;
        if (written != null) {
            written.delete();
            run = null;
        }
        if (!held.isEmpty()) {
            held = new RowList();
        }
        memory.shrink(heldBytes);
        heldBytes = 0;
    }

    @Override
    public void close() {
        clear();
    }

    /// One way through the rows.
    public final class Reader {
        private int position;
        private @Nullable SpillReader rest;

        private Reader() {}

        public boolean hasNext() {
            if (position < held.size()) {
                return true;
            }
            SpilledRows written = run;
            if (written == null) {
                return false;
            }
            SpillReader open = rest;
            if (open == null) {
                open = written.read(memory);
                rest = open;
            }
            return open.hasNext();
        }

        public @Nullable Object next() {
            SpillReader open = rest;
            return position < held.size() || open == null ? held.row(position++) : open.read();
        }
    }
}
