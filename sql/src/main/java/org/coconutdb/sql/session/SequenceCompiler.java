package org.coconutdb.sql.session;

import org.apache.calcite.sql.SqlIdentifier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogSequence;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.SequenceDefinition;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.parser.SqlCreateSequence;
import org.coconutdb.sql.parser.SqlDropSequence;
import org.coconutdb.sql.parser.SqlParsing;
import org.coconutdb.sql.parser.SqlRestartSequence;

/// CREATE, DROP and ALTER SEQUENCE.
final class SequenceCompiler {
    private final CatalogSnapshot catalog;

    SequenceCompiler(CatalogSnapshot catalog) {
        this.catalog = catalog;
    }

    CompiledStatement create(SqlCreateSequence create) {
        if (create.replace()) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("what", "CREATE OR REPLACE SEQUENCE")
                    .mend("DROP SEQUENCE IF EXISTS it first.");
        }
        String name = TableDefinitions.sequenceName(create.sequence());
        SequenceDefinition definition = SequenceDefinition.of(create.sequence().toString(), create.options());
        boolean ifNotExists = create.ifNotExists();
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                database.catalog().createSequence(name, definition);
            } catch (CoconutException failure) {
                if (!ifNotExists || failure.code() != ErrorCode.DUPLICATE_SEQUENCE) {
                    throw failure;
                }
            }
        };
    }

    CompiledStatement drop(SqlDropSequence drop) {
        boolean ifExists = drop.ifExists();
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                Catalog current = database.catalog();
                CatalogSnapshot snapshot = current.snapshot();
                CatalogSequence sequence = snapshot.requireSequence(drop.sequence());
                requireUnused(sequence, snapshot);
                current.dropSequence(sequence);
            } catch (CoconutException failure) {
                if (!ifExists || failure.code() != ErrorCode.UNDEFINED_SEQUENCE) {
                    throw failure;
                }
            }
        };
    }

    private static void requireUnused(CatalogSequence sequence, CatalogSnapshot snapshot) {
        for (CatalogTable table : snapshot.tables()) {
            for (ColumnDefinition column : table.definition().columns()) {
                if (column.defaultText() == null) {
                    continue;
                }
                for (SqlIdentifier name : SequenceCalls.names(SqlParsing.parseExpression(column.defaultText()))) {
                    String[] parts = TableDefinitions.resolve(name, CatalogSnapshot.PUBLIC);
                    if (TableDefinition.qualifiedName(parts[0], parts[1]).equals(sequence.qualifiedName())) {
                        throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                                .with("sequence", sequence)
                                .with("table", table)
                                .with("column", column.name())
                                .mend("The column's DEFAULT takes values from the sequence: drop that table first.");
                    }
                }
            }
        }
    }

    CompiledStatement restart(SqlRestartSequence restart) {
        if (!restart.ifExists()) {
            CatalogSequence sequence = catalog.requireSequence(restart.sequence());
            sequence.definition().restart(sequence.qualifiedName(), restart.value());
        }
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                CatalogSequence sequence = database.catalog().snapshot().requireSequence(restart.sequence());
                sequence.restart(sequence.definition().restart(sequence.qualifiedName(), restart.value()));
            } catch (CoconutException failure) {
                if (!restart.ifExists() || failure.code() != ErrorCode.UNDEFINED_SEQUENCE) {
                    throw failure;
                }
            }
        };
    }
}
