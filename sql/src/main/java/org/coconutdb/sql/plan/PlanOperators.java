package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
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

/// Makes of operators of the planner what EXPLAIN shows: columns have their names, and what only helps to run stays out.
final class PlanOperators {
    private PlanOperators() {}

    /// Whether it stands for itself, and so has a number in [RunFigures].
    static boolean isShown(RelNode node) {
        return !(node instanceof BlocksToEnumerable || node instanceof CancelPoint || node instanceof HoldPoint
                || node instanceof MeasurePoint);
    }

    static PlanOperator of(RelNode node) {
        if (!isShown(node)) {
            return of(node.getInput(0));
        }
        List<PlanOperator> inputs = node.getInputs().stream().map(PlanOperators::of).toList();
        PlanOperator shown = of(node, inputs);
        BlockDistribution distribution = BlockDistributionDef.of(node);
        if (!distribution.inBlocks()) {
            return shown;
        }
        Map<String, String> facts = new LinkedHashMap<>(shown.facts());
        facts.put("distribution", distribution.text(node.getRowType().getFieldNames()));
        return new PlanOperator(shown.name(), facts, inputs);
    }

    private static PlanOperator of(RelNode node, List<PlanOperator> inputs) {
        return switch (node) {
            case TableAccess access -> new PlanOperator(access.operator(), access.facts(), inputs);
            case CountAccess count -> new PlanOperator("RowCount", count.facts(), inputs);
            case ViewAccess view -> new PlanOperator("ViewScan", Map.of("view", view.name()), inputs);
            case EnumerableCalc calc -> new PlanOperator("Calc", calc(calc), inputs);
            case Project project -> new PlanOperator("Project", project(project), inputs);
            case EnumerableLimit limit -> new PlanOperator("Limit", bounds(limit.offset, limit.fetch), inputs);
            case Sort sort -> new PlanOperator(sort.offset != null || sort.fetch != null ? "TopSort" : "Sort", sort(sort), inputs);
            case LookupJoinRel join -> new PlanOperator(join.isMerge() ? "MergeJoin" : "LookupJoin", join(join), inputs);
            case RowJoin join -> new PlanOperator(join.hasKeys() ? "HashJoin" : "NestedLoops", join(join), inputs);
            case Join join -> new PlanOperator(name(node), join(join), inputs);
            case Gather gather -> new PlanOperator("Gather", gather.facts(), inputs);
            case Aggregate aggregate -> new PlanOperator("Aggregate", aggregate(aggregate), inputs);
            case Values values -> new PlanOperator("Values", Map.of("rows", String.valueOf(values.getTuples().size())), inputs);
            case RowSets operation -> new PlanOperator(operation.shownName(), Map.of(operation.all ? "all" : "distinct", "true"), inputs);
            case SetOp operation -> new PlanOperator(name(node), Map.of(operation.all ? "all" : "distinct", "true"), inputs);
            case Window window -> new PlanOperator("Window", Map.of("functions", functions(window)), inputs);
            case RowRecursion _ -> new PlanOperator("RepeatUnion", Map.of(), inputs);
            case RowRecursion.Spool _ -> new PlanOperator("TableSpool", Map.of(), inputs);
            case RowRecursion.Scan _ -> new PlanOperator("TableScan", Map.of(), inputs);
            case Correlate correlate -> new PlanOperator("NestedLoops", correlate(correlate), inputs);
            default -> new PlanOperator(name(node), Map.of(), inputs);
        };
    }

    /// The class's name without Calcite's prefix.
    private static String name(RelNode node) {
        String name = node.getRelTypeName();
        if (node instanceof RowUnnest) {
            return "Unnest";
        }
        return name.startsWith("Enumerable") ? name.substring("Enumerable".length()) : name;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static Map<String, String> calc(EnumerableCalc calc) {
        RexProgram program = calc.getProgram();
        ConditionText expressions = new ConditionText(calc.getInput().getRowType().getFieldNames());
        Map<String, String> facts = new LinkedHashMap<>();
        RexLocalRef condition = program.getCondition();
        if (condition != null) {
            facts.put("filter", expressions.of(program.expandLocalRef(condition)));
        }
        if (!program.projectsOnlyIdentity()) {
            List<RexNode> projects = program.getProjectList().stream().map(program::expandLocalRef).toList();
            facts.put("columns", columns(projects, program.getOutputRowType().getFieldNames(), expressions));
        }
        return facts;
    }

    /// As a [PointPlan] has it: a projection of generated code is a Calc.
    private static Map<String, String> project(Project project) {
        ConditionText expressions = new ConditionText(project.getInput().getRowType().getFieldNames());
        return Map.of("columns", columns(project.getProjects(), project.getRowType().getFieldNames(), expressions));
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

    private static Map<String, String> bounds(@Nullable RexNode offset, @Nullable RexNode fetch) {
        ConditionText plain = new ConditionText(List.of());
        Map<String, String> facts = new LinkedHashMap<>();
        if (offset != null) {
            facts.put("offset", plain.of(offset));
        }
        if (fetch != null) {
            facts.put("rows", plain.of(fetch));
        }
        return facts;
    }

    private static Map<String, String> sort(Sort sort) {
        List<String> names = sort.getInput().getRowType().getFieldNames();
        StringJoiner keys = new StringJoiner(", ");
        for (RelFieldCollation field : sort.getCollation().getFieldCollations()) {
            keys.add(names.get(field.getFieldIndex()) + (field.getDirection().isDescending() ? " DESC" : ""));
        }
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("by", keys.toString());
        facts.putAll(bounds(sort.offset, sort.fetch));
        return facts;
    }

    private static Map<String, String> join(Join join) {
        List<String> names = new ArrayList<>(join.getLeft().getRowType().getFieldNames());
        names.addAll(join.getRight().getRowType().getFieldNames());
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("type", lower(join.getJoinType()));
        facts.put("on", new ConditionText(names).of(join.getCondition()));
        return facts;
    }

    private static Map<String, String> correlate(Correlate correlate) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("type", lower(correlate.getJoinType()));
        facts.put("correlated", "true");
        return facts;
    }

    private static Map<String, String> aggregate(Aggregate aggregate) {
        List<String> names = aggregate.getInput().getRowType().getFieldNames();
        Map<String, String> facts = new LinkedHashMap<>();
        if (!aggregate.getGroupSet().isEmpty()) {
            facts.put("by", String.join(", ", aggregate.getGroupSet().asList().stream().map(names::get).toList()));
        }
        if (aggregate instanceof RowGroups groups && groups.phase() != RowGroups.Phase.WHOLE) {
            facts.put("phase", lower(groups.phase()));
        }
        if (aggregate.getGroupType() != Aggregate.Group.SIMPLE) {
            facts.put("sets", String.valueOf(aggregate.getGroupSets().size()));
        }
        if (!aggregate.getAggCallList().isEmpty()) {
            StringJoiner calls = new StringJoiner(", ");
            aggregate.getAggCallList().forEach(call -> calls.add(call(call, names)));
            facts.put("functions", calls.toString());
        }
        return facts;
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
