package org.coconutdb.sql.session;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlDelete;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlUpdate;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.Needs;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.ForeignKeys;
import org.coconutdb.sql.catalog.IdentityDefinition;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.TableName;
import org.coconutdb.sql.catalog.TtlOption;
import org.coconutdb.sql.parser.ColumnTexts;
import org.coconutdb.sql.parser.Secrets;
import org.coconutdb.sql.parser.SqlAccessStatement;
import org.coconutdb.sql.parser.SqlAlterSpace;
import org.coconutdb.sql.parser.SqlAlterTable;
import org.coconutdb.sql.parser.SqlAnalyze;
import org.coconutdb.sql.parser.SqlComment;
import org.coconutdb.sql.parser.SqlCopy;
import org.coconutdb.sql.parser.SqlCreateCoconutSchema;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlCreateIndex;
import org.coconutdb.sql.parser.SqlCreateRole;
import org.coconutdb.sql.parser.SqlCreateSequence;
import org.coconutdb.sql.parser.SqlCreateTableAs;
import org.coconutdb.sql.parser.SqlCreateView;
import org.coconutdb.sql.parser.SqlDropCoconutSchema;
import org.coconutdb.sql.parser.SqlDropCoconutTable;
import org.coconutdb.sql.parser.SqlDropIndex;
import org.coconutdb.sql.parser.SqlDropRole;
import org.coconutdb.sql.parser.SqlDropSequence;
import org.coconutdb.sql.parser.SqlDropView;
import org.coconutdb.sql.parser.SqlExplainStatement;
import org.coconutdb.sql.parser.SqlForUpdate;
import org.coconutdb.sql.parser.SqlInsertOnConflict;
import org.coconutdb.sql.parser.SqlParsing;
import org.coconutdb.sql.parser.SqlRestartSequence;
import org.coconutdb.sql.parser.SqlKillQuery;
import org.coconutdb.sql.parser.SqlReturning;
import org.coconutdb.sql.parser.SqlSessionSetting;
import org.coconutdb.sql.parser.SqlShow;
import org.coconutdb.sql.parser.SqlShowCreate;
import org.coconutdb.sql.parser.SqlShowTimeZone;
import org.coconutdb.sql.parser.SqlTransactionStatement;
import org.coconutdb.sql.parser.SqlTruncateTable;
import org.coconutdb.sql.parser.SqlWithOptions;
import org.coconutdb.sql.plan.PlanFormat;
import org.coconutdb.sql.plan.PlanOperator;
import org.coconutdb.sql.plan.QueryContext;
import org.coconutdb.sql.plan.QueryPlan;
import org.coconutdb.sql.plan.QueryPlanner;
import org.jspecify.annotations.Nullable;

/// Text → compiled statement. Any thread; keeps nothing between calls.
final class StatementCompiler {
    private final QueryPlanner planner;
    private final CatalogSnapshot catalog;
    private final String schema;
    private final SequenceCompiler sequences;
    private final boolean isMeasured;
    private final long startedNanos;
    private final Needs needs;

    StatementCompiler(QueryPlanner planner, CatalogSnapshot catalog, String schema) {
        this(planner, catalog, schema, false, new Needs());
    }

    /// @param isMeasured whether plans can count what their operators do
    /// @param needs of the whole statement, to which this adds
    private StatementCompiler(QueryPlanner planner, CatalogSnapshot catalog, String schema, boolean isMeasured, Needs needs) {
        this.needs = needs;
        this.startedNanos = System.nanoTime();
        this.isMeasured = isMeasured;
        this.planner = planner;
        this.catalog = catalog;
        this.schema = schema;
        this.sequences = new SequenceCompiler(catalog, schema);
    }

    /// The same for names without a schema that are in this one: those in the definition of a table are in the table's.
    StatementCompiler in(String other) {
        return other.equals(schema) ? this : new StatementCompiler(planner, catalog, other, isMeasured, needs);
    }

