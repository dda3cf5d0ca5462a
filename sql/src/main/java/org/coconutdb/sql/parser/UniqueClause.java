package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWriter;
import org.jspecify.annotations.Nullable;

/// `[CONSTRAINT name] UNIQUE (columns)`; also what stands behind a column.
///
/// @param name null where none was given
/// @param columns simple identifiers
public record UniqueClause(@Nullable SqlIdentifier name, SqlNodeList columns) {
    void unparse(SqlWriter writer) {
        if (name != null) {
            writer.keyword("CONSTRAINT");
            name.unparse(writer, 0, 0);
        }
        writer.keyword("UNIQUE");
        SqlWriter.Frame names = writer.startList("(", ")");
        columns.unparse(writer, 0, 0);
        writer.endList(names);
    }
}
