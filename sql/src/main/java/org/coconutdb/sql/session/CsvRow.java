package org.coconutdb.sql.session;

import org.jspecify.annotations.Nullable;

/// A row of a CSV file.
///
/// @param line where it begins, from 1
/// @param values null for NULL
record CsvRow(long line, @Nullable String[] values) {
    private static final int VALUE_BYTES = 24;
    private static final int ROW_BYTES = 64;

    /// What it takes of the heap, about.
    long heapBytes() {
        long bytes = ROW_BYTES;
        for (String value : values) {
            bytes += VALUE_BYTES + (value == null ? 0 : value.length());
        }
        return bytes;
    }
}
