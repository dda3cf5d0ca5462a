package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.CheckDefinition;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.ForeignKeys;
import org.coconutdb.sql.catalog.IndexDefinition;
import org.coconutdb.sql.catalog.SequenceUses;
import org.coconutdb.sql.catalog.TableAlteration;
import org.coconutdb.sql.catalog.TableAlterations;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.TableName;
import org.coconutdb.sql.parser.AlterAction;
import org.coconutdb.sql.parser.CheckClause;
import org.coconutdb.sql.parser.ColumnClause;
import org.coconutdb.sql.parser.ExpressionClause;
import org.coconutdb.sql.parser.ForeignKeyClause;
import org.coconutdb.sql.parser.SqlAlterTable;
import org.jspecify.annotations.Nullable;

/// ALTER TABLE. A column that comes to rows which are there has its default's value in all of them, computed once and kept with the table; they
/// are not touched. Where that cannot be, the change is made only while the table has no rows.
final class AlterTable implements CompiledStatement.Definition {
    private final CatalogTable table;
    private final TableAlteration alteration;
    private final List<ValueSource> values;
    // Whether each column that comes has another value in every row.
    private final List<Boolean> differing;
    // Over columns that come, and those alone, which are ready at once.
    private final List<CheckDefinition> checks;
    private final @Nullable RowChecks compiledChecks;
    private final List<ForeignKeyClause> foreignKeys;
    // Of the session, where parents without a schema are.
    private final String schema;

    private AlterTable(
            CatalogTable table,
            TableAlteration alteration,
            List<ValueSource> values,
            List<Boolean> differing,
            List<CheckDefinition> checks,
            @Nullable RowChecks compiledChecks,
            List<ForeignKeyClause> foreignKeys,
            String schema) {
        this.foreignKeys = List.copyOf(foreignKeys);
        this.schema = schema;
        this.table = table;
        this.alteration = alteration;
        this.values = List.copyOf(values);
        this.differing = List.copyOf(differing);
        this.checks = List.copyOf(checks);
        this.compiledChecks = compiledChecks;
    }

    /// UNDEFINED_TABLE, READ_ONLY_TABLE, and what [TableAlterations#of] refuses.
    static CompiledStatement compile(SqlAlterTable alter, CatalogSnapshot catalog, String schema, StatementCompiler asking) {
        String[] name = TableDefinitions.resolve(alter.table(), schema);
        if (alter.ifExists() && catalog.table(name[0], name[1]).isEmpty() && !catalog.isReadOnly(name[0], name[1])) {
            return (CompiledStatement.Definition) (_, _) -> {};
        }
        CatalogTable table = WriteCompiler.target(alter.table(), catalog, schema);
        StatementCompiler compiler = asking.in(table.definition().schema());
        TableAlterations.Asked asked = TableAlterations.of(alter, table.definition());
        TableAlteration alteration = asked.alteration();
        List<@Nullable Object> unknown = new ArrayList<>();
        List<@Nullable ExpressionClause> written = new ArrayList<>();
        List<Boolean> differing = new ArrayList<>();
        for (ColumnClause clause : asked.columnClauses()) {
            unknown.add(null);
            written.add(clause.value());
            differing.add(clause.identity() != null || (clause.value() != null && differs(clause.value(), compiler)));
        }
        List<ValueSource> values = TableRules.defaults(alteration.columns(), written, compiler);
        checkDefaults(alter, table.definition(), compiler);
        TableDefinition begun = alteration.begun(table.definition(), unknown);
        List<CheckDefinition> ready = new ArrayList<>();
        List<CheckClause> readyClauses = new ArrayList<>();
        List<CheckDefinition> others = new ArrayList<>();
        List<CheckClause> otherClauses = new ArrayList<>();
        for (int i = 0; i < asked.checkClauses().size(); i++) {
            CheckDefinition check = alteration.checks().get(i);
            (check.ready() ? ready : others).add(check);
            (check.ready() ? readyClauses : otherClauses).add(asked.checkClauses().get(i));
        }
        TableRules.checks(begun, others, otherClauses, compiler);
        // So that an error comes before anything is done.
        ForeignKeys.declareAll(asked.foreignKeys(), begun, catalog, schema);
        return new AlterTable(table, alteration, values, differing, ready, TableRules.checks(begun, ready, readyClauses, compiler), asked
                .foreignKeys(), schema);
    }

    private static boolean differs(ExpressionClause clause, StatementCompiler compiler) {
        return !SequenceUses.names(clause.expression()).isEmpty()
                || compiler.planning(context -> new ExpressionBounds(context.validator().getOperatorTable()).isVolatile(clause
                        .expression()));
    }

    /// Compiles what SET DEFAULT says, so that an error comes with its place in the statement.
    private static void checkDefaults(SqlAlterTable alter, TableDefinition table, StatementCompiler compiler) {
        List<ColumnDefinition> columns = new ArrayList<>();
        List<@Nullable ExpressionClause> values = new ArrayList<>();
        for (AlterAction action : alter.actions()) {
            if (action instanceof AlterAction.ChangeDefault change) {
                columns.add(table.columns().get(table.position(change.column().getSimple()).orElseThrow()));
                values.add(change.value());
            }
        }
        TableRules.defaults(columns, values, compiler);
    }

