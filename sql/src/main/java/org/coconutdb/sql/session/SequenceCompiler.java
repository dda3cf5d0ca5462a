package org.coconutdb.sql.session;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogSequence;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.SequenceDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.TableName;
import org.coconutdb.sql.parser.SqlCreateSequence;
import org.coconutdb.sql.parser.SqlDropSequence;
import org.coconutdb.sql.parser.SqlRestartSequence;

/// CREATE, DROP and ALTER SEQUENCE.
final class SequenceCompiler {
    private final CatalogSnapshot catalog;
    private final String schema;

    SequenceCompiler(CatalogSnapshot catalog, String schema) {
        this.catalog = catalog;
        this.schema = schema;
    }

    CompiledStatement create(SqlCreateSequence create) {
        if (create.replace()) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("what", "CREATE OR REPLACE SEQUENCE")
                    .mend("DROP SEQUENCE IF EXISTS it first.");
        }
        TableName name = TableDefinitions.newName("sequence", create.sequence(), schema);
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
                CatalogSequence sequence = snapshot.requireSequence(drop.sequence(), schema);
                current.dropSequence(sequence);
            } catch (CoconutException failure) {
                if (!ifExists || failure.code() != ErrorCode.UNDEFINED_SEQUENCE) {
                    throw failure;
                }
            }
        };
    }

    CompiledStatement restart(SqlRestartSequence restart) {
        if (!restart.ifExists()) {
            CatalogSequence sequence = catalog.requireSequence(restart.sequence(), schema);
            sequence.definition().restart(sequence.qualifiedName(), restart.value());
        }
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                CatalogSequence sequence = database.catalog().snapshot().requireSequence(restart.sequence(), schema);
                sequence.restart(sequence.definition().restart(sequence.qualifiedName(), restart.value()));
            } catch (CoconutException failure) {
                if (!restart.ifExists() || failure.code() != ErrorCode.UNDEFINED_SEQUENCE) {
                    throw failure;
                }
            }
        };
    }
}
