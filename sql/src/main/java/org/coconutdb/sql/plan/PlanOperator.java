package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.coconutdb.sql.run.OperatorFigures;
import org.coconutdb.sql.run.RunFigures;
import org.jspecify.annotations.Nullable;

/// An operator of a plan with its inputs, as EXPLAIN shows it. [PlanFormat] writes it.
///
/// @param facts by name, in the order in which they are shown
/// @param figures what an execution has counted; null where none has
public record PlanOperator(String name, Map<String, String> facts, List<PlanOperator> inputs, @Nullable OperatorFigures figures) {
    public PlanOperator {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        inputs = List.copyOf(inputs);
    }

    /// One that no execution has counted.
    public PlanOperator(String name, Map<String, String> facts, List<PlanOperator> inputs) {
        this(name, facts, inputs, null);
    }

    /// The same operators with what an execution has counted: the root has number 0, and each its number before its inputs.
    public PlanOperator with(RunFigures run) {
        return with(run, new int[1]);
    }

    private PlanOperator with(RunFigures run, int[] next) {
        OperatorFigures mine = run.operator(next[0]++);
        List<PlanOperator> measured = new ArrayList<>(inputs.size());
        for (PlanOperator input : inputs) {
            measured.add(input.with(run, next));
        }
        return new PlanOperator(name, facts, measured, mine);
    }

    /// Time in it and in its inputs; 0 where nobody has counted.
    long totalNanos() {
        long nanos = figures == null ? 0 : figures.selfNanos();
        for (PlanOperator input : inputs) {
            nanos += input.totalNanos();
        }
        return nanos;
    }
}
