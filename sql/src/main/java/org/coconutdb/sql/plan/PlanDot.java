package org.coconutdb.sql.plan;

import java.util.Map;
import org.coconutdb.sql.run.OperatorFigures;
import org.jspecify.annotations.Nullable;

/// Writes a plan as a graph for Graphviz.
final class PlanDot {
    private final StringBuilder text = new StringBuilder();
    private int nodes;

    private PlanDot() {}

    static String of(PlanOperator root, @Nullable PlanTimes times) {
        PlanDot dot = new PlanDot();
        dot.text.append("digraph plan {\n  rankdir=BT;\n  node [shape=box];\n");
        if (times != null) {
            dot.text.append("  label=\"planning ").append(PlanTimes.millis(times.planningNanos())).append(" ms, execution ");
            dot.text.append(PlanTimes.millis(times.executionNanos())).append(" ms\";\n");
        }
        dot.operator(root);
        return dot.text.append('}').toString();
    }

    /// Answers the number of its node.
    private int operator(PlanOperator operator) {
        int node = nodes++;
        text.append("  n").append(node).append(" [label=\"");
        line(operator.name());
        for (Map.Entry<String, String> fact : operator.facts().entrySet()) {
            line(fact.getKey() + ": " + fact.getValue());
        }
        OperatorFigures figures = operator.figures();
        if (figures != null) {
            line(PlanText.figures(operator, figures));
        }
        text.append("\"];\n");
        for (PlanOperator input : operator.inputs()) {
            int below = operator(input);
            text.append("  n").append(below).append(" -> n").append(node).append(";\n");
        }
        return node;
    }

    /// A line of a label, at its left.
    private void line(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else {
                // A control character could end the label's line, or be none that Graphviz reads.
                text.append(Character.isISOControl(c) ? ' ' : c);
            }
        }
        text.append("\\l");
    }
}
