package org.coconutdb.sql.run;

import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.schema.ScannableTable;
import org.jspecify.annotations.Nullable;

/// All rows of a system view.
public record ViewScan(ScannableTable view) implements RowSource {
    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        return view.scan(context).enumerator();
    }
}
