package org.coconutdb.sql.plan;

import java.util.Map;
import org.coconutdb.sql.run.OperatorFigures;
import org.jspecify.annotations.Nullable;

/// Writes a plan as JSON. Facts are fields of their operator, so none is called `operator`, `figures` or `inputs`.
final class PlanJson {
    private final StringBuilder text = new StringBuilder();

    private PlanJson() {}

    static String of(PlanOperator root, @Nullable PlanTimes times) {
        PlanJson json = new PlanJson();
        json.text.append("{\n  \"plan\": ");
        json.operator(root, "  ");
        if (times != null) {
            json.text.append(",\n  \"planningMillis\": ").append(PlanTimes.millis(times.planningNanos()));
            json.text.append(",\n  \"executionMillis\": ").append(PlanTimes.millis(times.executionNanos()));
        }
        return json.text.append("\n}").toString();
    }

    private void operator(PlanOperator operator, String indent) {
        text.append("{\n").append(indent).append("  \"operator\": ");
        string(operator.name());
        for (Map.Entry<String, String> fact : operator.facts().entrySet()) {
            text.append(",\n").append(indent).append("  ");
            string(fact.getKey());
            text.append(": ");
            string(fact.getValue());
        }
        if (operator.figures() != null) {
            text.append(",\n").append(indent).append("  \"figures\": ");
            figures(operator, operator.figures());
        }
        text.append(",\n").append(indent).append("  \"inputs\": [");
        String separator = "";
        for (PlanOperator input : operator.inputs()) {
            text.append(separator).append('\n').append(indent).append("    ");
            operator(input, indent + "    ");
            separator = ",";
        }
        text.append(operator.inputs().isEmpty() ? "]" : "\n" + indent + "  ]").append('\n').append(indent).append('}');
    }

    private void figures(PlanOperator operator, OperatorFigures figures) {
        text.append("{\"rows\": ").append(figures.rows()).append(", \"loops\": ").append(figures.loops());
        text.append(", \"totalMillis\": ").append(PlanTimes.millis(operator.totalNanos()));
        text.append(", \"selfMillis\": ").append(PlanTimes.millis(figures.selfNanos()));
        if (figures.heldBytesMax() > 0) {
            text.append(", \"heldBytesMax\": ").append(figures.heldBytesMax());
            text.append(", \"spilledBytes\": ").append(figures.spilledBytes());
        }
        if (figures.isRead()) {
            text.append(", \"entriesSeen\": ").append(figures.entriesSeen()).append(", \"rowsSeen\": ").append(figures.rowsSeen());
            text.append(", \"hotRows\": ").append(figures.rowsSeen() - figures.coldRows());
            text.append(", \"coldRows\": ").append(figures.coldRows()).append(", \"rowBytes\": ").append(figures.rowBytes());
            text.append(", \"blocks\": ").append(figures.blockCount());
        }
        text.append('}');
    }

    private void string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    // Half of a surrogate pair has no form in UTF-8.
                    if (c < ' ' || Character.isSurrogate(c)) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
