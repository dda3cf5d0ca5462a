package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.SequenceUses;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.TableFromQuery;
import org.coconutdb.sql.catalog.Types;
import org.coconutdb.sql.catalog.UnfinishedTable;
import org.coconutdb.sql.parser.Refusals;
import org.coconutdb.sql.parser.SqlCreateTableAs;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// CREATE TABLE … AS. The table is filled while nobody sees it, in pieces, each a transaction of its own, from one snapshot; then it is there, whole.
/// Where anything fails it is dropped; where the process dies, the next start does that ([UnfinishedTable]).
final class CreateTableAs implements CompiledStatement.Definition {
    private static final int PIECE_ROWS_MAX = 10_000;
    private static final long PIECE_BYTES_MAX = 4L << 20;
    private static final @Nullable Object[] NO_VALUES = {};

    private final TableDefinition definition;
    private final StorageOptions storage;
    private final boolean ifNotExists;
    private final boolean withData;
    private final QueryPlan plan;
    private final long catalogVersion;
    private final String schema;

    private record Source(QueryPlan plan, List<ColumnDefinition> columns) {}

    private CreateTableAs(
            SqlCreateTableAs create,
            TableDefinition definition,
            StorageOptions storage,
            QueryPlan plan,
            long catalogVersion,
            String schema) {
        this.definition = definition;
        this.storage = storage;
        this.ifNotExists = create.ifNotExists();
        this.withData = create.withData();
        this.plan = plan;
        this.catalogVersion = catalogVersion;
        this.schema = schema;
    }

    /// Errors as those of a query, and what [TableFromQuery#of] refuses.
    static CompiledStatement compile(SqlCreateTableAs create, StatementCompiler compiler, CatalogSnapshot catalog, String schema) {
        SqlNode query = create.query();
        if (Syntax.parameterCount(query) > 0) {
            throw Refusals.notYet("a parameter in CREATE TABLE AS", "Write the value, or make the table and INSERT INTO it a SELECT.",
                    query.getParserPosition());
        }
        for (SqlIdentifier sequence : SequenceUses.names(query)) {
            throw Refusals.notYet("a sequence in CREATE TABLE AS", "Make the table, then INSERT INTO it a SELECT.",
                    sequence.getParserPosition());
        }
        Source source = compiler.planning(context -> {
            SqlNode validated = context.validate(query);
            List<? extends @Nullable List<String>> origins = context.validator().getFieldOrigins(validated);
            List<String> repeated = create.columns().isEmpty() ? context.repeatedNames(validated) : List.of();
            if (!repeated.isEmpty()) {
                throw CoconutException.of(ErrorCode.DUPLICATE_COLUMN)
                        .with("table", create.table())
                        .with("column", repeated.getFirst())
                        .mend("Give one of them another name: AS behind it, or a list of names behind the table's.");
            }
            QueryPlan plan = context.plan(context.toRel(validated), context.parameterTypes(validated));
            return new Source(plan, columns(plan.rowType(), origins));
        });
        TableDefinition definition = TableFromQuery.of(create, source.columns(), schema);
        StorageOptions storage = TableDefinitions.storage(create.options(), create.space(), catalog.spaces());
        return new CreateTableAs(create, definition, storage, source.plan(), catalog.version(), schema);
    }

    /// Text that no column has limits nothing: `'abc'` is no reason for CHAR(3).
    private static List<ColumnDefinition> columns(RelDataType row, List<? extends @Nullable List<String>> origins) {
        List<ColumnDefinition> columns = new ArrayList<>();
        for (RelDataTypeField field : row.getFieldList()) {
            ColumnDefinition column = Types.computed(field.getName(), field.getType());
            boolean isComputed = field.getIndex() >= origins.size() || origins.get(field.getIndex()) == null;
            columns.add(isComputed ? withoutLength(column) : column);
        }
        return columns;
    }

