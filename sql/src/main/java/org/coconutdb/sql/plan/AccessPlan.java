package org.coconutdb.sql.plan;

import java.util.Map;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.coconutdb.sql.run.ExecutionContext;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.run.RowSource;
import org.coconutdb.sql.run.RunFigures;
import org.jspecify.annotations.Nullable;

/// A query that is one lookup or scan and nothing else: no generated code. The fast tier of `SELECT … WHERE key = ?`.
final class AccessPlan implements QueryPlan {
    private final RowSource source;
    private final RelDataType rowType;
    private final RelDataType parameterTypes;
    private final Parameters parameters;
    private final PlanOperator operators;
    private final PlannedSizes sizes;

    AccessPlan(RowSource source, RelDataType rowType, RelDataType parameterTypes, PlanOperator operators, PlannedSizes sizes) {
        this.sizes = sizes;
        this.source = source;
        this.rowType = rowType;
        this.parameterTypes = parameterTypes;
        this.parameters = new Parameters(parameterTypes);
        this.operators = operators;
    }

    @Override
    public RelDataType rowType() {
        return rowType;
    }

    @Override
    public RelDataType parameterTypes() {
        return parameterTypes;
    }

    @Override
    public Enumerator<@Nullable Object[]> run(ExecutionContext context) {
        PlanDataContext data = new PlanDataContext(parameters.fitted(context), Map.of(), null);
        RunFigures figures = context.figures();
        return figures == null ? source.open(data) : figures.measured(0, () -> source.open(data));
    }

    @Override
    public boolean isOutdated() {
        return sizes.haveChanged();
    }

    @Override
    public PlanOperator operators() {
        return operators;
    }
}
