package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.jspecify.annotations.Nullable;

/// `[CONSTRAINT name] CHECK (condition)`.
///
/// @param name null where none was given
/// @param column that it stands behind; null where it is an element of the table
public record CheckClause(@Nullable SqlIdentifier name, @Nullable SqlIdentifier column, ExpressionClause condition) {
    void unparse(SqlWriter writer) {
        if (name != null) {
            writer.keyword("CONSTRAINT");
            name.unparse(writer, 0, 0);
        }
        writer.keyword("CHECK");
        SqlWriter.Frame frame = writer.startList("(", ")");
        condition.expression().unparse(writer, 0, 0);
        writer.endList(frame);
    }
}
