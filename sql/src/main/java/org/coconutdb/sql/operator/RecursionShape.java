package org.coconutdb.sql.operator;

/// What recursion answers.
///
/// @param all whether rows may come several times
/// @param roundsMax of the iteration; negative: any number
/// @param row what rows look like
public record RecursionShape(boolean all, int roundsMax, RowShape row) {}
