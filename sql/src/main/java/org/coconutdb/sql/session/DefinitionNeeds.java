package org.coconutdb.sql.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.coconutdb.sql.access.Need;
import org.coconutdb.sql.access.Needs;
import org.coconutdb.sql.access.Privilege;
import org.coconutdb.sql.access.SecuredObject;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.SequenceUses;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.parser.AlterAction;
import org.coconutdb.sql.parser.ColumnClause;
import org.coconutdb.sql.parser.ForeignKeyClause;
import org.coconutdb.sql.parser.SqlAlterSpace;
import org.coconutdb.sql.parser.SqlAlterTable;
import org.coconutdb.sql.parser.SqlAnalyze;
import org.coconutdb.sql.parser.SqlComment;
import org.coconutdb.sql.parser.SqlCopy;
import org.coconutdb.sql.parser.SqlCreateCoconutSchema;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlCreateIndex;
import org.coconutdb.sql.parser.SqlCreateSequence;
import org.coconutdb.sql.parser.SqlCreateTableAs;
import org.coconutdb.sql.parser.SqlCreateView;
import org.coconutdb.sql.parser.SqlDropCoconutSchema;
import org.coconutdb.sql.parser.SqlDropCoconutTable;
import org.coconutdb.sql.parser.SqlDropIndex;
import org.coconutdb.sql.parser.SqlDropSequence;
import org.coconutdb.sql.parser.SqlDropView;
import org.coconutdb.sql.parser.SqlRestartSequence;
import org.coconutdb.sql.parser.SqlShow;
import org.coconutdb.sql.parser.SqlShowCreate;
import org.coconutdb.sql.parser.SqlTruncateTable;

/// What one must be allowed to change the catalogue, and to copy files. What is not there needs nothing: the statement itself says so.
final class DefinitionNeeds {
    private final CatalogSnapshot catalog;
    private final String schema;
    private final Needs needs;

    DefinitionNeeds(CatalogSnapshot catalog, String schema, Needs needs) {
        this.catalog = catalog;
        this.schema = schema;
        this.needs = needs;
    }

    /// @param statement as it was parsed
    void add(SqlNode statement) {
        switch (statement) {
            case SqlCreateCoconutTable create -> {
                toCreate(create.table());
                toRefer(create.foreignKeys());
                create.columns().forEach(this::toDefault);
            }
            case SqlCreateTableAs create -> toCreate(create.table());
            case SqlDropCoconutTable drop -> toOwnTable(drop.table());
            case SqlTruncateTable truncate -> truncate.tables().forEach(table -> find(table).ifPresent(found -> needs.add(new Need.Of(found,
                    Privilege.TRUNCATE))));
            case SqlAnalyze analyze -> {
                SqlIdentifier table = analyze.table();
                if (table == null) {
                    needs.add(new Need.ToAdminister("ANALYZE", null));
                } else {
                    toOwnTable(table);
                }
            }
            case SqlCreateView create -> {
                toCreate(create.view());
                if (create.replace()) {
                    toOwnTable(create.view());
                }
            }
            case SqlDropView drop -> toOwnTable(drop.view());
            case SqlCreateSequence create -> toCreate(create.sequence());
            case SqlDropSequence drop -> toOwnSequence(drop.sequence());
            case SqlRestartSequence restart -> toOwnSequence(restart.sequence());
            case SqlCreateIndex create -> toOwnTable(create.table());
            case SqlDropIndex drop -> toOwnIndex(drop.index());
            case SqlAlterTable alter -> {
                toOwnTable(alter.table());
                for (AlterAction action : alter.actions()) {
                    switch (action) {
                        case AlterAction.Add add -> {
                            toRefer(add.foreignKeys());
                            add.columns().forEach(this::toDefault);
                        }
                        case AlterAction.ChangeDefault change when change.value() != null -> toUse(change.value().expression());
                        default -> {}
                    }
                }
            }
            case SqlAlterSpace _ -> needs.add(new Need.ToAdminister("ALTER BLOCK SPACE", null));
            case SqlCreateCoconutSchema _ -> needs.add(new Need.ToAdminister("CREATE SCHEMA", null));
            case SqlDropCoconutSchema drop -> toOwnSchema(drop.schema().getSimple());
            case SqlComment comment -> toComment(comment);
            case SqlShow show -> {
                SqlIdentifier table = show.table();
                if (table != null) {
                    find(table).ifPresent(found -> needs.add(new Need.ToSee(found, null)));
                }
            }
            case SqlShowCreate show -> find(show.name()).ifPresent(found -> needs.add(show.isView()
                    ? new Need.ToOwn(found, null)
                    : new Need.Of(found, Privilege.SELECT)));
            case SqlCopy copy -> needs.add(new Need.ToAdminister(copy.isFrom() ? "COPY … FROM a file of the server"
                    : "COPY … TO a file of the server",
                    null));
            default -> {}
        }
    }

