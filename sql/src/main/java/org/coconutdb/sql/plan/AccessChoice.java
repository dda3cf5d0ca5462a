package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.QueryTable;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.run.KeyInterval;
import org.coconutdb.sql.run.KeyPart;
import org.jspecify.annotations.Nullable;

/// Chooses the way to a table's rows from the conditions on it: the whole key before ranges, ranges before everything; an index where it is
/// guessed to leave fewer rows.
final class AccessChoice {
    /// Keys or ranges of one statement at most, when several columns have lists of values: 100 × 100 of two columns.
    private static final int COMBINATIONS_MAX = 10_000;

    /// The way, the conditions that it goes by, and those of them that it already meets.
    record Chosen(AccessPath path, Set<RexNode> used, Set<RexNode> met) {}

    /// Guesses which part of the rows meets conditions.
    interface Guess {
        double fraction(Set<RexNode> conjuncts);
    }

    // What an index's row costs, in rows of a scan: an entry and then a row somewhere. Measured: docs/benchmarks.md, "Ways to rows".
    private static final double INDEX_ROW_COST = 12;
    // The same where the entry has all that is wanted.
    private static final double ENTRY_COST = 2;
    // A plan outlives the number of rows that it was made for: a table that is small now is not scanned for that reason.
    static final double ROWS_AT_LEAST = 1000;

    private final List<Integer> key;
    private final boolean sorted;
    private final KeyConditions conditions;
    private final ConditionText text;

    /// @param key positions of the primary key's columns, in key order
    AccessChoice(List<Integer> key, boolean sorted, KeyConditions conditions, ConditionText text) {
        this.key = key;
        this.sorted = sorted;
        this.conditions = conditions;
        this.text = text;
    }

    /// The cheapest way of these: by the primary key, or by one of the indexes that are ready.
    ///
    /// @param indexes of the table
    /// @param wanted columns that are looked at, by position in the table
    static Chosen choose(
            QueryTable table,
            List<CatalogIndex> indexes,
            List<RexNode> conjuncts,
            ImmutableBitSet wanted,
            KeyConditions conditions,
            ConditionText text,
            Guess guess) {
        TableDefinition definition = table.definition();
        Chosen best = guessed(new AccessChoice(definition.primaryKey(), definition.kind() == TableKind.SORTED, conditions, text).choose(
                conjuncts), guess);
        double rows = Math.max(ROWS_AT_LEAST, (double) table.rows().rowCount());
        double bestCost = best.path().rows(rows);
        for (CatalogIndex index : indexes) {
            Chosen other = index.definition().ready() ? byIndex(index, conjuncts, conditions, text, guess) : null;
            double each = Covering.covers(table, index, wanted) ? ENTRY_COST : INDEX_ROW_COST;
            double cost = other == null ? Double.MAX_VALUE : each * other.path().rows(rows);
            if (other != null && cost < bestCost) {
                best = other;
                bestCost = cost;
            }
        }
        return best;
    }

    private static @Nullable Chosen byIndex(
            CatalogIndex index,
            List<RexNode> conjuncts,
            KeyConditions conditions,
            ConditionText text,
            Guess guess) {
        Chosen chosen = new AccessChoice(index.definition().positions(), true, conditions, text).choose(conjuncts);
        boolean unique = index.definition().unique();
        AccessPath path = switch (chosen.path()) {
            case AccessPath.Point(List<KeyPart> key, String shown, Set<Integer> fixed) ->
                    new AccessPath.Index(index, List.of(whole(key)), shown, fixed, unique, unique ? 0 : guess.fraction(chosen.used()));
            case AccessPath.MultiPoint(List<List<KeyPart>> keys, String shown, Set<Integer> fixed) ->
                    new AccessPath.Index(index, keys.stream().map(AccessChoice::whole).toList(), shown, fixed, unique,
                            unique ? 0 : guess.fraction(chosen.used()));
            case AccessPath.Ranges(List<KeyInterval> intervals, String shown, Set<Integer> fixed, _) ->
                    new AccessPath.Index(index, intervals, shown, fixed, false, guess.fraction(chosen.used()));
            case AccessPath.Index _,AccessPath.Full _,AccessPath.Joined _ -> null;
        };
        return path == null ? null : new Chosen(path, chosen.used(), chosen.met());
    }