    private static ColumnDefinition withoutLength(ColumnDefinition column) {
        return switch (column.type()) {
            case CHAR, VARCHAR -> new ColumnDefinition(column.name(), SqlTypeName.VARCHAR, -1, 0, column.nullable());
            case ARRAY -> ColumnDefinition.ofArrays(column.name(), withoutLength(column.elementOrThrow()), column.precision(), column
                    .nullable());
            default -> column;
        };
    }

    @Override
    public void run(Database database, ExecutionSignal signal) {
        runCounting(database, signal);
    }

    @Override
    public long runCounting(Database database, ExecutionSignal signal) {
        try {
            if (withData) {
                return fill(database, signal);
            }
            database.catalog().create(definition, storage);
        } catch (CoconutException failure) {
            if (!ifNotExists || failure.code() != ErrorCode.DUPLICATE_TABLE) {
                throw failure;
            }
        }
        return 0;
    }

    private long fill(Database database, ExecutionSignal signal) {
        Catalog catalog = database.catalog();
        try (Transaction reading = database.engine().beginReadOnly()) {
            if (database.engine().catalogVersion() != catalogVersion) {
                throw CoconutException.of(ErrorCode.TABLE_CHANGED).mend("Nothing was changed: run the statement again.");
            }
            Execution execution = new Execution(reading, schema, NoSequences.INSTANCE, signal);
            UnfinishedTable unfinished = catalog.begin(definition, storage);
            try {
                long count = new Filling(database.engine(), execution, unfinished).run();
                execution.checkCancelled();
                catalog.finish(unfinished);
                return count;
            } catch (RuntimeException | Error failure) {
                try {
                    catalog.abandon(unfinished);
                } catch (RuntimeException second) {
                    // The database is closed: the next start drops it.
                    failure.addSuppressed(second);
                }
                throw failure;
            }
        }
    }

    /// Writes the rows of the query.
    private final class Filling {
        private final CoconutEngine engine;
        private final Execution reading;
        private final UnfinishedTable table;
        private final TableWriter writer;
        private final List<ValueSource> sources = new ArrayList<>();
        private long written;

        Filling(CoconutEngine engine, Execution reading, UnfinishedTable table) {
            this.engine = engine;
            this.reading = reading;
            this.table = table;
            this.writer = new TableWriter(table.table(), null, null);
            for (RelDataTypeField field : plan.rowType().getFieldList()) {
                sources.add(new ValueSource.Computed(field.getIndex(), field.getType(), definition.columns().get(field.getIndex())));
            }
        }

        long run() {
            try (Enumerator<@Nullable Object[]> rows = plan.run(reading.context(NO_VALUES))) {
                boolean hasMore = rows.moveNext();
                while (hasMore) {
                    hasMore = writePiece(rows);
                }
            }
            return written;
        }

        /// Writes from the current row on. Answers whether there are further rows.
        private boolean writePiece(Enumerator<@Nullable Object[]> rows) {
            boolean hasMore = true;
            long bytes = 0;
            try (Transaction transaction = engine.begin()) {
                int count = 0;
                for (; hasMore && count < PIECE_ROWS_MAX && bytes < PIECE_BYTES_MAX; count++) {
                    reading.checkCancelled();
                    @Nullable Object[] row = new @Nullable Object[sources.size()];
                    for (int i = 0; i < row.length; i++) {
                        row[i] = sources.get(i).value(reading, NO_VALUES, rows.current());
                    }
                    byte[] key = writer.key(row);
                    byte[] encoded = writer.row(row);
                    transaction.insert(table.table().descriptor(), key, encoded, definition.ttlSeconds());
                    bytes += key.length + encoded.length;
                    hasMore = rows.moveNext();
                }
                transaction.commit();
                written += count;
                return hasMore;
            } catch (CoconutException failure) {
                throw failure.code() != ErrorCode.DUPLICATE_KEY
                        ? failure
                        : failure.copy().mend(
                                "The query answers two rows with this key: take more columns into the PRIMARY KEY, or GROUP BY it.");
            }
        }
    }
}
