package org.coconutdb.sql.session;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.coconutdb.sql.access.Need;
import org.coconutdb.sql.access.Needs;
import org.coconutdb.sql.access.Privilege;
import org.coconutdb.sql.access.SecuredObject;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.jspecify.annotations.Nullable;

/// What one must be allowed to write to a table. What a statement reads beside the table's own row is noted where it is planned.
final class WriteNeeds {
    private final CatalogTable table;
    private final SecuredObject object;
    private final Needs needs;

    WriteNeeds(CatalogTable table, Needs needs) {
        this.table = table;
        this.object = SecuredObject.table(table.definition().schema(), table.definition().name());
        this.needs = needs;
    }

    /// @param positions of the columns that are written
    void toWrite(Privilege privilege, int[] positions) {
        Set<String> columns = Arrays.stream(positions)
                .mapToObj(position -> table.definition().columns().get(position).name())
                .collect(Collectors.toSet());
        needs.add(columns.isEmpty() ? new Need.OfAny(object, privilege, null) : new Need.Of(object, privilege, columns, null));
    }

    void toDelete() {
        needs.add(new Need.Of(object, Privilege.DELETE));
    }

    /// Whatever of the table's row is named in expressions that are computed from it; more than that where a subquery has columns of the same name.
    ///
    /// @param alias what the statement calls the table
    void toRead(Iterable<? extends @Nullable SqlNode> expressions, String alias) {
        Set<String> there = table.definition().columns().stream().map(ColumnDefinition::name).collect(Collectors.toSet());
        Set<String> read = new HashSet<>();
        SqlBasicVisitor<@Nullable Void> names = new SqlBasicVisitor<>() {
            @Override
            public @Nullable Void visit(SqlIdentifier name) {
                boolean isOther = name.names.size() > 1 && name.names.get(name.names.size() - 2).equals("EXCLUDED") && !alias.equals(
                        "EXCLUDED");
                if (name.isStar()) {
                    read.addAll(there);
                } else if (!isOther && there.contains(name.names.getLast())) {
                    read.add(name.names.getLast());
                }
                return null;
            }
        };
        for (SqlNode expression : expressions) {
            if (expression != null) {
                expression.accept(names);
            }
        }
        if (!read.isEmpty()) {
            needs.add(new Need.Of(object, Privilege.SELECT, read, null));
        }
    }
}
