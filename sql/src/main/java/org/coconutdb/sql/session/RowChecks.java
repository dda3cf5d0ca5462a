package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.CheckDefinition;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.plan.QueryPlan;
import org.coconutdb.sql.run.StoredValues;
import org.jspecify.annotations.Nullable;

/// A table's CHECK constraints, as one query over a row of parameters: the columns that the conditions name. Immutable; any thread.
final class RowChecks {
    private final QueryPlan plan;
    private final int[] columns;

    private RowChecks(QueryPlan plan, int[] columns) {
        this.plan = plan;
        this.columns = columns;
    }

    /// @param definition its columns are what the conditions may name
    /// @param checks in the order of the conditions
    /// @param conditions may be changed and are not to be used again
    static RowChecks of(TableDefinition definition, List<CheckDefinition> checks, List<SqlNode> conditions, StatementCompiler compiler) {
        int[] columns = named(definition, conditions);
        List<ColumnDefinition> parameters = new ArrayList<>();
        for (int column : columns) {
            parameters.add(definition.columns().get(column));
        }
        List<SqlNode> selected = new ArrayList<>();
        List<SqlParserPos> places = conditions.stream().map(SqlNode::getParserPosition).toList();
        conditions.forEach(condition -> selected.add(Syntax.as(condition, "CHECK$" + selected.size())));
        SqlNode row = Syntax.parameterRow(parameters, 0, definition.name());
        QueryPlan plan = compiler.plan(Syntax.select(selected, row, null), columns.length);
        for (RelDataTypeField field : plan.rowType().getFieldList()) {
            RelDataType type = field.getType();
            if (type.getSqlTypeName() != SqlTypeName.BOOLEAN && type.getSqlTypeName() != SqlTypeName.NULL) {
                throw CoconutException.of(ErrorCode.TYPE_MISMATCH)
                        .with("what", "CHECK " + checks.get(field.getIndex()).name())
                        .with("type", type)
                        .with("line", places.get(field.getIndex()).getLineNum())
                        .with("column", places.get(field.getIndex()).getColumnNum())
                        .mend("Write a condition, such as a comparison.");
            }
        }
        return new RowChecks(plan, columns);
    }

    /// The columns that the conditions may mean; at least one, since a row has one.
    private static int[] named(TableDefinition definition, List<SqlNode> conditions) {
        Set<String> names = CheckDefinition.columns(conditions, definition.columns());
        int[] columns = IntStream.range(0, definition.columns().size())
                .filter(i -> names.contains(definition.columns().get(i).name()))
                .toArray();
        return columns.length == 0 ? new int[1] : columns;
    }

    /// CHECK_VIOLATION where one of the conditions is false; one that is neither true nor false passes.
    ///
    /// @param row as it is stored
    void require(CatalogTable table, Execution execution, @Nullable Object[] row) {
        int violated = violated(execution, row);
        if (violated >= 0) {
            throw violation(table, table.definition().checks().get(violated)).with("key", SqlErrors.keyOf(table, row));
        }
    }

    static CoconutException violation(CatalogTable table, CheckDefinition check) {
        return CoconutException.of(ErrorCode.CHECK_VIOLATION)
                .with("table", table)
                .with("constraint", check.name())
                .mend("The row must fulfil " + check.text() + ".");
    }

    /// The place of the first condition that is false, -1 where none is.
    ///
    /// @param row as it is stored
    int violated(Execution execution, @Nullable Object[] row) {
        @Nullable Object[] parameters = new @Nullable Object[columns.length];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = parameter(row[columns[i]]);
        }
        try (Enumerator<@Nullable Object[]> computed = plan.run(execution.context(parameters))) {
            if (!computed.moveNext()) {
                throw new IllegalStateException("no answer of the checks");
            }
            @Nullable Object[] answers = computed.current();
            for (int i = 0; i < answers.length; i++) {
                if (Boolean.FALSE.equals(answers[i])) {
                    return i;
                }
            }
            return -1;
        }
    }

    /// What is stored as the parameter of [Syntax#parameterRow].
    static @Nullable Object parameter(@Nullable Object stored) {
        return switch (stored) {
            case UUID uuid -> uuid.toString();
            case null, default -> StoredValues.toPlan(stored);
        };
    }
}
