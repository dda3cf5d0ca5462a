package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.CheckDefinition;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.SequenceUses;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.Types;
import org.coconutdb.sql.parser.CheckClause;
import org.coconutdb.sql.parser.ExpressionClause;
import org.coconutdb.sql.parser.Refusals;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlParsing;
import org.coconutdb.sql.plan.QueryPlan;
import org.coconutdb.sql.plan.SequenceFunction;
import org.jspecify.annotations.Nullable;

/// What a table's definition has computed while rows are written: defaults and checks. Compiled once for the table, and shared by its
/// statements. Immutable; any thread.
final class TableRules {
    private static final SqlParserPos NOWHERE = SqlParserPos.ZERO;
    private static final ValueSource NULL = new ValueSource.Constant(null);

    private final List<ValueSource> defaults;
    private final @Nullable RowChecks checks;

    private TableRules(List<ValueSource> defaults, @Nullable RowChecks checks) {
        this.defaults = List.copyOf(defaults);
        this.checks = checks;
    }

    /// Those of a table that exists.
    static TableRules of(CatalogTable table, StatementCompiler asked) {
        StatementCompiler compiler = asked.in(table.definition().schema());
        return table.derived(TableRules.class, () -> {
            List<ValueSource> defaults = new ArrayList<>();
            for (ColumnDefinition column : table.definition().columns()) {
                String text = column.defaultText();
                if (column.identity() != null) {
                    defaults.add(new ValueSource.Identity(compiler.sequence(column.identity()), column, table));
                    continue;
                }
                defaults.add(text == null ? NULL : value(column, SqlParsing.parseExpression(text), compiler));
            }
            List<CheckDefinition> checks = table.definition().checks();
            List<SqlNode> conditions = new ArrayList<>();
            checks.forEach(check -> conditions.add(SqlParsing.parseExpression(check.text())));
            return new TableRules(defaults, checks.isEmpty() ? null : RowChecks.of(table.definition(), checks, conditions, compiler));
        });
    }

    /// Compiles what the statement says, so that an error comes with its place in the statement.
    static void check(SqlCreateCoconutTable statement, TableDefinition definition, StatementCompiler compiler) {
        List<@Nullable ExpressionClause> values = new ArrayList<>();
        statement.columns().forEach(clause -> values.add(clause.value()));
        StatementCompiler own = compiler.in(definition.schema());
        defaults(definition.columns(), values, own);
        checks(definition, definition.checks(), statement.checks(), own);
    }

    /// Compiles defaults as they were written: NULL where none was.
    ///
    /// @param values one for each column; null where it has no default, or an identity, of which nothing is compiled
    static List<ValueSource> defaults(List<ColumnDefinition> columns, List<@Nullable ExpressionClause> values, StatementCompiler compiler) {
        requireBounds(values.stream().filter(Objects::nonNull).map(ExpressionClause::expression).toList(), compiler);
        List<ValueSource> sources = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            ExpressionClause clause = values.get(i);
            sources.add(clause == null ? NULL : value(columns.get(i), clause.expression(), compiler));
        }
        return sources;
    }

    /// Compiles checks as they were written; null where there are none.
    ///
    /// @param table its columns are what the checks may name
    static @Nullable RowChecks checks(
            TableDefinition table,
            List<CheckDefinition> checks,
            List<CheckClause> clauses,
            StatementCompiler compiler) {
        for (CheckClause check : clauses) {
            for (SqlIdentifier sequence : SequenceUses.names(check.condition().expression())) {
                throw Refusals.notYet("a sequence in CHECK", "A check has no value but those of its row.", sequence.getParserPosition());
            }
        }
        List<SqlNode> conditions = clauses.stream().map(clause -> clause.condition().expression()).toList();
        requireBounds(conditions, compiler);
        return conditions.isEmpty() ? null : RowChecks.of(table, checks, conditions, compiler);
    }

    private static void requireBounds(List<SqlNode> expressions, StatementCompiler compiler) {
        if (!expressions.isEmpty()) {
            compiler.planning(context -> {
                ExpressionBounds bounds = new ExpressionBounds(context.validator().getOperatorTable());
                expressions.forEach(expression -> expression.accept(bounds));
                return true;
            });
        }
    }

    /// The value that a column has where none is given: NULL where it has no default.
    ValueSource valueOf(int column) {
        return defaults.get(column);
    }

    /// Null where no row is refused.
    @Nullable
    RowChecks checks() {
        return checks;
    }

    private static ValueSource value(ColumnDefinition column, SqlNode written, StatementCompiler compiler) {
        SqlNode expression = compiler.resolveSequences(written);
        SequenceFunction sequence = SequenceCalls.nextValue(expression);
        if (sequence != null && WriteCompiler.isAssignable(SqlTypeName.BIGINT, column.type())) {
            return new ValueSource.NextValue(sequence.sequence(), column);
        }
        Optional<Syntax.Literal> literal = Syntax.literal(expression, column);
        if (literal.isPresent()) {
            return ValueSource.literal(literal.get().value(), column);
        }
        SqlParserPos place = expression.getParserPosition();
        QueryPlan plan = compiler.plan(
                SqlStdOperatorTable.VALUES.createCall(NOWHERE, SqlStdOperatorTable.ROW.createCall(NOWHERE, expression)), 0);
        RelDataType type = plan.rowType().getFieldList().getFirst().getType();
        if (!WriteCompiler.isAssignable(type, column)) {
            throw CoconutException.of(ErrorCode.TYPE_MISMATCH)
                    .with("what", "DEFAULT of " + column.name())
                    .with("type", Types.text(column))
                    .with("valueType", type)
                    .with("line", place.getLineNum())
                    .with("column", place.getColumnNum())
                    .mend("CAST the value to the column's type.");
        }
        return new ValueSource.Evaluated(plan, new ValueSource.Computed(0, type, column));
    }
}