    /// The sequences that a statement takes values from.
    void toUse(SqlNode expression) {
        for (SqlIdentifier name : SequenceUses.names(expression)) {
            findSequence(name).ifPresent(sequence -> needs.add(new Need.Of(sequence, Privilege.USAGE)));
        }
    }

    private void toDefault(ColumnClause column) {
        if (column.value() != null) {
            toUse(column.value().expression());
        }
    }

    private String[] resolved(SqlIdentifier name) {
        return TableDefinitions.resolve(name, schema);
    }

    private Optional<SecuredObject> find(SqlIdentifier table) {
        String[] name = resolved(table);
        boolean isThere = catalog.table(name[0], name[1]).isPresent() || catalog.view(name[0], name[1]).isPresent();
        return isThere ? Optional.of(SecuredObject.table(name[0], name[1])) : Optional.empty();
    }

    private Optional<SecuredObject> findSequence(SqlIdentifier sequence) {
        String[] name = resolved(sequence);
        return catalog.sequences().stream()
                .filter(one -> one.schema().equals(name[0]) && one.name().equals(name[1]))
                .findFirst()
                .map(_ -> SecuredObject.sequence(name[0], name[1]));
    }

    private void toCreate(SqlIdentifier name) {
        String in = resolved(name)[0];
        if (catalog.schema(in).isPresent()) {
            needs.add(new Need.Of(SecuredObject.schema(in), Privilege.CREATE));
        }
    }

    private void toOwnTable(SqlIdentifier table) {
        find(table).ifPresent(found -> needs.add(new Need.ToOwn(found, null)));
    }

    private void toOwnSequence(SqlIdentifier sequence) {
        findSequence(sequence).ifPresent(found -> needs.add(new Need.ToOwn(found, null)));
    }

    private void toOwnSchema(String name) {
        if (catalog.schema(name).isPresent()) {
            needs.add(new Need.ToOwn(SecuredObject.schema(name), null));
        }
    }

    private void toOwnIndex(SqlIdentifier index) {
        String[] name = resolved(index);
        catalog.tableOfIndex(name[0], name[1]).map(CatalogTable::definition).ifPresent(table -> needs.add(new Need.ToOwn(SecuredObject
                .table(table.schema(), table.name()), null)));
    }

    private void toComment(SqlComment comment) {
        SqlIdentifier name = comment.name();
        switch (comment.target()) {
            case TABLE, VIEW -> toOwnTable(name);
            case COLUMN -> {
                if (name.names.size() > 1) {
                    toOwnTable(name.getComponent(0, name.names.size() - 1));
                }
            }
            case INDEX -> toOwnIndex(name);
            case SCHEMA -> toOwnSchema(name.names.getLast());
            case SEQUENCE -> toOwnSequence(name);
        }
    }

    private void toRefer(List<ForeignKeyClause> foreignKeys) {
        for (ForeignKeyClause foreignKey : foreignKeys) {
            String[] name = resolved(foreignKey.parent());
            catalog.table(name[0], name[1]).map(CatalogTable::definition).ifPresent(parent -> needs.add(new Need.Of(SecuredObject.table(
                    parent.schema(), parent.name()), Privilege.REFERENCES, referred(foreignKey, parent), null)));
        }
    }

    private static Set<String> referred(ForeignKeyClause foreignKey, TableDefinition parent) {
        SqlNodeList named = foreignKey.parentColumns();
        return named == null
                ? parent.primaryKey().stream().map(position -> parent.columns().get(position).name()).collect(Collectors.toSet())
                : named.stream().map(column -> ((SqlIdentifier) column).getSimple()).collect(Collectors.toSet());
    }
}
