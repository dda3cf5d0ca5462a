package org.coconutdb.sql.session;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.Comments;
import org.coconutdb.sql.catalog.SchemaDefinition;
import org.coconutdb.sql.parser.SqlCreateCoconutSchema;
import org.coconutdb.sql.parser.SqlDropCoconutSchema;

/// CREATE and DROP SCHEMA.
final class SchemaStatements {
    private SchemaStatements() {}

    static CompiledStatement create(SqlCreateCoconutSchema create) {
        boolean ifNotExists = create.ifNotExists();
        String name = create.schema().getSimple();
        if (ifNotExists && name.equals(CatalogSnapshot.PUBLIC)) {
            return (CompiledStatement.Definition) (_, _) -> {};
        }
        String owner = create.owner() == null ? null : create.owner().getSimple();
        SchemaDefinition definition = new SchemaDefinition(SchemaDefinition.requireName(name), Comments.NONE);
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                database.catalog().createSchema(definition, owner);
            } catch (CoconutException failure) {
                if (!ifNotExists || failure.code() != ErrorCode.DUPLICATE_SCHEMA) {
                    throw failure;
                }
            }
        };
    }

    static CompiledStatement drop(SqlDropCoconutSchema drop) {
        String name = SchemaDefinition.requireName(drop.schema().getSimple());
        boolean ifExists = drop.ifExists();
        boolean cascades = drop.cascades();
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                database.catalog().dropSchema(name, cascades);
            } catch (CoconutException failure) {
                if (!ifExists || failure.code() != ErrorCode.UNDEFINED_SCHEMA) {
                    throw failure;
                }
            }
        };
    }
}
