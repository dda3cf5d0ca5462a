package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollationTraitDef;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.metadata.RelMdUtil;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.QueryTable;
import org.coconutdb.sql.run.ColumnDomain;
import org.coconutdb.sql.run.EntryRead;
import org.coconutdb.sql.run.GatherShape;
import org.coconutdb.sql.run.GatheredSource;
import org.coconutdb.sql.run.IndexScan;
import org.coconutdb.sql.run.KeyInterval;
import org.coconutdb.sql.run.LookupSource;
import org.coconutdb.sql.run.MultiPointLookup;
import org.coconutdb.sql.run.PointLookup;
import org.coconutdb.sql.run.RangeScan;
import org.coconutdb.sql.run.RowCondition;
import org.coconutdb.sql.run.RowCounting;
import org.coconutdb.sql.run.RowSource;
import org.coconutdb.sql.run.TableRead;
import org.coconutdb.sql.run.TableScan;
import org.jspecify.annotations.Nullable;

/// Reads a table by an [AccessPath], looks at a condition on the row in place, and decodes the columns that are wanted.
///
/// What a sorted table or an index answers comes in key order, so it carries that order as its collation ([RowsOrder]); a hash table has none.
final class TableAccess extends AbstractRelNode implements BlockRel {
    /// What of a condition is looked at in the row.
    ///
    /// @param rex over all columns of the table, for EXPLAIN and estimates
    /// @param compiled the same
    record Pushed(List<RexNode> rex, RowCondition compiled) {}

    private final QueryTable table;
    private final RelDataType tableType;
    private final AccessPath path;
    private final int[] columns;
    private final @Nullable Pushed filter;
    private final boolean reverse;
    // Null where rows have to be read.
    private final @Nullable EntryRead entries;
    // Who reads blocks side by side; null where one thread reads all, or that of a fragment its block.
    private final @Nullable Parallelism parallel;

    private TableAccess(
            RelOptCluster cluster,
            RelTraitSet traits,
            QueryTable table,
            RelDataType tableType,
            AccessPath path,
            int[] columns,
            @Nullable Pushed filter,
            boolean reverse,
            @Nullable EntryRead entries,
            @Nullable Parallelism parallel) {
        super(cluster, traits);
        this.parallel = parallel;
        this.table = table;
        this.tableType = tableType;
        this.path = path;
        this.columns = columns;
        this.filter = filter;
        this.reverse = reverse;
        this.entries = entries;
    }

    /// @param columns wanted, by position in the table, in order of the output; at least one
    static TableAccess create(
            RelOptCluster cluster,
            QueryTable table,
            RelDataType tableType,
            AccessPath path,
            int[] columns,
            @Nullable Pushed filter,
            boolean reverse) {
        RelTraitSet traits =
                cluster.traitSetOf(CoconutConvention.INSTANCE)
                        .replace(RelCollationTraitDef.INSTANCE.canonize(collation(RowsOrder.of(table, path), columns, reverse)));
        CatalogIndex index = index(path);
        EntryRead entries = index == null ? null
                : Covering.of(table, tableType, index, columns, filter == null ? List.of() : filter.rex(), cluster.getRexBuilder());
        return new TableAccess(cluster, traits, table, tableType, path, columns.clone(), filter, reverse, entries, null);
    }

    private static @Nullable CatalogIndex index(AccessPath path) {
        return switch (path) {
            case AccessPath.Index index -> index.index();
            case AccessPath.Joined joined -> joined.index();
            case AccessPath.Point _,AccessPath.MultiPoint _,AccessPath.Ranges _,AccessPath.Full _ -> null;
        };
    }

    private static RelCollation collation(List<RowsOrder> order, int[] columns, boolean reverse) {
        List<RelFieldCollation> fields = new ArrayList<>();
        for (RowsOrder part : order) {
            int field = indexOf(columns, part.column());
            if (field < 0) {
                break;
            }
            fields.add(part.collation(field, reverse));
        }
        return RelCollations.of(fields);
    }

