package org.coconutdb.sql.operator;

import org.jspecify.annotations.Nullable;

/// What an operator does with rows that have a key in common: [HybridGroups] finds them.
interface Grouping {
    /// Columns of the key, for a kind of rows.
    int[] columns(int kind);

    /// What rows look like.
    RowShape shape();

    /// Heap that the values of the row's key take.
    long keyBytes(@Nullable Object row);

    /// Heap that the state of a group with this first row takes, by and by, beside what [#growth] says.
    long stateBytes(@Nullable Object firstRow);

    /// The state of a group before its first row.
    @Nullable
    Object begin();

    /// The state with a row more.
    ///
    /// @param source number of the input that the row is of
    @Nullable
    Object add(@Nullable Object state, int source, @Nullable Object row);

    /// How much heap the state has grown by with a row; 0 where it has not.
    long growth(@Nullable Object row);

    /// How much heap a value of the row takes that the group may keep in the place of one that it kept before; 0 where it keeps none.
    long kept(@Nullable Object row);

    /// How often a group is answered: not at all, once, or several times.
    long answers(@Nullable Object state);

    /// What is answered of a group.
    @Nullable
    Object answer(int kind, @Nullable Object[] key, @Nullable Object state);

    /// What the operator holds, for an error.
    String what();

    /// What the user can do about it.
    String mend();
}
