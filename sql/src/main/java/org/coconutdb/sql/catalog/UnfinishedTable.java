package org.coconutdb.sql.catalog;

import java.util.Arrays;
import org.coconutdb.engine.TableDescriptor;

/// A table that is being filled: nobody sees it, and nobody else can have its name. What stands in the engine's directory is its definition
/// behind a mark, so that a start after a crash finds and drops it.
///
/// @param hidden as the engine has it
/// @param table as it will be, to write its rows with
public record UnfinishedTable(TableDescriptor hidden, CatalogTable table) {
    // No version of a table's definition begins like this.
    private static final byte MARK = 'U';

    static byte[] marked(byte[] definition) {
        byte[] marked = new byte[definition.length + 1];
        marked[0] = MARK;
        System.arraycopy(definition, 0, marked, 1, definition.length);
        return marked;
    }

    static byte[] unmarked(byte[] marked) {
        return Arrays.copyOfRange(marked, 1, marked.length);
    }

    static boolean isUnfinished(TableDescriptor table) {
        byte[] definition = table.definition();
        return definition.length > 0 && definition[0] == MARK;
    }

    /// The same table with the definition that it will have.
    static TableDescriptor unmarked(TableDescriptor hidden) {
        return new TableDescriptor(hidden.id(), hidden.name(), hidden.kind(), unmarked(hidden.definition()), hidden.options(), hidden
                .beside(),
                hidden.generation());
    }
}
