package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.jspecify.annotations.Nullable;

/// A column of CREATE TABLE as it was written.
///
/// @param nullable true for NULL, false for NOT NULL, null where nothing was said
/// @param value behind DEFAULT; null where there is none
/// @param identity GENERATED … AS IDENTITY; null where there is none
public record ColumnClause(
        SqlIdentifier name,
        SqlDataTypeSpec type,
        @Nullable Boolean nullable,
        @Nullable ExpressionClause value,
        @Nullable IdentityClause identity) {
    void unparse(SqlWriter writer) {
        name.unparse(writer, 0, 0);
        type.unparse(writer, 0, 0);
        if (value != null) {
            writer.keyword("DEFAULT");
            value.expression().unparse(writer, 0, 0);
        }
        if (identity != null) {
            identity.unparse(writer);
        }
        if (nullable != null) {
            writer.keyword(nullable ? "NULL" : "NOT NULL");
        }
    }
}
