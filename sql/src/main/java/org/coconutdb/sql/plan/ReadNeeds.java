package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.validate.SqlValidatorTable;
import org.coconutdb.sql.access.Need;
import org.coconutdb.sql.access.Privilege;
import org.coconutdb.sql.access.SecuredObject;
import org.coconutdb.sql.catalog.MetaTable;
import org.coconutdb.sql.catalog.QueryTable;
import org.coconutdb.sql.catalog.SystemView;
import org.coconutdb.sql.catalog.TableDefinition;
import org.jspecify.annotations.Nullable;

/// What one must be allowed to run a query: the tables and columns that it names, noted by its validator. One thread.
final class ReadNeeds {
    private final @Nullable String reader;
    // Columns by table; none where the table is named and none of its columns.
    private final Map<SecuredObject, Set<String>> columns = new LinkedHashMap<>();
    private final Set<Need> others = new LinkedHashSet<>();

    /// @param reader the owner of the view that the query is of; null: whoever runs the statement
    ReadNeeds(@Nullable String reader) {
        this.reader = reader;
    }

    /// A table that is named.
    void table(SqlValidatorTable table) {
        SystemView system = table.unwrap(SystemView.class);
        if (system != null) {
            if (system.isForAdmins()) {
                others.add(new Need.ToAdminister("SELECT … FROM " + system.schema() + "." + system.name(), reader));
            }
            return;
        }
        if (table.unwrap(QueryTable.class) instanceof MetaTable meta) {
            TableDefinition rows = meta.rows().definition();
            others.add(new Need.Of(SecuredObject.table(rows.schema(), rows.name()), Privilege.SELECT, Set.of(), reader));
            return;
        }
        List<String> name = table.getQualifiedName();
        if (name.size() > 1) {
            columns.computeIfAbsent(SecuredObject.table(name.getFirst(), name.getLast()), _ -> new TreeSet<>());
        }
    }

    /// A column that is named.
    void column(SqlValidatorTable table, String column) {
        table(table);
        List<String> name = table.getQualifiedName();
        if (name.size() < 2) {
            return;
        }
        Set<String> noted = columns.get(SecuredObject.table(name.getFirst(), name.getLast()));
        RelDataType row = table.getRowType();
        if (noted != null && row.getField(column, true, false) != null) {
            noted.add(column);
        }
    }

    List<Need> toList() {
        List<Need> needs = new ArrayList<>(others);
        columns.forEach((table, names) -> needs.add(names.isEmpty()
                ? new Need.OfAny(table, Privilege.SELECT, reader)
                : new Need.Of(table, Privilege.SELECT, names, reader)));
        return needs;
    }
}
