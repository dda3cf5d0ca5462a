package org.coconutdb.sql.operator;

/// What a window is over.
///
/// @param input what rows look like
/// @param partitionBy columns that rows of a partition have in common
/// @param functions how many columns are added
public record WindowShape(RowShape input, int[] partitionBy, int functions) {}
