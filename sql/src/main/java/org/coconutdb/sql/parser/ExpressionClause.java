package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlNode;

/// An expression of CREATE TABLE that is kept with the table.
///
/// @param text as it was written, without comments; parses to the same expression
public record ExpressionClause(SqlNode expression, String text) {}
