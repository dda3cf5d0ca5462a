package org.coconutdb.sql.access;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One thing that whoever runs a statement must be allowed.
public sealed interface Need {
    /// The owner of the view that reads it, whose rights count instead; null: whoever runs the statement.
    @Nullable
    String by();

    /// Columns of a table, or what else an object can have granted.
    ///
    /// @param columns empty: the whole
    record Of(SecuredObject object, Privilege privilege, Set<String> columns, @Nullable String by) implements Need {
        public Of {
            columns = Collections.unmodifiableSet(new TreeSet<>(columns));
        }

        public Of(SecuredObject object, Privilege privilege) {
            this(object, privilege, Set.of(), null);
        }
    }

    /// At least one column of a table: its rows are counted, or their number matters.
    record OfAny(SecuredObject object, Privilege privilege, @Nullable String by) implements Need {}

    /// Whatever it is: the object is shown.
    record ToSee(SecuredObject object, @Nullable String by) implements Need {}

    /// The object is changed or dropped.
    record ToOwn(SecuredObject object, @Nullable String by) implements Need {}

    /// Something that only members of [Roles#ADMIN] may do.
    ///
    /// @param what as a message names it
    record ToAdminister(String what, @Nullable String by) implements Need {}

    /// The names as they stand behind a privilege: nothing, or a list in parentheses.
    static String list(Collection<String> columns) {
        return columns.isEmpty() ? "" : " (" + String.join(", ", List.copyOf(new TreeSet<>(columns))) + ")";
    }
}