    Compiled compile(String sql) {
        SqlNode parsed = SqlParsing.parse(sql);
        new DefinitionNeeds(catalog, schema, needs).toUse(parsed);
        CompiledStatement compiled = compile(resolveSequences(parsed), sql);
        return new Compiled(compiled, needs.toList(), Secrets.mayHave(sql));
    }

    /// What one must be allowed to run what was compiled up to now; what compiles a part of it adds to them.
    Needs needs() {
        return needs;
    }

    /// The statement or expression with its sequences found. UNDEFINED_SEQUENCE.
    SqlNode resolveSequences(SqlNode parsed) {
        return SequenceCalls.resolve(parsed, catalog, schema);
    }

    /// Id of the sequence that makes the values of an identity column.
    int sequence(IdentityDefinition identity) {
        return catalog.sequence(identity).id();
    }

    /// A statement that answers no rows.
    Compiled compile(SqlNode statement) {
        CompiledStatement compiled = compile(statement, "");
        return new Compiled(compiled, needs.toList(), false);
    }

    /// @param sql that it was parsed from: columns are labelled by it
    private CompiledStatement compile(SqlNode statement, String sql) {
        new DefinitionNeeds(catalog, schema, needs).add(statement);
        return switch (statement) {
            case SqlCreateRole create -> new AccessStatement(create.action(), schema);
            case SqlDropRole drop -> new AccessStatement(drop.action(), schema);
            case SqlAccessStatement access -> new AccessStatement(access.action(), schema);
            case SqlCreateCoconutTable create -> create(create);
            case SqlCreateTableAs create -> CreateTableAs.compile(create, this, catalog, schema);
            case SqlDropCoconutTable drop -> drop(drop);
            case SqlTruncateTable truncate -> truncate(truncate);
            case SqlAnalyze analyze -> AnalyzeStatement.of(analyze, catalog, schema);
            case SqlCreateView create -> new ViewCompiler(this, catalog, schema).create(create);
            case SqlDropView drop -> new ViewCompiler(this, catalog, schema).drop(drop);
            case SqlCreateSequence create -> sequences.create(create);
            case SqlDropSequence drop -> sequences.drop(drop);
            case SqlRestartSequence restart -> sequences.restart(restart);
            case SqlCreateIndex create -> IndexStatements.create(create, catalog, schema);
            case SqlDropIndex drop -> IndexStatements.drop(drop, schema);
            case SqlAlterSpace alter -> AlterSpace.of(alter, catalog.spaces());
            case SqlAlterTable alter -> AlterTable.compile(alter, catalog, schema, this);
            case SqlExplainStatement explain -> explain(explain, sql);
            case SqlShowTimeZone _ -> ShowTimeZone.INSTANCE;
            case SqlShow show -> ShowStatement.of(show, catalog, schema);
            case SqlCreateCoconutSchema create -> SchemaStatements.create(create);
            case SqlDropCoconutSchema drop -> SchemaStatements.drop(drop);
            case SqlComment comment -> CommentStatement.of(comment, catalog, schema);
            case SqlShowCreate show -> ShowCreate.of(show, catalog, schema);
            case SqlSessionSetting setting -> new SettingStatement(setting.setting());
            case SqlKillQuery kill -> KillStatement.of(kill);
            case SqlTransactionStatement control -> new TransactionStatement(control.action());
            case SqlForUpdate locking -> query(locking.query(), true, sql);
            case SqlCopy copy -> copy.isFrom() ? new WriteCompiler(this, catalog, schema).copy(copy) : copyTo(copy, sql);
            case SqlInsert _,SqlInsertOnConflict _,SqlUpdate _,SqlDelete _,SqlWithOptions _ ->
                    write(statement, null, Syntax.parameterCount(statement));
            case SqlReturning returning ->
                    write(returning.statement(), new Returning.Clause(returning.items(), sql), Syntax.parameterCount(returning));
            default -> {
                if (statement.isA(SqlKind.QUERY)) {
                    yield query(statement, false, sql);
                }
                throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                        .with("statement", statement.getKind())
                        .mend("CoconutDB runs SELECT, VALUES, WITH, INSERT, UPSERT, UPDATE, DELETE, COPY, EXPLAIN, SHOW, DESCRIBE, CREATE, ALTER, DROP and TRUNCATE TABLE, ANALYZE, "
                                + "CREATE and DROP VIEW, INDEX and SCHEMA, CREATE, ALTER and DROP SEQUENCE, CREATE, ALTER and DROP USER and ROLE, "
                                + "GRANT, REVOKE, ALTER BLOCK SPACE, COMMENT ON, BEGIN, "
                                + "COMMIT, ROLLBACK, SAVEPOINT, RELEASE, SET TRANSACTION, SET SCHEMA, SET TIME ZONE, SET READ and KILL QUERY.");
            }
        };
    }

