package org.coconutdb.sql.run;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.linq4j.QueryProvider;
import org.apache.calcite.rel.type.TimeFrames;
import org.apache.calcite.schema.SchemaPlus;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowBuffer;
import org.jspecify.annotations.Nullable;

/// What generated code asks for while it runs: parameters, the operators that its plan stashed, the clock and the cancel flag.
/// One for each execution; the statement's time stands still in it.
public final class PlanDataContext implements DataContext {
    private final ExecutionContext execution;
    private final Map<String, Object> stashed;
    private final @Nullable JavaTypeFactory typeFactory;
    private final Map<Object, RowBuffer> working = new HashMap<>();
    private final long currentMillis;

    public PlanDataContext(ExecutionContext execution, Map<String, Object> stashed, @Nullable JavaTypeFactory typeFactory) {
        this.execution = execution;
        this.currentMillis = execution.startedMillis();
        this.stashed = stashed;
        this.typeFactory = typeFactory;
    }

    /// The execution that it stands for.
    public ExecutionContext execution() {
        return execution;
    }

    /// For an operator that begins to hold rows.
    public OperatorMemory operatorMemory() {
        RunFigures figures = execution.figures();
        return execution.memory().operator(figures == null ? null : figures.running());
    }

    /// Rows of the last round of recursive queries, by the names that their plan has for them.
    public Map<Object, RowBuffer> working() {
        return working;
    }

    @Override
    public @Nullable Object get(String name) {
        if (name.charAt(0) == '?') {
            return execution.parameters()[Integer.parseInt(name, 1, name.length(), 10)];
        }
        Object operator = stashed.get(name);
        return operator != null ? operator : variable(name);
    }

    private @Nullable Object variable(String name) {
        return switch (name) {
            case "cancelFlag" -> execution.cancelled();
            case "utcTimestamp", "currentTimestamp" -> currentMillis;
            case "localTimestamp", "sysTimestamp" -> currentMillis + TimeZone.getDefault().getOffset(currentMillis);
            case "timeZone" -> TimeZone.getDefault();
            case "locale" -> Locale.ROOT;
            case "timeFrameSet" -> TimeFrames.CORE;
            case "user", "systemUser" -> System.getProperty("user.name");
            default -> null;
        };
    }

    @Override
    @SuppressWarnings("NullAway") // nothing that we plan looks for a table while it runs
    public SchemaPlus getRootSchema() {
        return null;
    }

    @Override
    @SuppressWarnings("NullAway") // Calcite's own contexts answer null where they have none
    public JavaTypeFactory getTypeFactory() {
        return typeFactory;
    }

    @Override
    @SuppressWarnings("NullAway") // Nothing that we plan reads from a queryable
    public QueryProvider getQueryProvider() {
        return null;
    }
}
