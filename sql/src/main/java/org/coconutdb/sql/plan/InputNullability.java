package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;

/// Lets projections and filters know of their inputs' columns what the inputs say, whether they can be NULL.
///
/// Calcite's converter takes MIN, MAX and such of expressions for nullable above an aggregate over GROUPING SETS, ROLLUP or CUBE that does
/// not, and fails on the difference when it makes code.
final class InputNullability extends RelHomogeneousShuttle {
    private InputNullability() {}

    static RelNode fit(RelNode rel) {
        return rel.accept(new InputNullability());
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other).accept(new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery subQuery) {
                RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
                return visited.clone(visited.rel.accept(InputNullability.this));
            }
        });
        return switch (node) {
            case LogicalProject project -> fit(project);
            case LogicalFilter filter -> filter.copy(filter.getTraitSet(), filter.getInput(), filter.getCondition()
                    .accept(new Fitting(filter.getInput())));
            default -> node;
        };
    }

    private static RelNode fit(LogicalProject project) {
        Fitting fitting = new Fitting(project.getInput());
        List<RexNode> fitted = fitting.visitList(project.getProjects());
        return !fitting.changed ? project
                : LogicalProject.create(project.getInput(), project.getHints(), fitted, project.getRowType().getFieldNames(), project
                        .getVariablesSet());
    }

    private static final class Fitting extends RexShuttle {
        private final List<RelDataTypeField> fields;
        private final RexBuilder rexBuilder;
        private boolean changed;

        Fitting(RelNode input) {
            this.fields = input.getRowType().getFieldList();
            this.rexBuilder = input.getCluster().getRexBuilder();
        }

        @Override
        public RexNode visitInputRef(RexInputRef ref) {
            RelDataType type = fields.get(ref.getIndex()).getType();
            if (ref.getType().isNullable() == type.isNullable()) {
                return ref;
            }
            changed = true;
            return rexBuilder.makeInputRef(type, ref.getIndex());
        }
    }
}
