package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.run.ColumnDomain;
import org.jspecify.annotations.Nullable;

/// Turns joins into lookups where one side is a table that has a key or an index over the columns that are compared, and the other side is
/// guessed to have so few rows that to look them up takes less than to read the table whole and hash it.
final class LookupJoins {
    // What a lookup and a row found by it cost, in rows of a scan that are decoded and hashed.
    private static final double POINT_COST = 2;
    private static final double RANGE_COST = 3;
    private static final double INDEXED_ROW_COST = 3;
    // Of two tables of 300,000 and 240,000 rows, joined in two blocks, hashing took 2.2 times the CPU time of lookups (docs/benchmarks.md): two threads are as quick by
    // either, and more are quicker by hashing, which they share.
    private static final double THREAD_SHARE = 0.46;
    // A plan outlives the number of rows that it was made for: a table that is small now is not read whole for that reason.
    private static final double ROWS_AT_LEAST = 1000;

    private final RexBuilder rexBuilder;
    private final RelMetadataQuery metadata;
    private final Parallelism parallelism;

    private LookupJoins(RelNode root, Parallelism parallelism) {
        this.parallelism = parallelism;
        this.rexBuilder = root.getCluster().getRexBuilder();
        this.metadata = root.getCluster().getMetadataQuery();
    }

    static RelNode apply(RelNode root, Parallelism parallelism) {
        return new LookupJoins(root, parallelism).rewrite(root);
    }

    private RelNode rewrite(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
        for (RelNode input : rel.getInputs()) {
            inputs.add(rewrite(input));
        }
        RelNode rewritten = inputs.equals(rel.getInputs()) ? rel : rel.copy(rel.getTraitSet(), inputs);
        return rewritten instanceof LogicalJoin join && join.getVariablesSet().isEmpty() ? best(join) : rewritten;
    }

    /// The join as it is, or the cheaper of its sides looked up.
    private RelNode best(LogicalJoin join) {
        JoinRelType type = join.getJoinType();
        Candidate best = null;
        if (type == JoinRelType.INNER || type == JoinRelType.LEFT || type == JoinRelType.SEMI || type == JoinRelType.ANTI) {
            best = candidate(join.getLeft(), join.getRight(), join.getCondition(), type);
        }
        boolean swapped = false;
        if (type == JoinRelType.INNER || type == JoinRelType.RIGHT) {
            int left = join.getLeft().getRowType().getFieldCount();
            int right = join.getRight().getRowType().getFieldCount();
            RexNode condition = moved(join.getCondition(), left, right);
            Candidate other = candidate(join.getRight(), join.getLeft(), condition, type == JoinRelType.RIGHT ? JoinRelType.LEFT : type);
            if (other != null && (best == null || other.cost < best.cost)) {
                best = other;
                swapped = true;
            }
        }
        LookupJoinRel merged = MergeJoins.of(join);
        if (merged != null && (best == null || best.cost > MergeJoins.rowsRead(merged))) {
            return merged;
        }
        if (best == null && type == JoinRelType.INNER) {
            LookupJoinRel other = MergeJoins.of(turned(join));
            return other == null ? join : inOrder(other, join);
        }
        if (best == null) {
            return join;
        }
        RelNode made = best.make();
        return swapped ? inOrder(made, join) : made;
    }

    /// The same with the sides in the other order, and so its fields.
    private static LogicalJoin turned(LogicalJoin join) {
        RexNode condition = moved(join.getCondition(), join.getLeft().getRowType().getFieldCount(), join.getRight()
                .getRowType()
                .getFieldCount());
        RelNode first = join.getRight();
        RelNode second = join.getLeft();
        return LogicalJoin.create(first, second, List.of(), condition, Set.of(), JoinRelType.INNER);
    }

