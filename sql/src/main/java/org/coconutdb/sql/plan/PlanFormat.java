package org.coconutdb.sql.plan;

import org.jspecify.annotations.Nullable;

/// How EXPLAIN writes a plan.
public enum PlanFormat {
    /// One operator a line, inputs indented by two.
    TEXT {
        @Override
        public String write(PlanOperator root, @Nullable PlanTimes times) {
            return PlanText.of(root, times);
        }
    },
    /// An object with the plan: of each operator its name, its facts, its figures where there are any, and its inputs.
    JSON {
        @Override
        public String write(PlanOperator root, @Nullable PlanTimes times) {
            return PlanJson.of(root, times);
        }
    },
    /// A directed graph for Graphviz; rows flow along the edges.
    DOT {
        @Override
        public String write(PlanOperator root, @Nullable PlanTimes times) {
            return PlanDot.of(root, times);
        }
    };

    /// @param times of the whole statement; null where it was not executed
    public abstract String write(PlanOperator root, @Nullable PlanTimes times);
}
