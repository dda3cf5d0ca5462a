package org.coconutdb.engine.row;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.RowHistory.Kept;
import org.jspecify.annotations.Nullable;

/// Reads rows of every version of a table's [RowHistory] as ones of the newest: a column that came later has the value that it was given for
/// them, one that went is left out. Immutable; any thread.
public final class RowVersions {
    private final RowLayout newest;
    // By version; without the newest.
    private final List<Older> older;

    /// @param source of each column of the newest layout: its place in this one, or -1
    /// @param missing values of those that have none here
    private record Older(RowLayout layout, int[] source, @Nullable Object[] missing) {}

    public RowVersions(RowHistory history) {
        List<List<Integer>> versions = history.versions();
        List<Integer> ids = versions.getLast();
        List<RowLayout> layouts = new ArrayList<>();
        for (List<Integer> version : versions) {
            layouts.add(new RowLayout(version.stream().map(id -> history.columns().get(id).column()).toList(), layouts.size()));
        }
        this.newest = layouts.getLast();
        List<Older> all = new ArrayList<>();
        for (int version = 0; version < history.version(); version++) {
            int[] source = ids.stream().mapToInt(versions.get(version)::indexOf).toArray();
            @Nullable Object[] missing = ids.stream().map(history.columns()::get).map(Kept::missing).toArray();
            all.add(new Older(layouts.get(version), source, missing));
        }
        this.older = List.copyOf(all);
    }

    /// What rows are written with.
    public RowLayout newest() {
        return newest;
    }

    /// Whether the row is one of the newest layout, which may then be asked for its columns.
    public boolean isNewest(MemorySegment memory, long row) {
        return RowLayout.version(memory, row) == newest.version();
    }

    /// The row as the newest layout has it. BROKEN_INVARIANT where no version of the table is its own.
    public byte[] toNewest(MemorySegment memory, long row) {
        return newest.encode(decode(memory, row));
    }

    /// All columns of a row of any version, as the newest has them. BROKEN_INVARIANT where no version of the table is its own.
    public @Nullable Object[] decode(byte[] row) {
        return decode(MemorySegment.ofArray(row), 0);
    }

    private @Nullable Object[] decode(MemorySegment memory, long row) {
        int version = RowLayout.version(memory, row);
        if (version == newest.version()) {
            return newest.decode(memory, row);
        }
        if (version > newest.version()) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("rowVersion", version).with("newestVersion", newest.version());
        }
        Older layout = older.get(version);
        @Nullable Object[] values = new Object[layout.source.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = layout.source[i] < 0 ? layout.missing[i] : layout.layout.get(memory, row, layout.source[i]);
        }
        return values;
    }
}