    @Override
    public void run(Database database, ExecutionSignal signal) {
        List<Supplier<CoconutException>> hindrances = new ArrayList<>();
        List<@Nullable Object> missing = missing(database, signal, hindrances);
        for (IndexDefinition index : alteration.indexes()) {
            boolean isAlike = index.unique()
                    && index.positions().stream().allMatch(position -> position >= table.columns().size()
                            && missing.get(position - table.columns().size()) != null);
            if (isAlike) {
                hindrances.add(() -> CoconutException.of(ErrorCode.DUPLICATE_KEY)
                        .with("table", table)
                        .with("index", index.name())
                        .mend("Rows are there, which would all have the same value: add the column without UNIQUE, UPDATE the rows, then ADD UNIQUE."));
            }
        }
        TableAlteration first = foreignKeys.isEmpty() ? alteration : alteration.additions();
        try {
            if (!first.isEmpty()) {
                TableBuild.run(database, table, first, missing, !hindrances.isEmpty(), signal);
            }
        } catch (CoconutException failure) {
            throw failure.code() == ErrorCode.TABLE_NOT_EMPTY && !hindrances.isEmpty() ? hindrances.getFirst().get() : failure;
        }
        if (!foreignKeys.isEmpty()) {
            addForeignKeys(database, signal);
        }
    }

    /// One after the other; where one fails, none of them stays, nor what came with them. What goes does so behind them.
    private void addForeignKeys(Database database, ExecutionSignal signal) {
        Catalog catalog = database.catalog();
        TableName name = new TableName(table.definition().schema(), table.definition().name());
        List<String> added = new ArrayList<>();
        try {
            for (ForeignKeyClause clause : foreignKeys) {
                CatalogSnapshot now = catalog.snapshot();
                CatalogTable current = now.table(name.schema(), name.name())
                        .filter(one -> one.id() == table.id())
                        .orElseThrow(() -> CoconutException.of(ErrorCode.TABLE_CHANGED).with("table", table));
                ForeignKeys.Declared declared = ForeignKeys.declare(clause, current.definition(), now, schema);
                ForeignKeyBuild.run(database, current, declared, signal);
                added.add(declared.definition().name());
            }
            if (!alteration.removals().isEmpty()) {
                catalog.alter(name, alteration::removed, alteration.cascades());
            }
        } catch (RuntimeException | Error failure) {
            try {
                added.forEach(foreignKey -> catalog.dropForeignKey(name, foreignKey));
                if (!alteration.additions().isEmpty()) {
                    catalog.alter(name, alteration::undone, true);
                }
            } catch (RuntimeException second) {
                // The table is gone, or the database is closed.
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /// The values of the columns that come in rows that are there.
    ///
    /// @param hindrances gets the errors that say why it cannot be where there are any
    private List<@Nullable Object> missing(Database database, ExecutionSignal signal, List<Supplier<CoconutException>> hindrances) {
        List<@Nullable Object> missing = new ArrayList<>();
        if (values.isEmpty()) {
            return missing;
        }
        try (Transaction transaction = database.engine().beginReadOnly()) {
            Execution execution = new Execution(transaction, table.definition().schema(), NoSequences.INSTANCE, signal);
            for (int i = 0; i < values.size(); i++) {
                ColumnDefinition column = alteration.columns().get(i);
                Object value = differing.get(i) ? null : values.get(i).value(execution, new @Nullable Object[0], null);
                missing.add(value);
                if (differing.get(i)) {
                    hindrances.add(() -> ownValue(column));
                } else if (value == null && !column.nullable()) {
                    hindrances.add(() -> noValue(column));
                }
            }
            if (compiledChecks != null) {
                @Nullable Object[] row = new @Nullable Object[table.columns().size() + missing.size()];
                for (int i = 0; i < missing.size(); i++) {
                    row[table.columns().size() + i] = missing.get(i);
                }
                int violated = compiledChecks.violated(execution, row);
                if (violated >= 0) {
                    hindrances.add(() -> RowChecks.violation(table, checks.get(violated)));
                }
            }
        }
        return missing;
    }

    private CoconutException noValue(ColumnDefinition column) {
        return CoconutException.of(ErrorCode.NULL_NOT_ALLOWED)
                .with("table", table)
                .with("column", column.name())
                .mend("Rows are there, which would have no value: give the column a DEFAULT, or leave NOT NULL out.");
    }

    private CoconutException ownValue(ColumnDefinition column) {
        return CoconutException.of(ErrorCode.NOT_SUPPORTED)
                .with("table", table)
                .with("column", column.name())
                .mend("Rows are there, each of which would need a value of its own: "
                        + (column.identity() == null ? "add the column without DEFAULT, UPDATE the rows, then SET DEFAULT."
                                : "an identity column can be added to an empty table only."));
    }
}
