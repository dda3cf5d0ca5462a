package org.coconutdb.sql.catalog;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.coconutdb.sql.parser.SqlParsing;
import org.jspecify.annotations.Nullable;

/// A condition that no row of a table makes false.
///
/// @param name of the constraint, given or made up; the table has no other of this name
/// @param text the condition, as it was written
/// @param ready whether each row was looked at; until then only those that are written are
public record CheckDefinition(String name, String text, boolean ready) {
    public CheckDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(text);
    }

    /// The same, of which each row was looked at.
    CheckDefinition validated() {
        return new CheckDefinition(name, text, true);
    }

    /// Names of the columns that it may mean.
    Set<String> columns(List<ColumnDefinition> of) {
        return columns(List.of(SqlParsing.parseExpression(text)), of);
    }

    /// Names of the columns that conditions may mean.
    ///
    /// @param of the columns that the table has
    public static Set<String> columns(List<SqlNode> conditions, List<ColumnDefinition> of) {
        Set<String> names = new HashSet<>();
        for (SqlNode condition : conditions) {
            condition.accept(new SqlBasicVisitor<@Nullable Void>() {
                @Override
                public @Nullable Void visit(SqlIdentifier identifier) {
                    names.addAll(identifier.names);
                    return null;
                }
            });
        }
        names.retainAll(of.stream().map(ColumnDefinition::name).toList());
        return names;
    }
}
