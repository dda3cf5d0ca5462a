package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.coconutdb.sql.run.ExecutionContext;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.run.PointLookup;
import org.coconutdb.sql.run.PointProjection;
import org.coconutdb.sql.run.PointReader;
import org.coconutdb.sql.run.RowExpression;
import org.jspecify.annotations.Nullable;

/// A query that looks up one row and computes from it what [RowExpressions] can: no generated code. The fast tier of
/// `UPDATE … WHERE key = ?` and of `SELECT a + 1 … WHERE key = ?`.
public final class PointPlan implements QueryPlan {
    private final PointProjection projection;
    private final RelDataType rowType;
    private final RelDataType parameterTypes;
    private final Parameters parameters;
    private final PlanOperator operators;

    private PointPlan(PointProjection projection, RelDataType rowType, RelDataType parameterTypes, PlanOperator operators) {
        this.projection = projection;
        this.rowType = rowType;
        this.parameterTypes = parameterTypes;
        this.parameters = new Parameters(parameterTypes);
        this.operators = operators;
    }

    /// Null where the query is another.
    static @Nullable PointPlan of(RelNode rewritten, RelDataType rowType, RelDataType parameterTypes) {
        LogicalProject project = rewritten instanceof LogicalProject top ? top : null;
        RelNode below = project == null ? rewritten : project.getInput();
        if (!(below instanceof TableAccess access) || !(access.source() instanceof PointLookup lookup)) {
            return null;
        }
        List<RowExpression> fields = new ArrayList<>();
        RowExpressions expressions = new RowExpressions(access);
        List<? extends RexNode> written = project == null ? access.fields() : project.getProjects();
        for (RexNode expression : written) {
            RowExpression field = expressions.compile(expression);
            if (field == null) {
                return null;
            }
            fields.add(field);
        }
        return new PointPlan(new PointProjection(lookup, fields), rowType, parameterTypes, PlanOperators.of(rewritten));
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
        return projection.open(data(context));
    }

    /// Starts it for who wants the row itself.
    public PointReader read(ExecutionContext context) {
        return projection.read(data(context));
    }

    private PlanDataContext data(ExecutionContext context) {
        return new PlanDataContext(parameters.fitted(context), Map.of(), null);
    }

    @Override
    public PlanOperator operators() {
        return operators;
    }
}
