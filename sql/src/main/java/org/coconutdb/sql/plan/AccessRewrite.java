package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.metadata.RelMdUtil;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.ImmutableBitSet;
import org.apache.calcite.schema.TransientTable;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.QueryTable;
import org.coconutdb.sql.run.ColumnDomain;
import org.coconutdb.sql.run.RowCondition;
import org.jspecify.annotations.Nullable;

/// Replaces reads of tables, with the conditions and columns that stand directly above, by lookups and scans.
final class AccessRewrite {
    private final RelOptCluster cluster;
    private final RexBuilder rexBuilder;

    AccessRewrite(RelOptCluster cluster) {
        this.cluster = cluster;
        this.rexBuilder = cluster.getRexBuilder();
    }

    RelNode rewrite(RelNode rel) {
        if (rel instanceof Aggregate aggregate && readsNothing(aggregate)) {
            RelNode counted = rewrite(aggregate.getInput());
            CountAccess count = counted instanceof TableAccess access ? CountAccess.of(aggregate, access) : null;
            if (count != null) {
                return count;
            }
            return aggregate.copy(aggregate.getTraitSet(), List.of(counted instanceof TableAccess access ? access.keyOnly() : counted));
        }
        LogicalProject project = rel instanceof LogicalProject top && !top.containsOver() ? top : null;
        RelNode below = project == null ? rel : project.getInput();
        LogicalFilter filter = below instanceof LogicalFilter top ? top : null;
        RelNode leaf = filter == null ? below : filter.getInput();
        if (leaf instanceof TableScan scan) {
            RelNode access = access(scan, filter, project);
            if (access != null) {
                return access;
            }
        }
        return rewriteInputs(rel);
    }

    /// `COUNT(*)` of everything.
    private static boolean readsNothing(Aggregate aggregate) {
        return aggregate.getGroupSet().isEmpty()
                && aggregate.getAggCallList().stream().allMatch(call -> call.getArgList().isEmpty() && call.filterArg < 0);
    }

    private RelNode rewriteInputs(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
        for (RelNode input : rel.getInputs()) {
            inputs.add(rewrite(input));
        }
        RelNode ends = rel instanceof Aggregate aggregate ? KeyEnds.apply(aggregate, inputs.getFirst()) : null;
        if (ends != null) {
            return ends;
        }
        RelNode rewritten = inputs.isEmpty() ? rel : rel.copy(rel.getTraitSet(), inputs);
        return rewritten instanceof Sort sort ? OrderFromKey.apply(sort) : rewritten;
    }

    private @Nullable RelNode access(TableScan scan, @Nullable LogicalFilter filter, @Nullable LogicalProject project) {
        QueryTable table = scan.getTable().unwrap(QueryTable.class);
        if (table != null) {
            return tableAccess(table, scan, filter, project);
        }
        // Rows of a recursive query are no view: RowRecursion reads them.
        ViewAccess view = scan.getTable().unwrap(TransientTable.class) == null ? ViewAccess.of(scan) : null;
        if (view == null) {
            return null;
        }
        RelNode rel = filter == null ? view : filter.copy(filter.getTraitSet(), List.of(view));
        return project == null ? rel : project.copy(project.getTraitSet(), List.of(rel));
    }

    private RelNode tableAccess(QueryTable table, TableScan scan, @Nullable LogicalFilter filter, @Nullable LogicalProject project) {
        RelDataType tableType = scan.getRowType();
        ColumnDomain[] domains = TableDomains.of(table);
        Terms terms = new Terms(rexBuilder);
        ConditionText text = new ConditionText(tableType.getFieldNames());
        List<RexNode> conjuncts = filter == null ? List.of() : RelOptUtil.conjunctions(filter.getCondition());
        List<CatalogIndex> indexes = table instanceof CatalogTable stored ? stored.indexes() : List.of();
        ImmutableBitSet wanted = project == null ? ImmutableBitSet.range(tableType.getFieldCount())
                : RelOptUtil.InputFinder.bits(project.getProjects(), null).union(RelOptUtil.InputFinder.bits(conjuncts, null));
        AccessChoice.Chosen chosen = AccessChoice.choose(table, indexes, conjuncts, wanted, new KeyConditions(domains, terms, rexBuilder),
                text,
                used -> fraction(table, tableType, List.copyOf(used)));

        QueryTable rows = table.rows();
        RowConditions conditions = new RowConditions(TableDomains.of(rows), rows.rowType(cluster.getTypeFactory()), terms, rexBuilder);
        List<RexNode> pushed = new ArrayList<>();
        List<RowCondition> compiled = new ArrayList<>();
        List<RexNode> residual = new ArrayList<>();
        for (RexNode conjunct : conjuncts) {
            if (chosen.met().contains(conjunct)) {
                continue;
            }
            RexNode inRow = inRow(table, conjunct);
            RowCondition condition = inRow == null ? null : conditions.compile(inRow);
            if (condition == null) {
                residual.add(conjunct);
            } else {
                pushed.add(conjunct);
                compiled.add(condition);
            }
        }
        TableAccess.Pushed inPlace =
                compiled.isEmpty()
                        ? null
                        : new TableAccess.Pushed(pushed, compiled.size() == 1 ? compiled.getFirst() : new RowCondition.And(compiled));
        return above(table, tableType, chosen.path(), inPlace, residual, project);
    }