    /// The condition with the sides in the other order.
    private static RexNode moved(RexNode condition, int left, int right) {
        return condition.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                int field = ref.getIndex();
                return new RexInputRef(field < left ? field + right : field - left, ref.getType());
            }
        });
    }

    /// The fields of the join as it was written.
    private RelNode inOrder(RelNode made, LogicalJoin join) {
        int left = join.getLeft().getRowType().getFieldCount();
        int right = join.getRight().getRowType().getFieldCount();
        List<RexNode> fields = new ArrayList<>();
        for (int field = 0; field < left + right; field++) {
            fields.add(rexBuilder.makeInputRef(made, field < left ? right + field : field - left));
        }
        return LogicalProject.create(made, List.of(), fields, join.getRowType().getFieldNames(), Set.of());
    }

    /// A way to look up one side.
    private record Candidate(
            RelNode outer,
            TableAccess inner,
            RexNode condition,
            JoinRelType type,
            int[] keyFields,
            @Nullable RexNode residual,
            double cost) {
        RelNode make() {
            return LookupJoinRel.create(outer, inner, condition, type, keyFields, residual);
        }
    }

    /// An equality of the condition.
    ///
    /// @param outer field of the outer side
    /// @param column of the table
    private record Pair(int outer, int column, RexNode written) {}

    private @Nullable Candidate candidate(RelNode outer, RelNode inner, RexNode condition, JoinRelType type) {
        LogicalFilter above = inner instanceof LogicalFilter filter ? filter : null;
        RelNode leaf = above == null ? inner : above.getInput();
        if (!(leaf instanceof TableAccess access) || !(access.path() instanceof AccessPath.Full)
                || !(access.queryTable() instanceof CatalogTable table)) {
            return null;
        }
        int shift = outer.getRowType().getFieldCount();
        List<RexNode> conjuncts = new ArrayList<>(RelOptUtil.conjunctions(condition));
        if (above != null) {
            // A row that the filter refuses is no pair, of whatever join.
            RelOptUtil.conjunctions(above.getCondition()).forEach(own -> conjuncts.add(RexUtil.shift(own, shift)));
        }
        List<Pair> pairs = pairs(conjuncts, access, table, outer);
        if (pairs.isEmpty()) {
            return null;
        }
        double outerRows = metadata.getRowCount(outer);
        double tableRows = Math.max(ROWS_AT_LEAST, access.tableRows());
        // The other way reads the whole table, and puts the rows of one side into a hash table.
        Candidate best = null;
        double bestCost = (tableRows + Math.min(outerRows, tableRows)) / Math.max(1, THREAD_SHARE * threads(outer, access, pairs));
        TableDefinition definition = table.definition();
        List<@Nullable CatalogIndex> ways = new ArrayList<>();
        ways.add(null);
        table.indexes().stream().filter(index -> index.definition().ready()).forEach(ways::add);
        for (CatalogIndex index : ways) {
            List<Integer> key = index == null ? definition.primaryKey() : index.definition().positions();
            List<Pair> used = used(pairs, key);
            boolean isSorted = index != null || definition.kind() == TableKind.SORTED;
            if (used.isEmpty() || (!isSorted && used.size() < key.size())) {
                continue;
            }
            boolean isWhole = used.size() == key.size() && (index == null || index.definition().unique());
            double each = isWhole ? 1 : table.rowsOfPrefix(index, used.size());
            double cost = outerRows * (isWhole && index == null ? POINT_COST : RANGE_COST + each * (index == null ? 1 : INDEXED_ROW_COST));
            if (cost < bestCost) {
                bestCost = cost;
                best = candidate(outer, access, condition, conjuncts, type, index, used, isWhole, each, cost);
            }
        }
        return best;
    }

    /// How many threads share the other way: several where rows that meet lie in one block of two hash tables.
    private int threads(RelNode outer, TableAccess inner, List<Pair> pairs) {
        List<Pair> key = used(pairs, inner.queryTable().definition().primaryKey());
        boolean isWhole = key.size() == inner.queryTable().definition().primaryKey().size();
        if (!isWhole || !inner.isInBlocks()) {
            return 1;
        }
        RelNode rel = outer;
        List<Integer> fields = new ArrayList<>(key.stream().map(Pair::outer).toList());
        while (rel instanceof LogicalFilter || rel instanceof LogicalProject) {
            if (rel instanceof LogicalProject project) {
                fields.replaceAll(field -> field >= 0 && project.getProjects().get(field) instanceof RexInputRef ref ? ref.getIndex() : -1);
            }
            rel = rel.getInput(0);
        }
        boolean isInBlocks = rel instanceof TableAccess access && access.isInBlocks() && access.space() == inner.space() && fields.equals(
                access
                        .keyFields()) && parallelism.isWorth(inner.tableRows() + access.tableRows());
        for (int i = 0; isInBlocks && i < fields.size(); i++) {
            isInBlocks = BlockFragments.areHashedAlike(rel.getRowType().getFieldList().get(fields.get(i)).getType(), inner.tableColumnType(
                    key.get(i).column()));
        }
        return isInBlocks ? parallelism.of(inner.queryTable().rows().descriptor()).threads() : 1;
    }

    private Candidate candidate(
            RelNode outer,
            TableAccess access,
            RexNode condition,
            List<RexNode> conjuncts,
            JoinRelType type,
            @Nullable CatalogIndex index,
            List<Pair> used,
            boolean isWhole,
            double each,
            double cost) {
        List<String> outerNames = outer.getRowType().getFieldNames();
        StringJoiner text = new StringJoiner(", ");
        TableDefinition definition = access.queryTable().definition();
        used.forEach(pair -> text.add(definition.columns().get(pair.column).name() + " = " + outerNames.get(pair.outer)));
        List<Integer> columns = used.stream().map(Pair::column).toList();
        TableAccess inner = access.by(new AccessPath.Joined(index, columns, isWhole, text.toString(), each));
        List<RexNode> rest = conjuncts.stream().filter(conjunct -> used.stream().noneMatch(pair -> pair.written.equals(conjunct))).toList();
        RexNode residual = rest.isEmpty() ? null : RexUtil.composeConjunction(rexBuilder, rest);
        // What was a filter of the table is a part of the condition now.
        RexNode whole = conjuncts.size() == RelOptUtil.conjunctions(condition).size() ? condition
                : RexUtil.composeConjunction(rexBuilder, conjuncts);
        return new Candidate(outer, inner, whole, type, used.stream().mapToInt(Pair::outer).toArray(), residual, cost);
    }

    /// For each of the key's first columns an equality, as far as there is one.
    private static List<Pair> used(List<Pair> pairs, List<Integer> key) {
        List<Pair> used = new ArrayList<>();
        for (int column : key) {
            Pair found = pairs.stream().filter(pair -> pair.column == column).findFirst().orElse(null);
            if (found == null) {
                break;
            }
            used.add(found);
        }
        return used;
    }

    private List<Pair> pairs(List<RexNode> conjuncts, TableAccess access, CatalogTable table, RelNode outer) {
        int shift = outer.getRowType().getFieldCount();
        ColumnDomain[] domains = TableDomains.of(table);
        Terms terms = new Terms(rexBuilder);
        List<Pair> pairs = new ArrayList<>();
        for (RexNode conjunct : conjuncts) {
            if (!conjunct.isA(SqlKind.EQUALS) || !(conjunct instanceof RexCall call)
                    || !(call.getOperands().get(0) instanceof RexInputRef first)
                    || !(call.getOperands().get(1) instanceof RexInputRef second)
                    || (first.getIndex() < shift) == (second.getIndex() < shift)) {
                continue;
            }
            RexInputRef outerField = first.getIndex() < shift ? first : second;
            RexInputRef innerField = first.getIndex() < shift ? second : first;
            int column = access.column(innerField.getIndex() - shift);
            // Floating-point numbers that are equal may differ in bits.
            if (!domains[column].isApproximate() && terms.column(innerField, outerField.getType()) != null) {
                pairs.add(new Pair(outerField.getIndex(), column, conjunct));
            }
        }
        return pairs;
    }
}
