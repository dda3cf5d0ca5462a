package org.coconutdb.sql.catalog;

import java.util.Optional;
import org.apache.calcite.jdbc.CalciteSchema;

/// What the catalogue asks the layer that knows queries.
public interface ViewReader {
    /// What hinders a view from being read, with the columns that it is known to have, where the schemas are these; empty where nothing does.
    Optional<String> hindrance(ViewDefinition view, CalciteSchema schemas);
}
