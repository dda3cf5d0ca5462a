package org.coconutdb.sql.session;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDelete;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUpdate;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.access.Privilege;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.catalog.Types;
import org.coconutdb.sql.parser.SqlCopy;
import org.coconutdb.sql.parser.SqlInsertOnConflict;
import org.coconutdb.sql.parser.SqlOverridingInsert;
import org.coconutdb.sql.plan.QueryPlan;
import org.coconutdb.sql.plan.SequenceFunction;
import org.coconutdb.sql.plan.UnaskedNames;
import org.coconutdb.sql.session.InsertStatement.OnConflict;
import org.jspecify.annotations.Nullable;

/// Compiles INSERT, UPSERT, UPDATE and DELETE: what they read becomes a query of the same planner; what they write goes through the
/// assignment rules of [StorageValues]. Constants and parameters of a VALUES list need no planner at all.
final class WriteCompiler {
    private static final SqlParserPos NOWHERE = SqlParserPos.ZERO;

    private final StatementCompiler compiler;
    private final CatalogSnapshot catalog;
    private final String schema;

    WriteCompiler(StatementCompiler compiler, CatalogSnapshot catalog, String schema) {
        this.compiler = compiler;
        this.catalog = catalog;
        this.schema = schema;
    }

    static CoconutException readOnly(String[] name) {
        return CoconutException.of(ErrorCode.READ_ONLY_TABLE)
                .with("table", name[0] + "." + name[1])
                .mend("Views and the meta space can only be read: write to the tables that they show.");
    }

    private CatalogTable target(SqlNode node) {
        return target(node, catalog, schema);
    }