    /// @param returned null where the statement has no RETURNING
    private CompiledStatement write(SqlNode statement, Returning.@Nullable Clause returned, int parameters) {
        WriteCompiler writes = new WriteCompiler(this, catalog, schema);
        SqlNode ttl = statement instanceof SqlWithOptions with ? TtlOption.of(with.options()) : null;
        return switch (statement instanceof SqlWithOptions with ? with.statement() : statement) {
            case SqlInsert insert -> writes.insert(insert, null, ttl, returned, parameters);
            case SqlInsertOnConflict insert -> writes.insert(insert.insert(), insert, ttl, returned, parameters);
            case SqlUpdate update -> writes.update(update, ttl, returned, parameters);
            case SqlDelete delete -> writes.delete(delete, returned, parameters);
            default -> throw new IllegalArgumentException("not a write: " + statement.getKind());
        };
    }

    private CompiledStatement query(SqlNode statement, boolean forUpdate, String sql) {
        SequenceCalls.requirePlaces(statement);
        int parameters = Syntax.parameterCount(statement);
        List<String> texts = ColumnTexts.of(sql, statement);
        return planning(context -> {
            SqlNode validated = context.validate(statement);
            List<? extends @Nullable List<String>> origins = context.validator().getFieldOrigins(validated);
            QueryPlan plan = context.plan(context.toRel(validated), parameterTypes(context, validated, parameters));
            List<String> labels = ColumnLabels.of(statement, texts, validated, plan.rowType());
            return new QueryStatement(plan, forUpdate, ColumnInfos.columns(plan.rowType(), labels, origins, catalog));
        });
    }

    private CompiledStatement copyTo(SqlCopy copy, String sql) {
        CopyOptions options = CopyOptions.of(copy);
        SqlIdentifier table = copy.table();
        SqlNodeList columns = copy.columns();
        SqlNode source = table == null
                ? copy.source()
                : Syntax.select(columns == null ? List.of(SqlIdentifier.star(table.getParserPosition())) : columns.getList(), table, null);
        CompiledStatement.Query query = (CompiledStatement.Query) query(source, false, sql);
        return new CopyTo(query, table == null ? "(query)" : table.toString(), options, WriteCompiler.file(copy));
    }

    <T> T planning(Function<QueryContext, T> work) {
        return planner.compile(catalog, schema, isMeasured, context -> {
            T result = work.apply(context);
            needs.addAll(context.needs());
            return result;
        });
    }

    /// Plans a query that is a part of a statement.
    ///
    /// @param parameters question marks of the whole statement
    QueryPlan plan(SqlNode query, int parameters) {
        SequenceCalls.requirePlaces(query);
        return planning(context -> {
            SqlNode validated = context.validate(query);
            return context.plan(context.toRel(validated), parameterTypes(context, validated, parameters));
        });
    }

