package org.coconutdb.sql.corpus;

/// A defect that a query shows.
///
/// @param what the check that found it: shrinking keeps it
record Difference(String what, String text) {}
