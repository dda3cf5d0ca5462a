package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.coconutdb.sql.catalog.CatalogTable;

/// How many rows the tables of a plan had when it was made. A plan that was chosen for few rows may be bad for many: it is made anew when a table has grown
/// or shrunk by more than [#FACTOR]. So a table that grows to a million rows has a statement planned again five times. Immutable.
///
/// To look costs some tens of nanoseconds a table, which statements that find a row by its key do not pay: their plan is the same for any number.
final class PlannedSizes {
    /// Of a plan that does not depend on them.
    static final PlannedSizes NONE = new PlannedSizes(List.of());
    private static final long FACTOR = 4;
    // Plans for fewer rows are made as if there were about so many, see AccessChoice and LookupJoins.
    private static final long ROWS_AT_LEAST = (long) AccessChoice.ROWS_AT_LEAST;

    private record Size(CatalogTable table, long rows) {
        boolean hasChanged() {
            long before = Math.max(ROWS_AT_LEAST, rows);
            long now = Math.max(ROWS_AT_LEAST, table.rowCount());
            return now > FACTOR * before || before > FACTOR * now;
        }
    }

    private final List<Size> sizes;

    private PlannedSizes(List<Size> sizes) {
        this.sizes = List.copyOf(sizes);
    }

    /// @param rewritten a plan whose leaves read blocks
    static PlannedSizes of(RelNode rewritten) {
        List<CatalogTable> tables = new ArrayList<>();
        addTables(rewritten, tables);
        return tables.isEmpty() ? NONE : new PlannedSizes(tables.stream().map(table -> new Size(table, table.rowCount())).toList());
    }

    private static void addTables(RelNode rel, List<CatalogTable> tables) {
        TableAccess access = switch (rel) {
            case TableAccess read -> read;
            case CountAccess count -> count.counted();
            default -> null;
        };
        if (access != null && !access.isByKeys() && !tables.contains(access.queryTable().rows())) {
            tables.add(access.queryTable().rows());
        }
        rel.getInputs().forEach(input -> addTables(input, tables));
    }

    /// Whether one of them has so many more or less by now that the plan is to be made anew.
    boolean haveChanged() {
        for (Size size : sizes) {
            if (size.hasChanged()) {
                return true;
            }
        }
        return false;
    }
}
