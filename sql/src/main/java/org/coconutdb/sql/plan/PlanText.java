package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.calcite.adapter.enumerable.EnumerableCalc;
import org.apache.calcite.adapter.enumerable.EnumerableLimit;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rex.RexLocalRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;
import org.apache.calcite.rex.RexInputRef;
import org.jspecify.annotations.Nullable;

/// Writes a plan as EXPLAIN shows it: one operator a line, inputs indented by two, columns by their names.
final class PlanText {
    private final StringBuilder text = new StringBuilder();

    private PlanText() {}

    static String of(RelNode root) {
        PlanText plan = new PlanText();
        plan.write(root, 0);
        return plan.text.toString().stripTrailing();
    }

    private void write(RelNode node, int depth) {
        if (node instanceof BlocksToEnumerable || node instanceof CancelPoint) {
            write(node.getInput(0), depth);
            return;
        }
        text.append("  ".repeat(depth));
        switch (node) {
            case TableAccess access -> line(access.path().name(), access.facts());
            case ViewAccess view -> line("ViewScan", Map.of("view", view.name()));
            case EnumerableCalc calc -> calc(calc);
            case Project project -> project(project);
            case EnumerableLimit limit -> limit(limit);
            case Sort sort -> sort(sort);
            case Join join -> join(join);
            case Aggregate aggregate -> aggregate(aggregate);
            case Values values -> text.append("Values(rows=[").append(values.getTuples().size()).append("])");
            case SetOp operation -> text.append(name(node)).append(operation.all ? "(all=[true])" : "(distinct=[true])");
            case Window window -> text.append(name(node)).append("(functions=[").append(functions(window)).append("])");
            case Correlate correlate -> text.append("NestedLoops(correlated, type=[")
                    .append(lower(correlate.getJoinType()))
                    .append("])");
            default -> text.append(name(node));
        }
        text.append('\n');
        for (RelNode input : node.getInputs()) {
            write(input, depth + 1);
        }
    }

    private void line(String name, Map<String, String> facts) {
        StringJoiner joiner = new StringJoiner(", ", name + "(", ")");
        facts.forEach((fact, value) -> joiner.add(fact + "=[" + value + "]"));
        text.append(joiner);
    }

    /// The class's name without Calcite's prefix.
    private static String name(RelNode node) {
        String name = node.getRelTypeName();
        return name.startsWith("Enumerable") ? name.substring("Enumerable".length()) : name;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    private void calc(EnumerableCalc calc) {
        RexProgram program = calc.getProgram();
        ConditionText expressions = new ConditionText(calc.getInput().getRowType().getFieldNames());
        StringJoiner joiner = new StringJoiner(", ", "Calc(", ")");
        RexLocalRef condition = program.getCondition();
        if (condition != null) {
            joiner.add("filter=[" + expressions.of(program.expandLocalRef(condition)) + "]");
        }
        if (!program.projectsOnlyIdentity()) {
            List<RexNode> projects = program.getProjectList().stream().map(program::expandLocalRef).toList();
            joiner.add("columns=[" + columns(projects, program.getOutputRowType().getFieldNames(), expressions) + "]");
        }
        text.append(joiner);
    }

    /// As a [PointPlan] has it: a projection of generated code is a Calc.
    private void project(Project project) {
        ConditionText expressions = new ConditionText(project.getInput().getRowType().getFieldNames());
        text.append("Project(columns=[").append(columns(project.getProjects(), project.getRowType().getFieldNames(), expressions)).append(
                "])");
    }

    private static String columns(List<RexNode> projects, List<String> names, ConditionText expressions) {
        StringJoiner columns = new StringJoiner(", ");
        for (int i = 0; i < names.size(); i++) {
            RexNode expression = projects.get(i);
            String written = expressions.of(expression);
            columns.add(expression instanceof RexInputRef || generated(names.get(i)) || written.equals(names.get(i)) ? written : names
                    .get(i) + "=" + written);
        }
        return columns.toString();
    }

    private static boolean generated(String name) {
        return name.startsWith("EXPR$") || name.startsWith("$");
    }

    private void limit(EnumerableLimit limit) {
        text.append("Limit(").append(bounds(limit.offset, limit.fetch)).append(')');
    }

    private static String bounds(@Nullable RexNode offset, @Nullable RexNode fetch) {
        ConditionText plain = new ConditionText(List.of());
        StringJoiner joiner = new StringJoiner(", ");
        if (offset != null) {
            joiner.add("offset=[" + plain.of(offset) + "]");
        }
        if (fetch != null) {
            joiner.add("rows=[" + plain.of(fetch) + "]");
        }
        return joiner.toString();
    }

    private void sort(Sort sort) {
        List<String> names = sort.getInput().getRowType().getFieldNames();
        StringJoiner keys = new StringJoiner(", ");
        for (RelFieldCollation field : sort.getCollation().getFieldCollations()) {
            keys.add(names.get(field.getFieldIndex()) + (field.getDirection().isDescending() ? " DESC" : ""));
        }
        boolean limited = sort.offset != null || sort.fetch != null;
        text.append(limited ? "TopSort" : "Sort").append("(by=[").append(keys).append(']');
        text.append(limited ? ", " + bounds(sort.offset, sort.fetch) : "").append(')');
    }

    private void join(Join join) {
        List<String> names = new ArrayList<>(join.getLeft().getRowType().getFieldNames());
        names.addAll(join.getRight().getRowType().getFieldNames());
        String name = join instanceof LookupJoinRel ? "LookupJoin" : name(join).replace("NestedLoopJoin", "NestedLoops");
        text.append(name).append("(type=[").append(lower(join.getJoinType())).append("], on=[");
        text.append(new ConditionText(names).of(join.getCondition())).append("])");
    }

    private void aggregate(Aggregate aggregate) {
        List<String> names = aggregate.getInput().getRowType().getFieldNames();
        StringJoiner joiner = new StringJoiner(", ", "Aggregate(", ")");
        if (!aggregate.getGroupSet().isEmpty()) {
            joiner.add("by=[" + String.join(", ", aggregate.getGroupSet().asList().stream().map(names::get).toList()) + "]");
        }
        if (aggregate.getGroupType() != Aggregate.Group.SIMPLE) {
            joiner.add("sets=[" + aggregate.getGroupSets().size() + "]");
        }
        if (!aggregate.getAggCallList().isEmpty()) {
            StringJoiner calls = new StringJoiner(", ");
            aggregate.getAggCallList().forEach(call -> calls.add(call(call, names)));
            joiner.add("functions=[" + calls + "]");
        }
        text.append(joiner);
    }

    private static String call(AggregateCall call, List<String> names) {
        String arguments = String.join(", ", call.getArgList().stream().map(names::get).toList());
        String written = call.getAggregation().getName() + "(" + (call.isDistinct() ? "DISTINCT " : "") + arguments + ")";
        return call.filterArg >= 0 ? written + " FILTER " + names.get(call.filterArg) : written;
    }

    private static String functions(Window window) {
        StringJoiner joiner = new StringJoiner(", ");
        window.groups.forEach(group -> group.aggCalls.forEach(call -> joiner.add(call.getOperator().getName())));
        return joiner.toString();
    }
}
