package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What is in a schema.
///
/// @param unfinished names of tables that are being filled
record SchemaContent(String schema, List<CatalogTable> tables, List<CatalogView> views, List<CatalogSequence> sequences,
        List<String> unfinished) {
    private static final int NAMED_MAX = 5;

    static SchemaContent of(String schema, CatalogSnapshot catalog, List<TableDescriptor> descriptors) {
        return new SchemaContent(schema,
                catalog.tables().stream().filter(table -> table.definition().schema().equals(schema)).toList(),
                catalog.views().stream().filter(view -> view.definition().schema().equals(schema)).toList(),
                catalog.sequences().stream().filter(sequence -> sequence.schema().equals(schema)).toList(),
                descriptors.stream()
                        .filter(UnfinishedTable::isUnfinished)
                        .map(TableDescriptor::name)
                        .filter(name -> name.startsWith(schema + "."))
                        .toList());
    }

    /// DEPENDENT_OBJECTS where there is something in it.
    void requireEmpty() {
        List<String> names = new ArrayList<>();
        tables.forEach(table -> names.add(table.toString()));
        views.forEach(view -> names.add(view.toString()));
        sequences.forEach(sequence -> names.add(sequence.qualifiedName()));
        if (!names.isEmpty()) {
            String named = String.join(", ", names.subList(0, Math.min(NAMED_MAX, names.size())));
            throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                    .with("schema", schema)
                    .with("holds", names.size() > NAMED_MAX ? named + ", …" : named)
                    .mend("Drop what is in it first, or say DROP SCHEMA … CASCADE.");
        }
    }

    void requireNoneUnfinished() {
        if (!unfinished.isEmpty()) {
            throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                    .with("schema", schema)
                    .with("table", unfinished.getFirst())
                    .mend("The table is being filled by CREATE TABLE … AS: drop the schema when that is over.");
        }
    }
}