    /// Types of the question marks, by their numbers: NULL's type for those that are not in this query.
    private static RelDataType parameterTypes(QueryContext context, SqlNode validated, int parameters) {
        RelDataTypeFactory factory = context.typeFactory();
        RelDataType[] types = new RelDataType[parameters];
        validated.accept(new SqlBasicVisitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(SqlDynamicParam parameter) {
                RelDataType type = context.validator().getValidatedNodeTypeIfKnown(parameter);
                if (type != null && types[parameter.getIndex()] == null) {
                    types[parameter.getIndex()] = type;
                }
                return null;
            }
        });
        RelDataTypeFactory.Builder builder = factory.builder();
        for (int i = 0; i < parameters; i++) {
            builder.add("?" + i, types[i] == null ? factory.createSqlType(SqlTypeName.NULL) : types[i]);
        }
        return builder.build();
    }

    private CompiledStatement explain(SqlExplainStatement explain, String sql) {
        PlanFormat format = PlanFormat.valueOf(explain.getFormat().name());
        CompiledStatement compiled =
                new StatementCompiler(planner, catalog, schema, explain.isAnalyze(), needs).compile(explain.getExplicandum(), sql);
        if (explain.isAnalyze()) {
            long planningNanos = System.nanoTime() - startedNanos;
            return switch (compiled) {
                case CompiledStatement.Query query -> new AnalyzedQuery(query, format, planningNanos);
                case CompiledStatement.Write write -> new AnalyzedWrite(write, format, planningNanos);
                case ReturningWrite returning -> new AnalyzedWrite(returning.write(), format, planningNanos);
                default -> throw notExplained(explain);
            };
        }
        PlanOperator plan = switch (compiled) {
            case CompiledStatement.Query query -> query.explain();
            case CompiledStatement.Write write -> write.explain();
            case ReturningWrite returning -> returning.write().explain();
            default -> throw notExplained(explain);
        };
        return FixedRows.of("PLAN", Explained.rows(format, plan, null), compiled.parameters());
    }

    private static CoconutException notExplained(SqlExplainStatement explain) {
        return CoconutException.of(ErrorCode.NOT_SUPPORTED)
                .with("statement", explain.getExplicandum().getKind())
                .mend("EXPLAIN shows plans of SELECT, INSERT, UPSERT, UPDATE and DELETE.");
    }

    private CompiledStatement create(SqlCreateCoconutTable create) {
        TableDefinition definition =
                ForeignKeys.declareAll(create.foreignKeys(), TableDefinitions.of(create, schema), catalog, schema);
        TableRules.check(create, definition, this);
        StorageOptions storage = TableDefinitions.storage(create.options(), create.space(), catalog.spaces());
        boolean ifNotExists = create.ifNotExists();
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                database.catalog().create(definition, storage);
            } catch (CoconutException failure) {
                if (!ifNotExists || failure.code() != ErrorCode.DUPLICATE_TABLE) {
                    throw failure;
                }
            }
        };
    }

    private CompiledStatement drop(SqlDropCoconutTable drop) {
        String[] name = TableDefinitions.resolve(drop.table(), schema);
        boolean ifExists = drop.ifExists();
        boolean cascades = drop.cascades();
        if (catalog.view(name[0], name[1]).isPresent()) {
            throw WriteCompiler.readOnly(name).mend("It is a view: DROP VIEW drops it.");
        }
        if (catalog.isReadOnly(name[0], name[1])) {
            throw WriteCompiler.readOnly(name);
        }
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                database.catalog().drop(name[0], name[1], cascades);
            } catch (CoconutException failure) {
                if (!ifExists || failure.code() != ErrorCode.UNDEFINED_TABLE) {
                    throw failure;
                }
            }
        };
    }

    private CompiledStatement truncate(SqlTruncateTable truncate) {
        Set<TableName> names = new LinkedHashSet<>();
        for (SqlIdentifier table : truncate.tables()) {
            String[] name = TableDefinitions.resolve(table, schema);
            if (catalog.isReadOnly(name[0], name[1])) {
                throw WriteCompiler.readOnly(name);
            }
            names.add(new TableName(name[0], name[1]));
        }
        return (CompiledStatement.Definition) (database, _) -> database.catalog().truncate(names, truncate.restartsIdentity());
    }
}