    private static int indexOf(int[] columns, int column) {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] == column) {
                return i;
            }
        }
        return -1;
    }

    QueryTable queryTable() {
        return table;
    }

    AccessPath path() {
        return path;
    }

    boolean reverse() {
        return reverse;
    }

    /// Whether it reads all rows of a table that is spread over blocks.
    boolean isInBlocks() {
        return path instanceof AccessPath.Full && table instanceof CatalogTable && table.definition().kind() == TableKind.HASH;
    }

    /// The number of the block space that it reads.
    int space() {
        return table.rows().descriptor().options().space();
    }

    /// Fields that are the primary key, by which the rows of a hash table are spread; null where not all of it is answered.
    @Nullable
    List<Integer> keyFields() {
        List<Integer> fields = table.definition().primaryKey().stream().map(column -> indexOf(columns, column)).toList();
        return fields.contains(-1) ? null : fields;
    }

    /// The same rows read block by block by several threads, where they are few of many.
    TableAccess inParallel(Parallelism parallelism) {
        return inParallel(parallelism, estimateRowCount(getCluster().getMetadataQuery()));
    }

    /// The same where they are only counted.
    TableAccess countedInParallel(Parallelism parallelism) {
        return inParallel(parallelism, 1);
    }

    private TableAccess inParallel(Parallelism parallelism, double answered) {
        if (!isInBlocks() || !parallelism.isWorth(tableRows(), answered)) {
            return this;
        }
        Parallelism inItsSpace = parallelism.of(table.rows().descriptor());
        return inItsSpace.threads() > 1
                ? new TableAccess(getCluster(), traitSet, table, tableType, path, columns, filter, reverse, entries, inItsSpace)
                : this;
    }

    /// Position in the table of a field of the output.
    int column(int field) {
        return columns[field];
    }

    /// Each field of the output, as an expression.
    List<RexInputRef> fields() {
        return IntStream.range(0, columns.length).mapToObj(field -> RexInputRef.of(field, getRowType())).toList();
    }

    RelDataType tableColumnType(int column) {
        return tableType.getFieldList().get(column).getType();
    }

    /// Rows of the whole table.
    double tableRows() {
        return Math.max(1, table.rows().rowCount());
    }

    /// The same rows with nothing but the key's first column: a row without columns is a special case in many operators.
    TableAccess keyOnly() {
        CatalogIndex index = index(path);
        int[] key = {index == null ? table.definition().primaryKey().getFirst() : index.definition().positions().getFirst()};
        return create(getCluster(), table, tableType, path, key, filter, reverse);
    }

    /// Whether there is one row at most.
    boolean isOneRow() {
        return path instanceof AccessPath.Point || (path instanceof AccessPath.Index index && index.isWhole() && index.intervals().size()
                == 1 && !index.intervals().getFirst().isOfArray());
    }

    /// Whether it looks up whole keys, which is the best way for any number of rows.
    boolean isByKeys() {
        return path instanceof AccessPath.Point || path instanceof AccessPath.MultiPoint;
    }

    /// The same rows by another way.
    TableAccess by(AccessPath other) {
        return create(getCluster(), table, tableType, other, columns, filter, false);
    }

    /// Whether nothing is read but entries of an index.
    boolean isOfEntries() {
        return entries != null;
    }

    /// The same rows but those that are NULL in a column, where it is the next one of an index behind what all rows found have alike; else the same.
    TableAccess withoutNulls(int column) {
        if (!(path instanceof AccessPath.Index(CatalogIndex index, List<KeyInterval> intervals, String text, Set<
                Integer> fixed, boolean isWhole, double fraction))) {
            return this;
        }
        List<Integer> key = index.definition().positions();
        boolean isNext = intervals.stream().allMatch(interval -> interval.columnsWithoutNulls() == interval.prefix().size()
                && interval.prefix().size() < key.size() && key.get(interval.prefix().size()) == column);
        List<KeyInterval> without = intervals.stream().map(interval -> new KeyInterval(interval.prefix(), null, null, true)).toList();
        return isNext ? by(new AccessPath.Index(index, without, text, fixed, isWhole, fraction)) : this;
    }

    boolean isFiltered() {
        return filter != null;
    }

    TableAccess reversed() {
        return create(getCluster(), table, tableType, path, columns, filter, !reverse);
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new TableAccess(getCluster(), traits, table, tableType, path, columns, filter, reverse, entries, parallel);
    }

    @Override
    protected RelDataType deriveRowType() {
        RelDataTypeFactory.Builder builder = getCluster().getTypeFactory().builder();
        for (int column : columns) {
            builder.add(tableType.getFieldList().get(column));
        }
        return builder.uniquify().build();
    }

    @Override
    public double estimateRowCount(RelMetadataQuery metadata) {
        double rows = path.rows(tableRows());
        if (filter != null && !(path instanceof AccessPath.Point)) {
            rows *= table instanceof CatalogTable stored
                    ? Selectivity.of(stored, tableType, filter.rex(), getCluster().getRexBuilder())
                    : filter.rex().stream().mapToDouble(RelMdUtil::guessSelectivity).reduce(1, (product, factor) -> product * factor);
        }
        return Math.max(1, rows);
    }

    @Override
    public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
        double touched = path.rows(tableRows());
        return planner.getCostFactory().makeCost(touched, touched, 0);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        // Also the digest by which the planner tells nodes apart, so everything that makes a difference is here.
        super.explainTerms(writer)
                .item("table", table.definition().qualifiedName())
                .item("path", path)
                .item("columns", java.util.Arrays.toString(columns))
                .item("reverse", reverse);
        return writer.itemIf("filter", filter == null ? null : filter.rex(), filter != null);
    }

    /// What EXPLAIN calls it.
    String operator() {
        return entries == null ? path.name() : path.name().replace("Index", "IndexOnly");
    }

    /// What EXPLAIN shows, by name and in this order.
    Map<String, String> facts() {
        List<String> names = tableType.getFieldNames();
        Map<String, String> facts = new java.util.LinkedHashMap<>();
        facts.put("table", table.definition().qualifiedName());
        boolean isRange = path instanceof AccessPath.Ranges;
        if (path instanceof AccessPath.Index index) {
            facts.put("index", index.index().toString());
            isRange = !index.isWhole();
        }
        if (path instanceof AccessPath.Joined joined) {
            isRange = !joined.isWhole();
            if (joined.index() != null) {
                facts.put("index", joined.index().toString());
            }
        }
        if (!path.text().isEmpty()) {
            facts.put(isRange ? "range" : "key", path.text());
        }
        facts.put("columns", String.join(", ", java.util.Arrays.stream(columns).mapToObj(names::get).toList()));
        if (filter != null) {
            facts.put("filter", new ConditionText(names).of(filter.rex()));
        }
        if (reverse) {
            facts.put("order", "reverse");
        }
        if (parallel != null) {
            facts.put("parallel", String.valueOf(parallel.threads()));
        }
        return facts;
    }

    @Override
    public RowSource source() {
        RowSource rows = source(new TableRead(table, columns, filter == null ? null : filter.compiled()), entries);
        GatherShape shape = shape();
        return shape == null ? rows : new GatheredSource(rows, shape);
    }

    private @Nullable GatherShape shape() {
        return parallel == null ? null : parallel.shape(List.of(table.rows().descriptor()));
    }

    private RowSource source(TableRead read, @Nullable EntryRead fromEntries) {
        return switch (path) {
            case AccessPath.Point point -> new PointLookup(read, point.key());
            case AccessPath.MultiPoint points -> new MultiPointLookup(read, points.keys(), reverse);
            case AccessPath.Ranges ranges -> new RangeScan(read, ranges.intervals(), reverse);
            case AccessPath.Index index -> new IndexScan(read, index.index(), fromEntries, index.intervals(), reverse);
            case AccessPath.Full _ -> new TableScan(read, reverse);
            case AccessPath.Joined _ -> throw new IllegalStateException("a join starts it");
        };
    }

    /// Counts the rows.
    RowSource count() {
        CatalogIndex index = index(path);
        EntryRead without = index == null ? null
                : Covering.of(table, tableType, index, new int[0], filter == null ? List.of() : filter.rex(), getCluster().getRexBuilder());
        TableRead read = new TableRead(table, new int[0], filter == null ? null : filter.compiled());
        boolean isWhole = path instanceof AccessPath.Full && filter == null;
        return new RowCounting(source(read, without), isWhole ? read : null, shape());
    }

    /// What a join asks, where the path is [AccessPath.Joined].
    ///
    /// @param measuredAs number of this operator in what EXPLAIN ANALYZE counts; [LookupSource#NOT_MEASURED] in other plans
    LookupSource lookups(int measuredAs) {
        AccessPath.Joined joined = (AccessPath.Joined) path;
        ColumnDomain[] domains = TableDomains.of(table);
        TableRead read = new TableRead(table, columns, filter == null ? null : filter.compiled());
        return new LookupSource(read, joined.index(), entries, joined.columns().stream().map(column -> domains[column]).toList(), joined
                .isWhole(),
                measuredAs);
    }
}
