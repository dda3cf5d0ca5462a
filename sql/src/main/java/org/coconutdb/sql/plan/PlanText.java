package org.coconutdb.sql.plan;

import java.util.StringJoiner;
import org.coconutdb.sql.run.OperatorFigures;
import org.jspecify.annotations.Nullable;

/// Writes a plan as lines: one operator each, inputs indented by two.
final class PlanText {
    private final StringBuilder text = new StringBuilder();

    private PlanText() {}

    static String of(PlanOperator root, @Nullable PlanTimes times) {
        PlanText plan = new PlanText();
        plan.write(root, 0);
        if (times != null) {
            plan.text.append("Planning: ").append(PlanTimes.millis(times.planningNanos())).append(" ms\n");
            plan.text.append("Execution: ").append(PlanTimes.millis(times.executionNanos())).append(" ms\n");
        }
        return plan.text.toString().stripTrailing();
    }

    private void write(PlanOperator operator, int depth) {
        text.append("  ".repeat(depth)).append(operator.name());
        if (!operator.facts().isEmpty()) {
            StringJoiner facts = new StringJoiner(", ", "(", ")");
            operator.facts().forEach((fact, value) -> facts.add(fact + "=[" + value + "]"));
            text.append(facts);
        }
        OperatorFigures figures = operator.figures();
        if (figures != null) {
            text.append(": ").append(figures(operator, figures));
        }
        text.append('\n');
        for (PlanOperator input : operator.inputs()) {
            write(input, depth + 1);
        }
    }

    /// What was counted, in words.
    static String figures(PlanOperator operator, OperatorFigures figures) {
        if (figures.loops() == 0) {
            return "never run";
        }
        StringBuilder written = new StringBuilder();
        written.append("rows ").append(figures.rows()).append(", loops ").append(figures.loops());
        written.append(", total ").append(PlanTimes.millis(operator.totalNanos())).append(" ms, self ");
        written.append(PlanTimes.millis(figures.selfNanos())).append(" ms");
        if (figures.heldBytesMax() > 0) {
            written.append("; held ").append(figures.heldBytesMax()).append(" bytes");
            if (figures.spilledBytes() > 0) {
                written.append(", spilled ").append(figures.spilledBytes());
            }
        }
        if (figures.isRead()) {
            written.append("; saw ");
            if (figures.entriesSeen() > 0) {
                written.append(figures.entriesSeen()).append(" entries, ");
            }
            written.append(figures.rowsSeen()).append(" rows (").append(figures.coldRows()).append(" cold), ");
            written.append(figures.rowBytes()).append(" bytes, ").append(figures.blockCount()).append(" blocks");
        }
        return written.toString();
    }
}