    /// With ranges of the primary key of a size that is guessed, where it matters.
    private static Chosen guessed(Chosen chosen, Guess guess) {
        return chosen.path() instanceof AccessPath.Ranges(List<KeyInterval> intervals, String shown, Set<Integer> fixed, _)
                ? new Chosen(new AccessPath.Ranges(intervals, shown, fixed, guess.fraction(chosen.used())), chosen.used(), chosen.met())
                : chosen;
    }

    private static KeyInterval whole(List<KeyPart> key) {
        return new KeyInterval(key, null, null);
    }

    Chosen choose(List<RexNode> conjuncts) {
        List<KeyConditions.Demand> demands = new ArrayList<>();
        for (RexNode conjunct : conjuncts) {
            KeyConditions.Demand demand = conditions.read(conjunct);
            if (demand != null && key.contains(demand.column())) {
                demands.add(demand);
            }
        }
        Chosen byColumns = byColumns(demands);
        if (byColumns != null && !(byColumns.path() instanceof AccessPath.Ranges)) {
            return byColumns;
        }
        for (RexNode conjunct : conjuncts) {
            Chosen byKeys = byWholeKeys(conjunct);
            if (byKeys != null) {
                return byKeys;
            }
        }
        return byColumns != null ? byColumns : new Chosen(new AccessPath.Full(), Set.of(), Set.of());
    }

    /// Walks the key's columns in order, as far as each has a list of values; then one column may have ranges.
    private @Nullable Chosen byColumns(List<KeyConditions.Demand> demands) {
        List<List<KeyPart>> prefixes = List.of(List.of());
        Set<RexNode> met = new HashSet<>();
        Set<RexNode> used = new LinkedHashSet<>();
        Set<Integer> fixed = new HashSet<>();
        int length = 0;
        while (length < key.size()) {
            KeyConditions.Points points = points(demands, key.get(length));
            if (points == null || (prefixes.size() > 1 && (long) prefixes.size() * points.count() > COMBINATIONS_MAX)) {
                break;
            }
            prefixes = product(prefixes, points.values());
            used.add(points.source());
            if (points.exact()) {
                met.add(points.source());
            }
            if (points.isOne()) {
                fixed.add(points.column());
            }
            length++;
        }
        if (length == key.size()) {
            AccessPath path =
                    prefixes.size() == 1 && prefixes.getFirst().stream().noneMatch(KeyPart::ofArray)
                            ? new AccessPath.Point(prefixes.getFirst(), text.of(used), fixed)
                            : new AccessPath.MultiPoint(prefixes, text.of(used), fixed);
            return new Chosen(path, used, met);
        }
        return sorted ? ranges(demands, prefixes, length, used, met, fixed) : null;
    }

    private @Nullable Chosen ranges(
            List<KeyConditions.Demand> demands,
            List<List<KeyPart>> prefixes,
            int length,
            Set<RexNode> used,
            Set<RexNode> met,
            Set<Integer> fixed) {
        List<KeyConditions.Ends> ends = ends(demands, key.get(length), prefixes.size(), used, met);
        if (length == 0 && ends.isEmpty()) {
            return null;
        }
        List<KeyInterval> intervals = new ArrayList<>();
        for (List<KeyPart> prefix : prefixes) {
            if (ends.isEmpty()) {
                intervals.add(new KeyInterval(prefix, null, null));
            }
            for (KeyConditions.Ends end : ends) {
                intervals.add(new KeyInterval(prefix, end.lower(), end.upper()));
            }
        }
        return new Chosen(new AccessPath.Ranges(intervals, text.of(used), fixed, 1), used, met);
    }

