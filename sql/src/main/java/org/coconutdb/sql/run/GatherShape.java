package org.coconutdb.sql.run;

import java.util.List;
import org.coconutdb.engine.TableDescriptor;

/// What is run block by block.
///
/// @param tables that the fragment reads, at least one, all of them spread over the same blocks by the same hash
/// @param workers who helps
public record GatherShape(List<TableDescriptor> tables, QueryWorkers workers) {
    public GatherShape {
        tables = List.copyOf(tables);
    }
}
