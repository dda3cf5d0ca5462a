package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.metadata.RelMdUtil;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnStatistics;
import org.coconutdb.sql.run.ColumnDomain;
import org.coconutdb.sql.run.KeyInterval;
import org.coconutdb.sql.run.KeyPart;
import org.coconutdb.sql.run.RowCondition;
import org.coconutdb.sql.run.SampleTest;
import org.coconutdb.sql.run.Term;
import org.jspecify.annotations.Nullable;

/// Guesses which part of a table's rows meets conditions, from the best that is known of each:
///
/// 1. what ANALYZE has found of the column, for conditions of one column with values; with parameters, what an average value leaves;
/// 2. some of the rows, on which the condition is tried, where it can be looked at without generated code and has no parameters; the number of
///    different values among them for an equality with a parameter;
/// 3. the condition's form.
///
/// For the choice of a way to rows ([#ofWay]), of a table that has few rows and was not analyzed, by their form alone: a plan outlives the rows that it was
/// made for, and to them all ways are short.
final class Selectivity {
    // Of a value, and of a range, of which nothing is known.
    private static final double EQUAL_ANY = 0.01;
    private static final double BETWEEN_ANY = 0.05;
    private static final double BEYOND_ANY = 0.33;

    private final CatalogTable table;
    private final RowConditions conditions;
    private final KeyConditions demands;
    private final boolean byForm;

    private Selectivity(CatalogTable table, RelDataType tableType, RexBuilder rexBuilder, boolean byForm) {
        this.byForm = byForm;
        ColumnDomain[] domains = TableDomains.of(table);
        Terms terms = new Terms(rexBuilder);
        this.table = table;
        this.conditions = new RowConditions(domains, tableType, terms, rexBuilder);
        this.demands = new KeyConditions(domains, terms, rexBuilder);
    }

    /// @param tableType of the table's row
    /// @param conjuncts over it
    static double of(CatalogTable table, RelDataType tableType, List<? extends RexNode> conjuncts, RexBuilder rexBuilder) {
        return new Selectivity(table, tableType, rexBuilder, false).of(conjuncts);
    }

    /// The same for the choice of a way to the rows.
    static double ofWay(CatalogTable table, RelDataType tableType, List<? extends RexNode> conjuncts, RexBuilder rexBuilder) {
        boolean byForm = table.statistics() == null && table.rowCount() < AccessChoice.ROWS_AT_LEAST;
        return new Selectivity(table, tableType, rexBuilder, byForm).of(conjuncts);
    }

    private double of(List<? extends RexNode> conjuncts) {
        double fraction = 1;
        // Two ends of one column, of two conditions, are one range.
        Map<Integer, Ends> open = new HashMap<>();
        for (RexNode conjunct : conjuncts) {
            KeyConditions.Demand demand = conjunct instanceof RexCall ? demands.read(conjunct) : null;
            if (demand instanceof KeyConditions.Ranges ranges && ranges.ranges().size() == 1) {
                Ends ends = open.computeIfAbsent(demand.column(), _ -> new Ends());
                if (ends.add(ranges.ranges().getFirst(), conjunct)) {
                    continue;
                }
            }
            fraction *= of(conjunct, demand);
        }
        for (Map.Entry<Integer, Ends> each : open.entrySet()) {
            Ends ends = each.getValue();
            double tried = statistics(each.getKey()) == null && !byForm ? tried(ends.conjuncts) : Double.NaN;
            fraction *= Double.isNaN(tried) ? between(each.getKey(), ends.lower, ends.upper) : tried;
        }
        return Math.clamp(fraction, 0, 1);
    }

    /// Ends of one column.
    private static final class Ends {
        private KeyInterval.@Nullable Bound lower;
        private KeyInterval.@Nullable Bound upper;
        private final List<RexNode> conjuncts = new ArrayList<>();

        /// Whether there was room.
        boolean add(KeyConditions.Ends more, RexNode conjunct) {
            if ((more.lower() != null && lower != null) || (more.upper() != null && upper != null)) {
                return false;
            }
            lower = more.lower() == null ? lower : more.lower();
            upper = more.upper() == null ? upper : more.upper();
            conjuncts.add(conjunct);
            return true;
        }
    }

