package org.coconutdb.sql.catalog;

import java.util.Objects;

/// A condition that no row of a table makes false.
///
/// @param name of the constraint, given or made up; the table has no other of this name
/// @param text the condition, as it was written
public record CheckDefinition(String name, String text) {
    public CheckDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(text);
    }
}
