package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// `[CONSTRAINT name] FOREIGN KEY (columns) REFERENCES parent [(columns)] [ON DELETE action] [ON UPDATE action]`; also what stands behind a
/// column.
///
/// @param name null where none was given
/// @param columns simple identifiers
/// @param parentColumns null: those of the parent's primary key
/// @param onDelete null where it was left out
/// @param onUpdate null where it was left out
/// @param position of REFERENCES and what follows
public record ForeignKeyClause(
        @Nullable SqlIdentifier name,
        SqlNodeList columns,
        SqlIdentifier parent,
        @Nullable SqlNodeList parentColumns,
        @Nullable ReferentialAction onDelete,
        @Nullable ReferentialAction onUpdate,
        SqlParserPos position) {
    void unparse(SqlWriter writer) {
        if (name != null) {
            writer.keyword("CONSTRAINT");
            name.unparse(writer, 0, 0);
        }
        writer.keyword("FOREIGN KEY");
        list(writer, columns);
        writer.keyword("REFERENCES");
        parent.unparse(writer, 0, 0);
        if (parentColumns != null) {
            list(writer, parentColumns);
        }
        if (onDelete != null) {
            writer.keyword("ON DELETE " + onDelete.sql());
        }
        if (onUpdate != null) {
            writer.keyword("ON UPDATE " + onUpdate.sql());
        }
    }

    private static void list(SqlWriter writer, SqlNodeList columns) {
        SqlWriter.Frame names = writer.startList("(", ")");
        columns.unparse(writer, 0, 0);
        writer.endList(names);
    }
}
