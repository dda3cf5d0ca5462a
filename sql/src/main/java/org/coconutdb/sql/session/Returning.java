package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.CheckDefinition;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.parser.ColumnTexts;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// What RETURNING answers of each row that a statement writes, as it is behind the change, or of a DELETE before it. Immutable; any thread.
///
/// Columns of the table are taken as they are; what is computed is a query over a row of parameters, which stand behind the statement's own.
final class Returning {
    /// Where a column of the answer comes from.
    ///
    /// @param position in the table's row; -1: it is computed
    /// @param field of the plan's row, where it is computed
    private record Item(int position, int field) {}

    private final CatalogTable table;
    private final List<Item> items;
    private final List<ColumnInfo> columns;
    private final int[] read;
    private final @Nullable QueryPlan plan;
    private final RelDataType[] parameterTypes;
    private final RelDataType[] computedTypes;
    private final int statementParameters;

    private Returning(
            CatalogTable table,
            List<Item> items,
            List<ColumnInfo> columns,
            int[] read,
            @Nullable QueryPlan plan,
            int statementParameters) {
        this.table = table;
        this.items = List.copyOf(items);
        this.columns = List.copyOf(columns);
        this.read = read;
        this.plan = plan;
        this.parameterTypes = plan == null ? new RelDataType[0] : QueryStatement.types(plan.parameterTypes());
        this.computedTypes = plan == null ? new RelDataType[0] : QueryStatement.types(plan.rowType());
        this.statementParameters = statementParameters;
    }

    /// What is written behind RETURNING.
    ///
    /// @param items of the list
    /// @param sql that the statement was parsed from: columns are labelled by it
    record Clause(SqlNodeList items, String sql) {}

    /// Errors as those of a query.
    ///
    /// @param alias what the statement calls the table
    /// @param parameters question marks of the whole statement
    /// @param infos of these, to which those in the list are added
    static Returning of(
            Clause clause,
            CatalogTable table,
            String alias,
            int parameters,
            @Nullable ColumnInfo[] infos,
            StatementCompiler compiler) {
        ExpressionBounds bounds = compiler.planning(context -> new ExpressionBounds(context.validator().getOperatorTable()));
        List<String> texts = ColumnTexts.of(clause.sql(), Syntax.select(clause.items().getList(), Syntax.name(alias), null));
        List<ColumnDefinition> definitions = table.definition().columns();
        List<Item> items = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        List<SqlNode> computed = new ArrayList<>();
        int unnamed = 0;
        for (SqlNode written : clause.items()) {
            SqlNode item = withoutSchema(written, table, alias);
            SqlNode value = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
            if (value instanceof SqlIdentifier star && star.isStar() && isOf(star, alias)) {
                for (int i = 0; i < definitions.size(); i++) {
                    items.add(new Item(i, -1));
                    labels.add(definitions.get(i).name());
                }
                continue;
            }
            String name = SqlValidatorUtil.alias(item);
            labels.add(name == null ? texts.get(unnamed++) : name);
            int position = value instanceof SqlIdentifier column && isOf(column, alias) ? position(definitions, column) : -1;
            if (position < 0) {
                value.accept(new OneRow(bounds));
                items.add(new Item(-1, computed.size()));
                computed.add(Syntax.as(value, "RETURNED$" + computed.size()));
            } else {
                items.add(new Item(position, -1));
            }
        }
        int[] read = named(definitions, computed);
        QueryPlan plan = computed.isEmpty() ? null : plan(computed, definitions, read, alias, parameters, compiler);
        if (plan != null) {
            addParameters(infos, plan);
        }
        return new Returning(table, items, columns(table, items, labels, plan), read, plan, parameters);
    }

    private static QueryPlan plan(
            List<SqlNode> computed,
            List<ColumnDefinition> definitions,
            int[] read,
            String alias,
            int parameters,
            StatementCompiler compiler) {
        List<ColumnDefinition> columns = IntStream.of(read).mapToObj(definitions::get).toList();
        return compiler.plan(Syntax.select(computed, Syntax.parameterRow(columns, parameters, alias), null), parameters + read.length);
    }

    /// The types of question marks that only this plan has.
    static void addParameters(@Nullable ColumnInfo[] infos, QueryPlan plan) {
        List<ColumnInfo> planned = ColumnInfos.parameters(plan.parameterTypes());
        for (int i = 0; i < infos.length && i < planned.size(); i++) {
            if (infos[i] == null && planned.get(i).jdbcType() != java.sql.Types.NULL) {
                infos[i] = planned.get(i);
            }
        }
    }