    private static KeyConditions.@Nullable Points points(List<KeyConditions.Demand> demands, int column) {
        KeyConditions.Points fewest = null;
        for (KeyConditions.Demand demand : demands) {
            if (demand instanceof KeyConditions.Points points
                    && points.column() == column
                    && (fewest == null || points.count() < fewest.count())) {
                fewest = points;
            }
        }
        return fewest;
    }

    /// The ranges of a column: one range from the ends that several conditions give, or else a list of them from one condition.
    private static List<KeyConditions.Ends> ends(
            List<KeyConditions.Demand> demands,
            int column,
            int prefixes,
            Set<RexNode> used,
            Set<RexNode> met) {
        KeyInterval.Bound lower = null;
        KeyInterval.Bound upper = null;
        for (KeyConditions.Demand demand : demands) {
            if (!(demand instanceof KeyConditions.Ranges ranges) || ranges.column() != column || ranges.ranges().size() != 1) {
                continue;
            }
            KeyConditions.Ends ends = ranges.ranges().getFirst();
            boolean lowerFits = ends.lower() == null || lower == null;
            boolean upperFits = ends.upper() == null || upper == null;
            if (lowerFits && upperFits) {
                lower = ends.lower() == null ? lower : ends.lower();
                upper = ends.upper() == null ? upper : ends.upper();
                used.add(ranges.source());
                if (ranges.exact()) {
                    met.add(ranges.source());
                }
            }
        }
        return lower == null && upper == null
                ? listOfRanges(demands, column, prefixes, used, met)
                : List.of(new KeyConditions.Ends(lower, upper));
    }

    private static List<KeyConditions.Ends> listOfRanges(
            List<KeyConditions.Demand> demands,
            int column,
            int prefixes,
            Set<RexNode> used,
            Set<RexNode> met) {
        for (KeyConditions.Demand demand : demands) {
            if (demand instanceof KeyConditions.Ranges ranges
                    && ranges.column() == column
                    && ranges.ranges().size() > 1
                    && (long) ranges.ranges().size() * prefixes <= COMBINATIONS_MAX) {
                used.add(ranges.source());
                if (ranges.exact()) {
                    met.add(ranges.source());
                }
                return ranges.ranges();
            }
        }
        return List.of();
    }

    private static List<List<KeyPart>> product(List<List<KeyPart>> prefixes, List<KeyPart> values) {
        List<List<KeyPart>> longer = new ArrayList<>(prefixes.size() * values.size());
        for (List<KeyPart> prefix : prefixes) {
            for (KeyPart value : values) {
                List<KeyPart> next = new ArrayList<>(prefix.size() + 1);
                next.addAll(prefix);
                next.add(value);
                longer.add(next);
            }
        }
        return longer;
    }

    /// `(a = 1 AND b = 2) OR (a = 3 AND b = 4) OR …`, as `(a, b) IN (…)` becomes.
    private @Nullable Chosen byWholeKeys(RexNode conjunct) {
        if (!(conjunct instanceof RexCall or) || !or.isA(SqlKind.OR)) {
            return null;
        }
        List<List<KeyPart>> keys = new ArrayList<>(or.getOperands().size());
        boolean exact = true;
        for (RexNode branch : or.getOperands()) {
            @Nullable KeyPart[] parts = new KeyPart[key.size()];
            for (RexNode part : RelOptUtil.conjunctions(branch)) {
                KeyConditions.Demand demand = part.isA(SqlKind.OR) ? null : conditions.read(part);
                int position = demand instanceof KeyConditions.Points points && points.isOne() ? key.indexOf(points.column())
                        : -1;
                if (position < 0 || parts[position] != null || !(demand instanceof KeyConditions.Points points)) {
                    exact = false;
                    continue;
                }
                parts[position] = points.values().getFirst();
                exact &= points.exact();
            }
            List<KeyPart> whole = new ArrayList<>(parts.length);
            for (KeyPart part : parts) {
                if (part == null) {
                    return null;
                }
                whole.add(part);
            }
            keys.add(whole);
        }
        return new Chosen(new AccessPath.MultiPoint(keys, text.of(List.of(conjunct)), Set.of()), Set.of(conjunct),
                exact ? Set.of(conjunct) : Set.of());
    }
}
