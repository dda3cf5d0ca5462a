package org.coconutdb.jdbc.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an execution hands back of the rows that it inserted.
///
/// @param columns that the [KeyRequest] asks for; empty where the statement inserts nothing
/// @param rows in the order of their insertion, of values as [Session] lists them
public record KeyRows(List<ColumnInfo> columns, List<@Nullable Object[]> rows) {
    public static final KeyRows EMPTY = new KeyRows(List.of(), List.of());
}
