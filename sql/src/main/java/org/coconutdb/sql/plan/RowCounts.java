package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepRelVertex;
import org.apache.calcite.plan.volcano.RelSubset;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Calc;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinInfo;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.metadata.BuiltInMetadata;
import org.apache.calcite.rel.metadata.ChainedRelMetadataProvider;
import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.metadata.MetadataDef;
import org.apache.calcite.rel.metadata.MetadataHandler;
import org.apache.calcite.rel.metadata.ReflectiveRelMetadataProvider;
import org.apache.calcite.rel.metadata.RelMdUtil;
import org.apache.calcite.rel.metadata.RelMetadataProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexInputRef;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.QueryTable;
import org.jspecify.annotations.Nullable;

/// Guesses how many rows filters and joins have, in place of Calcite's guesses, which know no values: there each equality of a join leaves 15 of
/// 100 pairs. Here it leaves one in as many as there are different values, and at most one for each row where the other side's are unique.
public final class RowCounts implements MetadataHandler<BuiltInMetadata.RowCount> {
    /// All of Calcite's metadata, with these guesses, and without [UntoldOrigins]. One object: code is generated for each.
    static final RelMetadataProvider PROVIDER = ChainedRelMetadataProvider.of(
            List.of(
                    ReflectiveRelMetadataProvider.reflectiveSource(new RowCounts(), BuiltInMetadata.RowCount.Handler.class),
                    UntoldOrigins.PROVIDER,
                    DefaultRelMetadataProvider.INSTANCE));

    // What is known of values: where nothing is, a value in as many rows.
    private static final double ROWS_OF_A_VALUE = 10;

    private RowCounts() {}

    @Override
    public MetadataDef<BuiltInMetadata.RowCount> getDef() {
        return BuiltInMetadata.RowCount.DEF;
    }

    /// Called by Calcite.
    public Double getRowCount(Filter filter, RelMetadataQuery metadata) {
        RelNode input = bare(filter.getInput());
        CatalogTable table = input instanceof TableScan scan ? scan.getTable().unwrap(CatalogTable.class) : null;
        if (table == null) {
            return RelMdUtil.estimateFilteredRows(filter.getInput(), filter.getCondition(), metadata);
        }
        double fraction = Selectivity.of(table, input.getRowType(), RelOptUtil.conjunctions(filter.getCondition()), filter.getCluster()
                .getRexBuilder());
        return Math.max(1, metadata.getRowCount(input) * fraction);
    }

    /// Called by Calcite.
    public Double getRowCount(Join join, RelMetadataQuery metadata) {
        double left = metadata.getRowCount(join.getLeft());
        double right = metadata.getRowCount(join.getRight());
        JoinInfo info = join.analyzeCondition();
        double pairs = left * right;
        for (var other : info.nonEquiConditions) {
            pairs *= RelMdUtil.guessSelectivity(other);
        }
        if (!info.leftKeys.isEmpty()) {
            pairs /= keys(join, info, metadata, left, right);
        }
        double inner = Math.max(1, pairs);
        return switch (join.getJoinType()) {
            case LEFT -> Math.max(inner, left);
            case RIGHT -> Math.max(inner, right);
            case FULL -> Math.max(inner, left + right);
            case SEMI -> Math.min(left, inner);
            case ANTI -> Math.max(left / 10, left - inner);
            default -> inner;
        };
    }

    /// How many different keys there are to meet.
    private static double keys(Join join, JoinInfo info, RelMetadataQuery metadata, double left, double right) {
        // A key that is unique before any condition: each row of the other side meets one or none, and as many keys as the table has rows.
        if (Boolean.TRUE.equals(metadata.areColumnsUnique(join.getRight(), info.rightSet()))) {
            return Math.max(right, baseRows(join.getRight(), info.rightKeys.get(0)));
        }
        if (Boolean.TRUE.equals(metadata.areColumnsUnique(join.getLeft(), info.leftSet()))) {
            return Math.max(left, baseRows(join.getLeft(), info.leftKeys.get(0)));
        }
        double keys = 1;
        double weight = 1;
        for (int i = 0; i < info.leftKeys.size(); i++) {
            double values = Math.max(1, Math.max(values(join.getLeft(), info.leftKeys.get(i), left), values(join.getRight(), info.rightKeys
                    .get(
                            i), right)));
            // Columns of a key mostly depend on each other: each further one tells less apart.
            keys *= Math.pow(values, weight);
            weight /= 2;
        }
        return keys;
    }

    /// Different values of a field before any condition.
    private static double values(RelNode rel, int field, double rows) {
        Origin origin = origin(rel, field);
        return origin == null ? Math.max(1, rows / ROWS_OF_A_VALUE) : origin.table.distinct(origin.column);
    }

    /// Different values that a field can have as far as its table says; 1 where it is computed, and nothing is known.
    static double distinct(RelNode rel, int field) {
        Origin origin = origin(rel, field);
        return origin == null ? 1 : origin.table.distinct(origin.column);
    }

    private static double baseRows(RelNode rel, int field) {
        Origin origin = origin(rel, field);
        return origin == null ? 1 : origin.table.rowCount();
    }

    /// The column of a table that a field is.
    private record Origin(CatalogTable table, int column) {}

    private static @Nullable Origin origin(RelNode rel, int field) {
        return switch (bare(rel)) {
            case Project project -> project.getProjects().get(field) instanceof RexInputRef ref ? origin(project.getInput(), ref.getIndex())
                    : null;
            case Calc calc -> calc.getProgram().expandLocalRef(calc.getProgram().getProjectList().get(field)) instanceof RexInputRef ref
                    ? origin(calc.getInput(), ref.getIndex())
                    : null;
            case BlocksToEnumerable read -> origin(read.getInput(), field);
            case Filter filter -> origin(filter.getInput(), field);
            case Aggregate aggregate -> field < aggregate.getGroupCount() ? origin(aggregate.getInput(), aggregate.getGroupSet().nth(field))
                    : null;
            case Join join -> {
                int left = join.getLeft().getRowType().getFieldCount();
                yield field < left ? origin(join.getLeft(), field) : origin(join.getRight(), field - left);
            }
            case TableScan scan -> origin(scan.getTable().unwrap(QueryTable.class), field);
            case TableAccess access -> origin(access.queryTable(), access.column(field));
            default -> null;
        };
    }

    private static @Nullable Origin origin(@Nullable QueryTable table, int column) {
        return table instanceof CatalogTable stored ? new Origin(stored, column) : null;
    }

    private static RelNode bare(RelNode rel) {
        return switch (rel) {
            case HepRelVertex vertex -> bare(vertex.getCurrentRel());
            case RelSubset subset -> subset.getOriginal() == null ? subset : bare(subset.getOriginal());
            default -> rel;
        };
    }
}
