package org.coconutdb.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One of the changes of tables that happen together ([CoconutEngine#changeTables]).
public sealed interface TableChange {
    /// Makes an empty table. A name that another change of the same list sets free may be given again.
    ///
    /// @param name unique in the database, not empty and without NUL characters
    /// @param beside the name of a table, there or made by the same list, in whose space this one lies, and in whose block where both are sorted: what is
    ///     written to both is then one entry of the log. Null where it lies alone
    record Create(String name, TableKind kind, byte[] definition, StorageOptions options, @Nullable String beside) implements TableChange {
        public Create {
            Objects.requireNonNull(kind);
            Objects.requireNonNull(options);
        }

        public Create(String name, TableKind kind, byte[] definition, StorageOptions options) {
            this(name, kind, definition, options, null);
        }
    }

    /// Gives a table another definition. Rows are not touched.
    ///
    /// @param table as it was when the new definition was made from it
    /// @param whileEmpty whether TABLE_NOT_EMPTY refuses it where the table has rows at the time of the change
    record Alter(TableDescriptor table, byte[] definition, boolean whileEmpty) implements TableChange {
        public Alter(TableDescriptor table, byte[] definition) {
            this(table, definition, false);
        }
    }

    /// Forgets a table and all its rows.
    record Drop(int table) implements TableChange {}
}