    private static List<ColumnInfo> columns(CatalogTable table, List<Item> items, List<String> labels, @Nullable QueryPlan plan) {
        List<ColumnInfo> computed = plan == null ? List.of() : ColumnInfos.computed(plan.rowType());
        List<ColumnInfo> columns = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            ColumnInfo info = item.position() < 0 ? computed.get(item.field()) : ColumnInfos.stored(table, item.position());
            columns.add(ColumnInfos.labelled(info, labels.get(i)));
        }
        return columns;
    }

    /// `schema.table.column` as `table.column`, where the statement gives the table no other name.
    private static SqlNode withoutSchema(SqlNode item, CatalogTable table, String alias) {
        SqlNode rewritten = item.accept(new SqlShuttle() {
            @Override
            public @Nullable SqlNode visit(SqlIdentifier identifier) {
                boolean isWhole = identifier.names.size() == 3 && alias.equals(table.definition().name())
                        && identifier.names.get(0).equals(table.definition().schema()) && identifier.names.get(1).equals(alias);
                return isWhole ? identifier.getComponent(1, 3) : identifier;
            }
        });
        return rewritten == null ? item : rewritten;
    }

    private static boolean isOf(SqlIdentifier name, String alias) {
        return name.names.size() == 1 || (name.names.size() == 2 && name.names.getFirst().equals(alias));
    }

    /// -1 where there is none, which the validator then says.
    private static int position(List<ColumnDefinition> definitions, SqlIdentifier column) {
        return IntStream.range(0, definitions.size())
                .filter(i -> definitions.get(i).name().equals(column.names.getLast()))
                .findFirst()
                .orElse(-1);
    }

    /// The columns that the expressions may mean; at least one, since a row has one.
    private static int[] named(List<ColumnDefinition> definitions, List<SqlNode> computed) {
        Set<String> names = CheckDefinition.columns(computed, definitions);
        int[] named = IntStream.range(0, definitions.size()).filter(i -> names.contains(definitions.get(i).name())).toArray();
        return named.length == 0 ? new int[1] : named;
    }

    List<ColumnInfo> columns() {
        return columns;
    }

    /// The answer for a row.
    ///
    /// @param values of the statement's parameters, as JDBC gave them
    /// @param row as it is stored
    @Nullable
    Object[] answer(Execution execution, @Nullable Object[] values, @Nullable Object[] row) {
        @Nullable Object[] computed = compute(execution, values, row);
        @Nullable Object[] answer = new @Nullable Object[items.size()];
        for (int i = 0; i < answer.length; i++) {
            Item item = items.get(i);
            answer[i] = item.position() < 0
                    ? EdgeValues.fromPlan(computedTypes[item.field()], computed[item.field()])
                    : EdgeValues.fromStorage(table.definition().columns().get(item.position()), row[item.position()]);
        }
        return answer;
    }

    private @Nullable Object[] compute(Execution execution, @Nullable Object[] values, @Nullable Object[] row) {
        QueryPlan over = plan;
        if (over == null) {
            return new @Nullable Object[0];
        }
        @Nullable Object[] parameters = new @Nullable Object[parameterTypes.length];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = i < statementParameters
                    ? ParameterValues.toPlan(parameterTypes[i], i, values[i], execution.timeZone())
                    : RowChecks.parameter(row[read[i - statementParameters]]);
        }
        try (Enumerator<@Nullable Object[]> rows = over.run(execution.context(parameters))) {
            if (!rows.moveNext()) {
                throw new IllegalStateException("a row gave no answer");
            }
            return rows.current().clone();
        }
    }

    /// Refuses what would make one row of several.
    private static final class OneRow extends SqlBasicVisitor<@Nullable Void> {
        private final ExpressionBounds bounds;

        OneRow(ExpressionBounds bounds) {
            this.bounds = bounds;
        }

        @Override
        public @Nullable Void visit(SqlCall call) {
            if (call.isA(SqlKind.QUERY)) {
                return null;
            }
            if (call.getKind() == SqlKind.OVER || bounds.isAggregate(call)) {
                SqlParserPos position = call.getParserPosition();
                throw CoconutException.of(ErrorCode.INVALID_STATEMENT)
                        .with("what", "an aggregate or window function in RETURNING")
                        .with("line", position.getLineNum())
                        .with("column", position.getColumnNum())
                        .mend("RETURNING answers each row by itself: compute over its rows in the program, or SELECT in the same transaction.");
            }
            return super.visit(call);
        }
    }
}
