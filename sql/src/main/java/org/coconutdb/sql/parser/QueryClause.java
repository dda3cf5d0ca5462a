package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlNode;

/// A query and its text, as [ExpressionClause] has that of an expression.
public record QueryClause(SqlNode query, String text) {}
