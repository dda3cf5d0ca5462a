package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;

/// A column of CREATE INDEX.
///
/// @param name a simple identifier
public record IndexColumnClause(SqlIdentifier name, boolean descending) {
    void unparse(SqlWriter writer) {
        name.unparse(writer, 0, 0);
        if (descending) {
            writer.keyword("DESC");
        }
    }
}
