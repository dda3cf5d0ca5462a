package org.coconutdb.sql.catalog;

import java.util.Objects;

/// What makes the values of an identity column.
///
/// @param always whether a value that is given is refused
/// @param sequence the name of the column's own sequence; made up, so that renaming table or column leaves it
/// @param values as they were declared
public record IdentityDefinition(boolean always, String sequence, SequenceDefinition values) {
    public IdentityDefinition {
        Objects.requireNonNull(sequence);
        Objects.requireNonNull(values);
    }
}
