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
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.coconutdb.sql.catalog.SystemView;
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
    private final @Nullable BlockPart part;
    private final long currentMillis;

    public PlanDataContext(ExecutionContext execution, Map<String, Object> stashed, @Nullable JavaTypeFactory typeFactory) {
        this(execution, stashed, typeFactory, null);
    }

    private PlanDataContext(
            ExecutionContext execution,
            Map<String, Object> stashed,
            @Nullable JavaTypeFactory typeFactory,
            @Nullable BlockPart part) {
        this.part = part;
        this.execution = execution;
        this.currentMillis = execution.startedMillis();
        this.stashed = stashed;
        this.typeFactory = typeFactory;
    }

    /// The same for a fragment that is run for one block, perhaps on another thread.
    ///
    /// @param figures of this part; null where nobody counts
    PlanDataContext ofPart(BlockPart block, @Nullable RunFigures figures) {
        return new PlanDataContext(execution.countedBy(figures), stashed, typeFactory, block);
    }

    /// The block that is read; null where all are.
    @Nullable
    BlockPart part() {
        return part;
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
            case "utcTimestamp" -> currentMillis;
            // Calcite's CURRENT_DATE and CURRENT_TIME are parts of it; CURRENT_TIMESTAMP is ours.
            case "currentTimestamp", "localTimestamp", "sysTimestamp" -> ZonedFunctions.localNow(this,
                    CoconutTypeSystem.FRACTION_DIGITS_MAX);
            case "timeZone" -> TimeZone.getTimeZone(execution.timeZone());
            case "locale" -> Locale.ROOT;
            case "timeFrameSet" -> TimeFrames.CORE;
            case "user" -> user();
            case "systemUser" -> System.getProperty("user.name");
            case SystemView.VIEWER -> execution.viewer();
            default -> null;
        };
    }

    private String user() {
        String role = execution.viewer().role();
        return role == null ? System.getProperty("user.name") : role;
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
