package org.coconutdb.sql.session;

import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.plan.PlanOperator;
import org.coconutdb.sql.plan.PointPlan;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// A query.
final class QueryStatement implements CompiledStatement.Query {
    private final QueryPlan plan;
    private final boolean forUpdate;
    private final List<ColumnInfo> columns;
    private final List<ColumnInfo> parameters;
    private final RelDataType[] parameterTypes;
    private final RelDataType[] columnTypes;

    QueryStatement(QueryPlan plan, boolean forUpdate, List<ColumnInfo> columns) {
        this.plan = plan;
        this.forUpdate = forUpdate;
        this.columns = columns;
        this.parameters = ColumnInfos.parameters(plan.parameterTypes());
        this.parameterTypes = types(plan.parameterTypes());
        this.columnTypes = types(plan.rowType());
    }

    static RelDataType[] types(RelDataType row) {
        return row.getFieldList().stream().map(RelDataTypeField::getType).toArray(RelDataType[]::new);
    }

    @Override
    public List<ColumnInfo> columns() {
        return columns;
    }

    @Override
    public List<ColumnInfo> parameters() {
        return parameters;
    }

    @Override
    public boolean isForUpdate() {
        return forUpdate;
    }

    @Override
    public boolean isLookup() {
        return plan instanceof PointPlan && !forUpdate;
    }

    @Override
    public boolean isOutdated() {
        return plan.isOutdated();
    }

    @Override
    public PlanOperator explain() {
        return plan.operators();
    }

    @Override
    public Rows open(Execution execution, @Nullable Object[] values) {
        @Nullable Object[] converted = new @Nullable Object[values.length];
        for (int i = 0; i < values.length; i++) {
            converted[i] = ParameterValues.toPlan(parameterTypes[i], i, values[i], execution.timeZone());
        }
        Enumerator<@Nullable Object[]> rows = plan.run(execution.sourceContext(converted, forUpdate));
        return new Rows() {
            private @Nullable Object @Nullable [] row;

            @Override
            public boolean next() {
                execution.checkCancelled();
                row = rows.moveNext() ? rows.current() : null;
                return row != null;
            }

            @Override
            public @Nullable Object get(int column) {
                @Nullable Object[] current = row;
                if (current == null) {
                    throw new IllegalStateException("no row");
                }
                return EdgeValues.fromPlan(columnTypes[column], current[column]);
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }
}