    private @Nullable ColumnStatistics statistics(int column) {
        return table.statistics(column);
    }

    private double of(RexNode conjunct, KeyConditions.@Nullable Demand demand) {
        if (demand != null && (demand.exact() || byForm) && (byForm || statistics(demand.column()) != null || !isConstant(conjunct))) {
            return switch (demand) {
                case KeyConditions.Points points -> Math.min(1, points.values().stream().mapToDouble(value -> equal(points.column(), value))
                        .sum());
                case KeyConditions.Ranges ranges -> Math.min(1, ranges.ranges().stream().mapToDouble(ends -> between(ranges.column(), ends
                        .lower(), ends.upper())).sum());
            };
        }
        double nulls = nulls(conjunct);
        double known = Double.isNaN(nulls) ? tried(List.of(conjunct)) : nulls;
        return Double.isNaN(known) ? RelMdUtil.guessSelectivity(conjunct) : known;
    }

    /// Of IS NULL and IS NOT NULL; NaN of another, or where nothing is known.
    private double nulls(RexNode conjunct) {
        boolean isNull = conjunct.isA(SqlKind.IS_NULL);
        if ((!isNull && !conjunct.isA(SqlKind.IS_NOT_NULL)) || !(((RexCall) conjunct).getOperands()
                .getFirst() instanceof RexInputRef ref)) {
            return Double.NaN;
        }
        ColumnStatistics column = statistics(ref.getIndex());
        return column == null ? Double.NaN : isNull ? column.nullFraction() : 1 - column.nullFraction();
    }

    private double equal(int column, KeyPart part) {
        ColumnStatistics known = statistics(column);
        if (part.ofArray()) {
            return part.count() * equal(column, new KeyPart(part.domain(), part.term()));
        }
        if (known != null && part.term() instanceof Term.Constant(Object value) && !(value instanceof List<?>)) {
            Object stored = part.domain().equalTo(value);
            return stored == null ? 0 : known.equalTo(stored);
        }
        if (known != null) {
            return known.equalToAny();
        }
        return byForm ? EQUAL_ANY : 1 / table.distinct(column);
    }

    private double between(int column, KeyInterval.@Nullable Bound lower, KeyInterval.@Nullable Bound upper) {
        ColumnStatistics known = statistics(column);
        boolean areValues = (lower == null || lower.term() instanceof Term.Constant) && (upper == null || upper
                .term() instanceof Term.Constant);
        if (known == null || !areValues) {
            return lower != null && upper != null ? BETWEEN_ANY : BEYOND_ANY;
        }
        ColumnDomain.End from = end(lower, true);
        ColumnDomain.End to = end(upper, false);
        return from == null || to == null ? 0 : known.between(from.value(), to.value());
    }

    private static ColumnDomain.@Nullable End end(KeyInterval.@Nullable Bound bound, boolean isLower) {
        if (bound == null) {
            return ColumnDomain.End.NONE;
        }
        Object value = ((Term.Constant) bound.term()).value();
        return value == null ? null : isLower ? bound.domain().lowerEnd(value, bound.inclusive()) : bound.domain().upperEnd(value, bound
                .inclusive());
    }

    /// By the sample; NaN where it cannot say.
    private double tried(List<RexNode> conjuncts) {
        List<RowCondition> all = new ArrayList<>();
        for (RexNode conjunct : conjuncts) {
            RowCondition compiled = isConstant(conjunct) ? conditions.compile(conjunct) : null;
            if (compiled == null) {
                return Double.NaN;
            }
            all.add(compiled);
        }
        return SampleTest.fraction(table.sample(), all.size() == 1 ? all.getFirst() : new RowCondition.And(all));
    }

    private static boolean isConstant(RexNode condition) {
        boolean[] constant = {true};
        condition.accept(new RexShuttle() {
            @Override
            public RexNode visitDynamicParam(RexDynamicParam parameter) {
                constant[0] = false;
                return parameter;
            }

            @Override
            public RexNode visitCorrelVariable(RexCorrelVariable variable) {
                constant[0] = false;
                return variable;
            }

            @Override
            public RexNode visitSubQuery(RexSubQuery subQuery) {
                constant[0] = false;
                return subQuery;
            }
        });
        return constant[0];
    }
}
