package org.coconutdb.jdbc.session;

import java.util.List;

/// Which columns of the rows that an INSERT or UPSERT writes are handed back: what JDBC calls generated keys.
public sealed interface KeyRequest {
    KeyRequest NOTHING = new Nothing();

    record Nothing() implements KeyRequest {}

    /// Identity columns, and columns of the primary key that have a default.
    record Generated() implements KeyRequest {}

    /// Columns by their place in the table, counted from 1.
    record Places(List<Integer> places) implements KeyRequest {
        public Places {
            places = List.copyOf(places);
        }
    }

    /// Columns by name: as it is stored, or else whatever the case of its letters.
    record Names(List<String> names) implements KeyRequest {
        public Names {
            names = List.copyOf(names);
        }
    }
}
