package org.coconutdb.sql.plan;

import java.util.Map;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.runtime.ArrayBindable;
import org.apache.calcite.runtime.Bindable;
import org.coconutdb.sql.run.CancellableRows;
import org.coconutdb.sql.run.ExecutionContext;
import org.coconutdb.sql.run.GeneratedConstants;
import org.coconutdb.sql.run.PlanDataContext;
import org.jspecify.annotations.Nullable;

/// A query as generated code. The class was compiled once; each run binds it to a context of its own.
final class CompiledPlan implements QueryPlan {
    private final Bindable<?> bindable;
    private final Map<String, Object> stashed;
    private final JavaTypeFactory typeFactory;
    private final RelDataType rowType;
    private final RelDataType parameterTypes;
    private final Parameters parameters;
    private final PlanOperator operators;
    private final PlannedSizes sizes;
    private final GeneratedConstants constants = new GeneratedConstants();

    CompiledPlan(
            Bindable<?> bindable,
            Map<String, Object> stashed,
            JavaTypeFactory typeFactory,
            RelDataType rowType,
            RelDataType parameterTypes,
            PlanOperator operators,
            PlannedSizes sizes) {
        this.sizes = sizes;
        this.bindable = bindable;
        this.stashed = Map.copyOf(stashed);
        this.typeFactory = typeFactory;
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
    @SuppressWarnings("unchecked") // generated: one column gives values, several give arrays
    public Enumerator<@Nullable Object[]> run(ExecutionContext context) {
        PlanDataContext dataContext = new PlanDataContext(parameters.fitted(context), stashed, typeFactory);
        Enumerator<?> rows = constants.guarded(() -> bindable.bind(dataContext).enumerator());
        Enumerator<@Nullable Object[]> arrays =
                bindable instanceof ArrayBindable
                        ? (Enumerator<@Nullable Object[]>) rows
                        : Linq4j.transform((Enumerator<Object>) rows, value -> new @Nullable Object[] {value});
        return new CancellableRows<>(constants.guarded(arrays), context.cancelled());
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