    private double fraction(QueryTable table, RelDataType tableType, List<RexNode> conjuncts) {
        return table instanceof CatalogTable stored ? Selectivity.ofWay(stored, tableType, conjuncts, rexBuilder)
                : conjuncts.stream().mapToDouble(RelMdUtil::guessSelectivity).reduce(1, (product, factor) -> product * factor);
    }

    /// The condition over columns of the row; null where it looks at what is not in the row.
    private static @Nullable RexNode inRow(QueryTable table, RexNode condition) {
        for (int column : RelOptUtil.InputFinder.bits(condition)) {
            if (table.rowColumn(column) < 0) {
                return null;
            }
        }
        return condition.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                int column = table.rowColumn(ref.getIndex());
                return column == ref.getIndex() ? ref : new RexInputRef(column, ref.getType());
            }
        });
    }

    /// Puts what remains of the condition and the columns above the access, which answers the columns that they need.
    private RelNode above(
            QueryTable table,
            RelDataType tableType,
            AccessPath path,
            TableAccess.@Nullable Pushed inPlace,
            List<RexNode> residual,
            @Nullable LogicalProject project) {
        int[] plain = project == null || !residual.isEmpty() ? null : plainColumns(project);
        if (plain != null) {
            return TableAccess.create(cluster, table, tableType, path, plain, inPlace, false);
        }
        int[] columns = project == null ? allColumns(tableType) : neededColumns(project, residual, table);
        RelNode rel = TableAccess.create(cluster, table, tableType, path, columns, inPlace, false);
        RexShuttle shifted = new Shifted(columns, rel.getRowType());
        if (!residual.isEmpty()) {
            RexNode condition = RexUtil.composeConjunction(rexBuilder, shifted.visitList(residual));
            // Rules leave casts that take the NULL from a type, which a filter does not accept: `x > ANY (SELECT …)` with a parameter.
            rel = LogicalFilter.create(rel, RexUtil.removeNullabilityCast(cluster.getTypeFactory(), condition));
        }
        if (project == null) {
            return rel;
        }
        List<RexNode> projects = shifted.visitList(project.getProjects());
        return RexUtil.isIdentity(projects, rel.getRowType())
                ? rel
                : LogicalProject.create(rel, project.getHints(), projects, project.getRowType(), project.getVariablesSet());
    }

    /// The columns of a projection that only picks columns, each once; null of any other.
    private static int @Nullable [] plainColumns(LogicalProject project) {
        Set<Integer> seen = new HashSet<>();
        int[] columns = new int[project.getProjects().size()];
        for (int i = 0; i < columns.length; i++) {
            if (!(project.getProjects().get(i) instanceof RexInputRef ref) || !seen.add(ref.getIndex())) {
                return null;
            }
            columns[i] = ref.getIndex();
        }
        return columns.length == 0 ? null : columns;
    }

    private static int[] allColumns(RelDataType tableType) {
        int[] columns = new int[tableType.getFieldCount()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = i;
        }
        return columns;
    }

    private static int[] neededColumns(LogicalProject project, List<RexNode> residual, QueryTable table) {
        ImmutableBitSet needed = RelOptUtil.InputFinder.bits(project.getProjects(), null);
        for (RexNode condition : residual) {
            needed = needed.union(RelOptUtil.InputFinder.bits(condition));
        }
        // A row without columns is a special case in many operators; COUNT(*) reads the first column of the key instead.
        return needed.isEmpty() ? new int[] {table.definition().primaryKey().getFirst()} : needed.toArray();
    }

    /// Lets references to columns of the table point at fields of the access.
    private static final class Shifted extends RexShuttle {
        private final int[] columns;
        private final RelDataType rowType;

        Shifted(int[] columns, RelDataType rowType) {
            this.columns = columns;
            this.rowType = rowType;
        }

        @Override
        public RexNode visitInputRef(RexInputRef ref) {
            return RexInputRef.of(java.util.Arrays.binarySearch(columns, ref.getIndex()), rowType);
        }
    }
}
