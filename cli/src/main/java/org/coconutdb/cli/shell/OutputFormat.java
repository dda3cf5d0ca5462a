package org.coconutdb.cli.shell;

import java.util.Locale;

/// How a script's answers are written.
public enum OutputFormat {
    /// Aligned columns in a frame.
    TABLE,
    /// RFC 4180 with a header: NULL is an empty field, an empty string is `""`.
    CSV,
    /// Fields between tabs, with a header; tab, line end and backslash as `\t`, `\n`, `\r`, `\\`; NULL as `\N`.
    TSV,
    /// One JSON object a row and a line.
    JSON,
    /// One line a column.
    VERTICAL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