    /// The table that a statement writes to. UNDEFINED_TABLE, READ_ONLY_TABLE.
    static CatalogTable target(SqlNode node, CatalogSnapshot catalog, String schema) {
        if (!(node instanceof SqlIdentifier identifier)) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED).with("target", node).mend("Name the table alone, without hints or EXTEND.");
        }
        String[] name = TableDefinitions.resolve(identifier, schema);
        return catalog.table(name[0], name[1]).orElseThrow(() -> {
            if (catalog.isReadOnly(name[0], name[1])) {
                return readOnly(name);
            }
            return CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                    .with("table", name[1])
                    .with("schema", name[0])
                    .mend("Check its spelling and schema; a name in double quotes keeps its case, any other is read in upper case.");
        });
    }

    private @Nullable TableReferences references(CatalogTable table) {
        return TableReferences.of(table, compiler, catalog);
    }

    private static int[] positions(CatalogTable table, SqlNodeList names) {
        int[] positions = new int[names.size()];
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < positions.length; i++) {
            SqlIdentifier identifier = (SqlIdentifier) names.get(i);
            String name = identifier.names.getLast();
            positions[i] = position(table, name);
            if (!seen.add(positions[i])) {
                throw CoconutException.of(ErrorCode.DUPLICATE_COLUMN).with("table", table).with("column", name).mend(
                        "Name each column once.");
            }
        }
        return positions;
    }

    private static int position(CatalogTable table, String name) {
        List<ColumnDefinition> columns = table.definition().columns();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        throw CoconutException.of(ErrorCode.UNDEFINED_COLUMN)
                .with("table", table)
                .with("column", name)
                .mend("The table has " + String.join(", ", columns.stream().map(ColumnDefinition::name).toList()) + ".");
    }

    /// INSERT and UPSERT.
    ///
    /// @param conflict null where the statement has no ON CONFLICT
    /// @param ttl of WITH (TTL = …); null for the table's
    /// @param returned null where the statement has no RETURNING
    /// @param parameters question marks of the whole statement
    CompiledStatement insert(
            SqlInsert insert,
            @Nullable SqlInsertOnConflict conflict,
            @Nullable SqlNode ttl,
            Returning.@Nullable Clause returned,
            int parameters) {
        CatalogTable table = target(insert.getTargetTable());
        List<ColumnDefinition> definitions = table.definition().columns();
        SqlNodeList names = insert.getTargetColumnList();
        int[] targets = names == null ? allPositions(table) : positions(table, names);
        requireNotNullColumns(table, targets);
        WriteNeeds needs = needs(table);
        needs.toWrite(Privilege.INSERT, targets);
        if (insert.isUpsert()) {
            needs.toWrite(Privilege.UPDATE, targets);
        }
        if (!(insert instanceof SqlOverridingInsert)) {
            requireGenerated(insert.getSource(), table, targets);
        }
        TableRules rules = TableRules.of(table, compiler);
        @Nullable ColumnInfo[] infos = new @Nullable ColumnInfo[parameters];
        List<ValueSource[]> rows = new ArrayList<>();
        SqlNode source = insert.getSource();
        QueryPlan plan = null;
        if (source.getKind() != SqlKind.VALUES || !addRows((SqlCall) source, table, rules, targets, rows, infos)) {
            rows.clear();
            plan = compiler.plan(widened(source, definitions, targets), parameters);
            addComputed(source, table, rules, targets, plan.rowType(), rows);
        }
        TimeToLive given = ttl == null ? null : TimeToLive.of(ttl, infos);
        TableWriter writer = new TableWriter(table, rules.checks(), references(table));
        OnConflict onConflict = insert.isUpsert() ? OnConflict.REPLACE : OnConflict.FAIL;
        ConflictTarget conflictTarget = null;
        ConflictUpdate update = null;
        if (conflict != null) {
            if (insert.isUpsert()) {
                throw CoconutException.of(ErrorCode.SYNTAX_ERROR).mend("UPSERT takes no ON CONFLICT: write INSERT … ON CONFLICT.");
            }
            conflictTarget = conflictTarget(table, conflict);
            needs.toRead(conflict.target() == null ? List.of() : conflict.target(), alias(insert.getTargetTable(), null));
            onConflict = conflict.isDoNothing() ? OnConflict.NOTHING : OnConflict.UPDATE;
            if (!conflict.isDoNothing()) {
                update = conflictUpdate(writer, insert, conflict, given == null ? TimeToLive.KEEP : given, parameters, infos);
            }
        }
        TimeToLive inserted = given == null ? TimeToLive.ofSeconds(table.definition().ttlSeconds()) : given;
        Returning returning = returning(returned, table, ((SqlIdentifier) insert.getTargetTable()).names.getLast(), parameters, infos);
        InsertStatement statement = new InsertStatement(writer, rows, plan, plan != null && hasDefaults(source) ? targets.length : -1,
                onConflict,
                conflictTarget, update,
                inserted, returning, parameters(infos, plan));
        return answering(statement, returning);
    }

    private @Nullable Returning returning(
            Returning.@Nullable Clause returned,
            CatalogTable table,
            String alias,
            int parameters,
            @Nullable ColumnInfo[] infos) {
        if (returned == null) {
            return null;
        }
        needs(table).toRead(returned.items(), alias);
        return Returning.of(returned, table, alias, parameters, infos, compiler);
    }

    private WriteNeeds needs(CatalogTable table) {
        return new WriteNeeds(table, compiler.needs());
    }

    private static CompiledStatement answering(CompiledStatement.Write write, @Nullable Returning returning) {
        return returning == null ? write : new ReturningWrite(write, returning.columns());
    }

    /// COPY FROM.
    CopyFrom copy(SqlCopy copy) {
        CopyOptions options = CopyOptions.of(copy);
        CatalogTable table = target(copy.source());
        SqlNodeList names = copy.columns();
        int[] targets = names == null ? allPositions(table) : positions(table, names);
        if (options.header() != CopyOptions.Header.NAMES) {
            requireNotNullColumns(table, targets);
        }
        needs(table).toWrite(Privilege.INSERT, targets);
        return new CopyFrom(copy, table, TableRules.of(table, compiler), references(table), targets, options, file(copy));
    }

    static Path file(SqlCopy copy) {
        try {
            if (!copy.file().isBlank()) {
                return Path.of(copy.file());
            }
        } catch (InvalidPathException refused) {
            // Told below.
        }
        throw CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("file", copy.file()).mend("Name a file, such as '/tmp/rows.csv'.");
    }

    private static int[] allPositions(CatalogTable table) {
        int[] positions = new int[table.definition().columns().size()];
        Arrays.setAll(positions, i -> i);
        return positions;
    }

    static void requireNotNullColumns(CatalogTable table, int[] targets) {
        List<ColumnDefinition> columns = table.definition().columns();
        for (int i = 0; i < columns.size(); i++) {
            int position = i;
            if (!columns.get(i).nullable() && !columns.get(i).hasDefault() && Arrays.stream(targets).noneMatch(target -> target
                    == position)) {
                throw noValue(table, columns.get(i));
            }
        }
    }

    /// GENERATED_ALWAYS where a column that always makes its own value is given one.
    private static void requireGenerated(SqlNode source, CatalogTable table, int[] targets) {
        for (int i = 0; i < targets.length; i++) {
            if (source.getKind() != SqlKind.VALUES) {
                requireGenerated(table, targets[i], source);
                continue;
            }
            for (SqlNode row : ((SqlCall) source).getOperandList()) {
                if (i < ((SqlCall) row).operandCount()) {
                    requireGenerated(table, targets[i], ((SqlCall) row).operand(i));
                }
            }
        }
    }

    private static void requireGenerated(CatalogTable table, int position, SqlNode value) {
        ColumnDefinition column = table.definition().columns().get(position);
        if (column.identity() != null && column.identity().always() && value.getKind() != SqlKind.DEFAULT) {
            throw CoconutException.of(ErrorCode.GENERATED_ALWAYS)
                    .with("table", table)
                    .with("column", column.name())
                    .with("line", value.getParserPosition().getLineNum())
                    .mend("Leave the column out, write DEFAULT, or INSERT INTO … OVERRIDING SYSTEM VALUE.");
        }
    }

    private static CoconutException noValue(CatalogTable table, ColumnDefinition column) {
        return CoconutException.of(ErrorCode.NULL_NOT_ALLOWED)
                .with("table", table)
                .with("column", column.name())
                .mend("Give the column a value: it has no default.");
    }

    /// Adds the rows of a VALUES list; false where one has an expression that must be computed.
    private static boolean addRows(
            SqlCall values,
            CatalogTable table,
            TableRules rules,
            int[] targets,
            List<ValueSource[]> rows,
            @Nullable ColumnInfo[] infos) {
        for (SqlNode node : values.getOperandList()) {
            SqlCall row = (SqlCall) node;
            requireCount(targets, row.operandCount());
            ValueSource[] sources = defaults(table, rules);
            for (int i = 0; i < targets.length; i++) {
                Optional<ValueSource> simple = simple(row.operand(i), table, targets[i], rules, infos);
                if (simple.isEmpty()) {
                    return false;
                }
                sources[targets[i]] = simple.get();
            }
            rows.add(sources);
        }
        return true;
    }

    private static void requireCount(int[] targets, int values) {
        if (values != targets.length) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("columns", targets.length)
                    .with("values", values)
                    .mend("Give one value for each column, or name the columns that have values: INSERT INTO t (a, b) VALUES (1, 2).");
        }
    }

    private static ValueSource[] defaults(CatalogTable table, TableRules rules) {
        ValueSource[] sources = new ValueSource[table.definition().columns().size()];
        Arrays.setAll(sources, rules::valueOf);
        return sources;
    }

    /// DEFAULT, a constant, a parameter or the next value of a sequence; empty for everything else.
    private static Optional<ValueSource> simple(
            SqlNode node,
            CatalogTable table,
            int position,
            TableRules rules,
            @Nullable ColumnInfo[] infos) {
        ColumnDefinition column = table.definition().columns().get(position);
        if (node.getKind() == SqlKind.DEFAULT) {
            if (!column.nullable() && !column.hasDefault()) {
                throw noValue(table, column);
            }
            return Optional.of(rules.valueOf(position));
        }
        if (node instanceof SqlDynamicParam parameter) {
            infos[parameter.getIndex()] = ColumnInfos.parameter(parameter.getIndex(), column);
            return Optional.of(new ValueSource.Parameter(parameter.getIndex(), column));
        }
        SequenceFunction sequence = SequenceCalls.nextValue(node);
        if (sequence != null && isAssignable(SqlTypeName.BIGINT, column.type())) {
            return Optional.of(new ValueSource.NextValue(sequence.sequence(), column));
        }
        return Syntax.literal(node, column).map(literal -> ValueSource.literal(literal.value(), column));
    }

    /// Whether a VALUES list has DEFAULT among its values.
    private static boolean hasDefaults(SqlNode source) {
        return source.getKind() == SqlKind.VALUES && ((SqlCall) source).getOperandList().stream()
                .anyMatch(row -> ((SqlCall) row).getOperandList().stream().anyMatch(value -> value.getKind() == SqlKind.DEFAULT));
    }

    /// The source with question marks that stand alone given the types of their columns, since a query by itself could not know them.
    /// Where DEFAULT is among the values, the row's number stands behind them, and NULL for each.
    private static SqlNode widened(SqlNode source, List<ColumnDefinition> columns, int[] targets) {
        if (source.getKind() == SqlKind.VALUES) {
            List<SqlNode> rows = new ArrayList<>();
            for (SqlNode node : ((SqlCall) source).getOperandList()) {
                SqlCall row = (SqlCall) node;
                requireCount(targets, row.operandCount());
                List<SqlNode> values = widenedAll(row.getOperandList(), columns, targets);
                if (hasDefaults(source)) {
                    values.add(SqlLiteral.createExactNumeric(Integer.toString(rows.size()), NOWHERE));
                }
                rows.add(row.getOperator().createCall(row.getParserPosition(), values));
            }
            return SqlStdOperatorTable.VALUES.createCall(new SqlNodeList(rows, source.getParserPosition()));
        }
        if (source instanceof SqlSelect select && select.getSelectList().size() == targets.length) {
            select.setSelectList(
                    new SqlNodeList(widenedAll(select.getSelectList(), columns, targets), select.getSelectList().getParserPosition()));
        }
        return source;
    }

    private static List<SqlNode> widenedAll(List<SqlNode> values, List<ColumnDefinition> columns, int[] targets) {
        List<SqlNode> widened = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            SqlNode value = values.get(i);
            if (value instanceof SqlDynamicParam parameter) {
                widened.add(Syntax.widened(parameter, columns.get(targets[i])));
            } else {
                widened.add(value.getKind() == SqlKind.DEFAULT ? SqlLiteral.createNull(value.getParserPosition()) : value);
            }
        }
        return widened;
    }

    /// Adds the sources of what [#widened] answered.
    private static void addComputed(
            SqlNode source,
            CatalogTable table,
            TableRules rules,
            int[] targets,
            RelDataType row,
            List<ValueSource[]> rows) {
        if (!hasDefaults(source)) {
            requireCount(targets, row.getFieldCount());
            rows.add(computed(table, rules, targets, row, List.of()));
            return;
        }
        for (SqlNode values : ((SqlCall) source).getOperandList()) {
            rows.add(computed(table, rules, targets, row, ((SqlCall) values).getOperandList()));
        }
    }

    /// @param written the values, of which those that are DEFAULT are not computed; may be empty
    private static ValueSource[] computed(CatalogTable table, TableRules rules, int[] targets, RelDataType row, List<SqlNode> written) {
        ValueSource[] sources = defaults(table, rules);
        for (int i = 0; i < targets.length; i++) {
            if (i >= written.size() || written.get(i).getKind() != SqlKind.DEFAULT) {
                sources[targets[i]] = computed(i, row.getFieldList().get(i).getType(), table.definition().columns().get(targets[i]));
            } else if (!table.definition().columns().get(targets[i]).nullable()
                    && !table.definition().columns().get(targets[i]).hasDefault()) {
                throw noValue(table, table.definition().columns().get(targets[i]));
            }
        }
        return sources;
    }

    private static ValueSource computed(int field, RelDataType type, ColumnDefinition column) {
        if (!isAssignable(type, column)) {
            throw CoconutException.of(ErrorCode.TYPE_MISMATCH)
                    .with("column", column.name())
                    .with("type", Types.text(column))
                    .with("valueType", type)
                    .mend("CAST the value to the column's type.");
        }
        return new ValueSource.Computed(field, type, column);
    }

    /// Store assignment between types: of arrays between those of their elements.
    static boolean isAssignable(RelDataType from, ColumnDefinition to) {
        RelDataType component = from.getComponentType();
        ColumnDefinition element = to.element();
        if (component != null && element != null) {
            return isAssignable(component, element);
        }
        return isAssignable(from.getSqlTypeName(), to.type());
    }

    /// Store assignment between families of types; text can be read as anything, and anything but bytes written as text.
    static boolean isAssignable(SqlTypeName from, SqlTypeName to) {
        if (from == SqlTypeName.NULL || from == to || SqlTypeFamily.CHARACTER.getTypeNames().contains(from)) {
            return from == SqlTypeName.NULL || from == to || !SqlTypeFamily.BINARY.getTypeNames().contains(to);
        }
        if (SqlTypeName.NUMERIC_TYPES.contains(from)) {
            return SqlTypeName.NUMERIC_TYPES.contains(to) || SqlTypeFamily.CHARACTER.getTypeNames().contains(to);
        }
        if (SqlTypeFamily.CHARACTER.getTypeNames().contains(to)) {
            return Types.find(from) != null && !SqlTypeFamily.BINARY.getTypeNames().contains(from);
        }
        return switch (from) {
            case BINARY, VARBINARY -> SqlTypeFamily.BINARY.getTypeNames().contains(to);
            case DATE -> to == SqlTypeName.TIMESTAMP || to == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
            case TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                    to == SqlTypeName.DATE || to == SqlTypeName.TIMESTAMP || to == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
            default -> false;
        };
    }

    private static List<ColumnInfo> parameters(@Nullable ColumnInfo[] infos, @Nullable QueryPlan plan) {
        List<ColumnInfo> planned = plan == null ? List.of() : ColumnInfos.parameters(plan.parameterTypes());
        List<ColumnInfo> parameters = new ArrayList<>();
        for (int i = 0; i < infos.length; i++) {
            ColumnInfo info = infos[i];
            parameters.add(info != null ? info : i < planned.size() ? planned.get(i) : ColumnInfos.untyped(i));
        }
        return List.copyOf(parameters);
    }

    /// What the statement names, and where it names nothing: DO NOTHING looks at all, DO UPDATE at the primary key.
    private static ConflictTarget conflictTarget(CatalogTable table, SqlInsertOnConflict conflict) {
        List<CatalogIndex> unique = table.indexes().stream()
                .filter(index -> index.definition().unique() && index.definition().ready())
                .toList();
        SqlNodeList target = conflict.target();
        if (target == null) {
            return new ConflictTarget(table, true, conflict.isDoNothing() ? unique : List.of());
        }
        Set<Integer> named = new HashSet<>();
        for (int position : positions(table, target)) {
            named.add(position);
        }
        if (named.equals(new HashSet<>(table.definition().primaryKey()))) {
            return new ConflictTarget(table, true, List.of());
        }
        List<CatalogIndex> same = unique.stream().filter(index -> named.equals(new HashSet<>(index.definition().positions()))).toList();
        if (same.isEmpty()) {
            List<String> keys = new ArrayList<>(List.of(names(table, table.definition().primaryKey())));
            unique.forEach(index -> keys.add(names(table, index.definition().positions())));
            throw CoconutException.of(ErrorCode.INVALID_STATEMENT)
                    .with("table", table)
                    .mend("ON CONFLICT looks at the primary key or a unique index: name its columns, " + String.join(" or ", keys)
                            + ", or none.");
        }
        return new ConflictTarget(table, false, same);
    }

    private static String names(CatalogTable table, List<Integer> positions) {
        return "(" + String.join(", ", positions.stream().map(i -> table.definition().columns().get(i).name()).toList()) + ")";
    }

    private ConflictUpdate conflictUpdate(
            TableWriter writer,
            SqlInsert insert,
            SqlInsertOnConflict conflict,
            TimeToLive ttl,
            int parameters,
            @Nullable ColumnInfo[] infos) {
        CatalogTable table = writer.table();
        String alias = ((SqlIdentifier) insert.getTargetTable()).names.getLast();
        int[] targets = positions(table, conflict.columns());
        WriteNeeds needs = needs(table);
        needs.toWrite(Privilege.UPDATE, targets);
        needs.toRead(conflict.values(), alias);
        needs.toRead(Collections.singletonList(conflict.where()), alias);
        List<SqlNode> values = new ArrayList<>();
        for (SqlNode value : conflict.values()) {
            values.add(qualified(value, table, alias));
        }
        SqlNode where = conflict.where() == null ? null : qualified(conflict.where(), table, alias);
        List<ColumnDefinition> columns = table.definition().columns();
        SqlNode there = Syntax.parameterRow(columns, parameters, alias);
        SqlNode excluded = Syntax.parameterRow(columns, parameters + columns.size(), "EXCLUDED");
        SqlNode both = new org.apache.calcite.sql.SqlJoin(NOWHERE, there, SqlLiteral.createBoolean(false, NOWHERE),
                org.apache.calcite.sql.JoinType.CROSS.symbol(NOWHERE), excluded,
                org.apache.calcite.sql.JoinConditionType.NONE.symbol(NOWHERE), null);
        int all = parameters + 2 * columns.size();
        Assigned assigned = assign(table, targets, values, List.of(), both, where, all, infos);
        Returning.addParameters(infos, assigned.plan());
        return new ConflictUpdate(writer, assigned.plan(), targets, assigned.sources(), ttl, parameters);
    }

    /// Column names without a table mean the table's row, not the one excluded; names inside of subqueries are theirs.
    private static SqlNode qualified(SqlNode expression, CatalogTable table, String alias) {
        SqlNode rewritten = expression.accept(new SqlShuttle() {
            @Override
            public @Nullable SqlNode visit(SqlIdentifier identifier) {
                boolean isColumn = identifier.isSimple()
                        && table.definition().columns().stream().anyMatch(column -> column.name().equals(identifier.getSimple()));
                return isColumn ? new SqlIdentifier(List.of(alias, identifier.getSimple()), identifier.getParserPosition()) : identifier;
            }

            @Override
            public @Nullable SqlNode visit(SqlCall call) {
                return call.isA(SqlKind.QUERY) ? call : super.visit(call);
            }
        });
        return rewritten == null ? expression : rewritten;
    }

    private record Assigned(QueryPlan plan, ValueSource[] sources) {}

    /// Plans `SELECT read…, computed… FROM … WHERE …` and says for each target where its value comes from.
    private Assigned assign(
            CatalogTable table,
            int[] targets,
            List<SqlNode> values,
            List<SqlNode> read,
            SqlNode from,
            @Nullable SqlNode where,
            int parameters,
            @Nullable ColumnInfo[] infos) {
        TableRules rules = TableRules.of(table, compiler);
        List<SqlNode> selected = new ArrayList<>(read);
        ValueSource[] sources = new ValueSource[targets.length];
        int[] fields = new int[targets.length];
        for (int i = 0; i < targets.length; i++) {
            requireGenerated(table, targets[i], values.get(i));
            fields[i] = -1;
            Optional<ValueSource> simple = simple(values.get(i), table, targets[i], rules, infos);
            if (simple.isPresent()) {
                sources[i] = simple.get();
            } else {
                fields[i] = selected.size();
                selected.add(Syntax.as(values.get(i), "VALUE$" + i));
            }
        }
        if (selected.isEmpty()) {
            selected.add(SqlLiteral.createBoolean(true, NOWHERE));
        }
        QueryPlan plan = compiler.plan(Syntax.select(selected, from, where), parameters);
        for (int i = 0; i < targets.length; i++) {
            if (fields[i] >= 0) {
                sources[i] = computed(fields[i], plan.rowType().getFieldList().get(fields[i]).getType(),
                        table.definition().columns().get(targets[i]));
            }
        }
        return new Assigned(plan, sources);
    }

    /// @param ttl of WITH (TTL = …); null where each row keeps its own
    /// @param returned null where the statement has no RETURNING
    /// @param parameters question marks of the whole statement
    CompiledStatement update(SqlUpdate update, @Nullable SqlNode ttl, Returning.@Nullable Clause returned, int parameters) {
        CatalogTable table = target(update.getTargetTable());
        @Nullable ColumnInfo[] infos = new @Nullable ColumnInfo[parameters];
        String alias = alias(update.getTargetTable(), update.getAlias());
        int[] targets = positions(table, update.getTargetColumnList());
        needs(table).toWrite(Privilege.UPDATE, targets);
        int[] read = allPositions(table);
        Assigned assigned = assign(table, targets, update.getSourceExpressionList(), columns(table, read, alias),
                Syntax.as(unasked(update.getTargetTable()), alias), update.getCondition(), parameters, infos);
        TimeToLive given = ttl == null ? TimeToLive.KEEP : TimeToLive.of(ttl, infos);
        Returning returning = returning(returned, table, alias, parameters, infos);
        return answering(new ChangeStatement(new TableWriter(table, TableRules.of(table, compiler).checks(), references(table)), assigned
                .plan(),
                read, targets, assigned
                        .sources(), given, false, returning,
                parameters(infos, assigned.plan())), returning);
    }

    /// @param returned null where the statement has no RETURNING
    /// @param parameters question marks of the whole statement
    CompiledStatement delete(SqlDelete delete, Returning.@Nullable Clause returned, int parameters) {
        CatalogTable table = target(delete.getTargetTable());
        @Nullable ColumnInfo[] infos = new @Nullable ColumnInfo[parameters];
        String alias = alias(delete.getTargetTable(), delete.getAlias());
        needs(table).toDelete();
        Set<Integer> needed = new LinkedHashSet<>(table.definition().primaryKey());
        table.indexes().forEach(index -> needed.addAll(index.definition().positions()));
        int[] read = returned != null ? allPositions(table) : needed.stream().mapToInt(Integer::intValue).toArray();
        Assigned assigned = assign(table, new int[0], List.of(), columns(table, read, alias), Syntax.as(unasked(delete.getTargetTable()),
                alias),
                delete.getCondition(), parameters, infos);
        Returning returning = returning(returned, table, alias, parameters, infos);
        return answering(new ChangeStatement(new TableWriter(table, null, references(table)), assigned.plan(), read, new int[0],
                new ValueSource[0],
                TimeToLive.KEEP,
                true, returning,
                parameters(infos, assigned.plan())), returning);
    }

    /// To write to a table one need not be allowed to read it.
    private static SqlNode unasked(SqlNode target) {
        return new SqlIdentifier(((SqlIdentifier) target).names, UnaskedNames.POSITION);
    }

    private static String alias(SqlNode target, @Nullable SqlIdentifier alias) {
        return alias == null ? ((SqlIdentifier) target).names.getLast() : alias.getSimple();
    }

    private static List<SqlNode> columns(CatalogTable table, int[] positions, String alias) {
        List<SqlNode> columns = new ArrayList<>();
        for (int position : positions) {
            columns.add(new SqlIdentifier(List.of(alias, table.definition().columns().get(position).name()), UnaskedNames.POSITION));
        }
        return columns;
    }
}
