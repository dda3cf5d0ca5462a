package org.coconutdb.sql.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Writes random queries over some tables.
final class QueryWriter {
    /// @param from ` FROM …`
    private record From(Piece from, Scope scope) {}

    private final Tables tables;
    private final Chance chance;
    private final Expressions expressions;
    private int aliases;
    private boolean inJoin;

    QueryWriter(Tables tables, Chance chance) {
        this.tables = tables;
        this.chance = chance;
        this.expressions = new Expressions(chance, this);
    }

    Expressions expressions() {
        return expressions;
    }

    /// Any query; its rows come in any order unless it begins with an `ORDER BY` of its own, see [#ordered].
    Piece query() {
        return switch (chance.below(12)) {
            case 0, 1 -> grouped();
            case 2 -> windows();
            case 3 -> setOperation();
            case 4 -> with();
            case 5 -> groupingSets();
            case 6, 7 -> ordered();
            case 8 -> Piece.of(Kind.QUERY, "SELECT ", aggregates(chance.pick(1, 2, 3), from(Scope.empty(), 2)));
            default -> {
                From from = from(Scope.empty(), chance.pick(1, 1, 2, 3));
                Selection selection = selection(from);
                yield Piece.of(Kind.QUERY, "SELECT ", Piece.of(Kind.PART, chance.oneIn(4) ? "DISTINCT " : "").asOptional(), selection
                        .columns(),
                        selection.from(), Piece.of(Kind.PART, " WHERE ", selection.condition()).asOptional());
            }
        };
    }

    Selection selection() {
        return selection(from(Scope.empty(), chance.pick(1, 1, 2, 3)));
    }

    private Selection selection(From from) {
        return new Selection(columns(from.scope, chance.pick(1, 2, 3)), from.from, expressions.condition(from.scope, 3));
    }

    private Piece columns(Scope scope, int count) {
        return separated(count, i -> Piece.of(Kind.PART, value(scope), " AS v" + i));
    }

    private Piece value(Scope scope) {
        return chance.oneIn(2) ? expressions.anyColumn(scope) : expressions.value(scope, expressions.kind(), 2);
    }

    private static Piece separated(int count, IntFunction<Piece> item) {
        List<Object> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Piece piece = item.apply(i);
            parts.add(i == 0 ? piece : Piece.of(Kind.PART, ", ", piece).asOptional());
        }
        return Piece.of(Kind.PART, parts.toArray());
    }

    private From from(Scope outer, int count) {
        From first = table(outer);
        List<Object> parts = new ArrayList<>(List.of(" FROM ", first.from));
        Scope scope = new Scope(first.scope.own(), outer.outer(), first.scope.keys());
        for (int i = 1; i < count; i++) {
            From next = table(outer);
            Scope joined = scope.with(next.scope);
            if (chance.oneIn(8)) {
                parts.add(Piece.of(Kind.PART, " CROSS JOIN ", next.from).asOptional());
            } else {
                Piece join = chance.oneIn(6) ? Piece.of(Kind.PART, " FULL JOIN ").notFor(Peer.H2)
                        : Piece.of(Kind.PART, chance.pick(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " LEFT JOIN "));
                parts.add(Piece.of(Kind.PART, join, next.from, " ON ", joinCondition(scope, next.scope, joined)).asOptional());
            }
            scope = joined;
        }
        return new From(Piece.of(Kind.PART, parts.toArray()), scope);
    }

    private Piece joinCondition(Scope left, Scope right, Scope joined) {
        inJoin = true;
        Piece condition = anyJoinCondition(left, right, joined);
        inJoin = false;
        return condition;
    }

    private Piece anyJoinCondition(Scope left, Scope right, Scope joined) {
        List<Piece> equal = left.own().stream()
                .flatMap(one -> right.own().stream().filter(other -> other.kind() == one.kind()).map(other -> Piece.of(Kind.CONDITION, one
                        .text(), " = ", other.text())))
                .toList();
        // Not of the queries around: H2 does not know them there.
        Scope own = joined.onlyOwn();
        if (equal.isEmpty() || chance.oneIn(6)) {
            return expressions.condition(own, 1);
        }
        Piece first = chance.pick(equal);
        return chance.oneIn(3) ? Piece.of(Kind.CONDITION, "(", first, chance.pick(" AND ", " AND ", " OR "), expressions.condition(own, 1),
                ")")
                : first;
    }

    private From table(Scope outer) {
        String alias = "r" + aliases++;
        Tables.Table table = chance.pick(tables.tables());
        List<Scope.Name> names = table.columns().stream().map(column -> new Scope.Name(alias + "." + column.name(), column.kind()))
                .toList();
        List<Scope.Name> keys = table.keyColumns().stream().map(names::get).toList();
        if (!chance.oneIn(6)) {
            return new From(Piece.of(Kind.PART, table.name() + " " + alias), new Scope(names, List.of(), keys));
        }
        String inner = "r" + aliases++;
        Scope innerScope = new Scope(table.columns().stream().map(column -> new Scope.Name(inner + "." + column.name(), column.kind()))
                .toList(), List.of(), List.of());
        if (chance.oneIn(2)) {
            return distinct(table, alias, inner, innerScope);
        }
        Piece derived = Piece.of(Kind.PART, "(SELECT * FROM ", table.name(), " ", inner, Piece.of(Kind.PART, " WHERE ", expressions
                .condition(
                        innerScope, 1)).asOptional(), ") " + alias);
        return new From(derived, new Scope(names, List.of(), keys));
    }

    /// Different values of some columns, mostly of rows that have one value in another: each column may then be unique without the table's being so.
    private From distinct(Tables.Table table, String alias, String inner, Scope innerScope) {
        List<Tables.Column> columns = IntStream.range(0, chance.pick(1, 2, 2)).mapToObj(_ -> chance.pick(table.columns())).distinct()
                .toList();
        Scope.Name held = chance.pick(innerScope.own());
        Piece condition = held.kind() == Kind.CONDITION || chance.oneIn(3) ? expressions.condition(innerScope, 1)
                : Piece.of(Kind.CONDITION, "(" + held.text() + " = ", expressions.literal(held.kind(), false), ")");
        Piece derived = Piece.of(Kind.PART, "(SELECT DISTINCT " + columns.stream().map(column -> inner + "." + column.name()).collect(
                Collectors
                        .joining(", ")) + " FROM " + table.name() + " " + inner, Piece.of(Kind.PART, " WHERE ", condition).asOptional(),
                ") " + alias);
        List<Scope.Name> names = columns.stream().map(column -> new Scope.Name(alias + "." + column.name(), column.kind())).toList();
        return new From(derived, new Scope(names, List.of(), names));
    }

    /// What stands behind `SELECT` in a query with aggregates and no groups.
    private Piece aggregates(int count, From from) {
        return Piece.of(Kind.PART, separated(count, i -> Piece.of(Kind.PART, aggregate(from.scope), " AS v" + i)), from.from, where(
                from.scope));
    }

    Piece aggregate(Scope scope) {
        Piece filter = Piece.of(Kind.PART, chance.oneIn(4)
                ? Piece.of(Kind.PART, " FILTER (WHERE ", expressions.condition(scope.onlyOwn(), 1), ")")
                : "").asOptional();
        String distinct = chance.oneIn(4) ? "DISTINCT " : "";
        Kind of = chance.pick(Kind.NUMBER, Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DECIMAL, Kind.TIMESTAMP, Kind.MOMENT);
        return switch (chance.below(6)) {
            case 0 -> Piece.of(Kind.NUMBER, "COUNT(*)", filter);
            case 1 -> Piece.of(Kind.NUMBER, "COUNT(" + distinct, expressions.value(scope, of, 1), ")", filter);
            case 2 -> Piece.of(of, chance.pick("MIN(", "MAX("), expressions.value(scope, of, 1), ")", filter);
            // H2's average of doubles is a decimal.
            case 3 -> average(expressions.column(scope.onlyOwn(), Kind.NUMBER), distinct, filter);
            default -> Piece.of(Kind.NUMBER, "SUM(" + distinct, expressions.value(scope, Kind.NUMBER, 1), ")", filter);
        };
    }

    private Piece where(Scope scope) {
        return Piece.of(Kind.PART, chance.oneIn(3) ? "" : Piece.of(Kind.PART, " WHERE ", expressions.condition(scope, 2))).asOptional();
    }

    private Piece grouped() {
        From from = from(Scope.empty(), chance.pick(1, 2, 2));
        List<Piece> groups = IntStream.range(0, chance.pick(1, 1, 2)).mapToObj(_ -> expressions.anyColumn(from.scope)).toList();
        Piece having = chance.oneIn(2) ? Piece.of(Kind.PART, "")
                : Piece.of(Kind.PART, " HAVING ", Piece.of(Kind.CONDITION, "(", aggregateNumber(from.scope), expressions.operator(), ""
                        + chance
                                .below(5), ")")).asOptional();
        return Piece.of(Kind.QUERY, "SELECT ", separated(groups.size(), groups::get), ", ", separated(chance.pick(1, 2), _ -> aggregate(
                from.scope)), from.from, where(from.scope), " GROUP BY ", separated(groups.size(), groups::get), having);
    }

    private Piece aggregateNumber(Scope scope) {
        return Piece.of(Kind.NUMBER, chance.pick("COUNT(", "SUM(", "MAX("), expressions.value(scope, Kind.NUMBER, 1), ")");
    }

    private Piece groupingSets() {
        From from = from(Scope.empty(), chance.pick(1, 2));
        Scope.Name one = chance.pick(from.scope.own());
        Scope.Name two = chance.pick(from.scope.own());
        String sets = chance.pick("ROLLUP (#, @)", "CUBE (#, @)", "GROUPING SETS ((#, @), (@), ())", "GROUPING SETS ((#), (@))");
        return Piece.of(Kind.QUERY, "SELECT " + one.text() + ", " + two.text() + ", ", separated(chance.pick(1, 2), _ -> aggregate(
                from.scope)),
                from.from, where(from.scope), " GROUP BY ", Piece.of(Kind.PART, sets.replace("#", one.text()).replace("@", two.text()))
                        .notFor(
                                Peer.H2, Peer.SQLITE));
    }

    private Piece windows() {
        From from = from(Scope.empty(), chance.pick(1, 1, 2));
        // A whole order: by the keys of all tables that take part.
        List<String> keys = from.scope.keys().stream().map(key -> key.text() + chance.pick("", " DESC") + chance.pick(" NULLS FIRST",
                " NULLS LAST")).toList();
        String partition = chance.oneIn(2) ? "PARTITION BY " + chance.pick(from.scope.own()).text() + " " : "";
        String over = " OVER (" + partition + "ORDER BY " + String.join(", ", keys);
        String coarse = " OVER (" + partition + "ORDER BY " + chance.pick(from.scope.own()).text() + chance.pick(" NULLS LAST",
                " DESC NULLS FIRST") + ")";
        String frame = chance.pick("", " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
                " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
                " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING");
        return Piece.of(Kind.QUERY, "SELECT ", separated(chance.pick(1, 2, 3), _ -> switch (chance.below(5)) {
            case 0 -> Piece.of(Kind.NUMBER, "ROW_NUMBER()" + over + ")");
            case 1 -> Piece.of(Kind.NUMBER, chance.pick("RANK()", "DENSE_RANK()", "COUNT(*)") + coarse);
            case 2 -> Piece.of(Kind.PART, chance.pick("LAG(", "LEAD("), expressions.anyColumn(from.scope), chance.pick("", ", 2"), ")"
                    + over
                    + ")");
            case 3 -> Piece.of(Kind.PART, chance.pick("FIRST_VALUE(", "LAST_VALUE("), expressions.anyColumn(from.scope), ")" + over + frame
                    + ")");
            default -> Piece.of(Kind.NUMBER, chance.pick("SUM(", "MIN(", "MAX(", "COUNT("), expressions.value(scope(from), Kind.NUMBER, 1),
                    ")"
                            + over + frame + ")");
        }), from.from, where(from.scope));
    }

    private static Scope scope(From from) {
        return from.scope;
    }

    private Piece setOperation() {
        List<Kind> kinds = IntStream.range(0, chance.pick(1, 2, 2)).mapToObj(_ -> expressions.kind()).toList();
        Piece left = side(kinds);
        Piece both = Piece.of(Kind.QUERY, left, operation(), side(kinds));
        return chance.oneIn(3)
                ? Piece.of(Kind.QUERY, "SELECT * FROM (", both, ") r" + aliases++, operation(), side(kinds))
                : both;
    }

    private Piece operation() {
        String all = chance.pick("INTERSECT ALL", "EXCEPT ALL");
        return chance.oneIn(8) ? Piece.of(Kind.PART, " " + all + " ").notFor(Peer.H2, Peer.SQLITE)
                : Piece.of(Kind.PART, chance.pick(" UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT "));
    }

    /// Values of the given kinds, cast to one type each.
    private Piece side(List<Kind> kinds) {
        From from = from(Scope.empty(), chance.pick(1, 1, 2));
        return Piece.of(Kind.QUERY, "SELECT ", separated(kinds.size(), i -> Piece.of(Kind.PART, expressions.value(from.scope, kinds.get(i),
                1),
                " AS v" + i)), from.from, where(from.scope));
    }

    /// Sorted by all that it answers.
    private Piece ordered() {
        From from = from(Scope.empty(), chance.pick(1, 1, 2, 3));
        List<Kind> kinds = IntStream.range(0, chance.pick(1, 2, 3)).mapToObj(_ -> expressions.kind()).toList();
        Piece columns = Piece.of(Kind.PART, IntStream.range(0, kinds.size())
                .mapToObj(i -> Piece.of(Kind.PART, i == 0 ? "" : ", ", chance.oneIn(3) ? expressions.value(from.scope, kinds.get(i), 1)
                        : expressions.anyColumn(from.scope), " AS v" + i))
                .toArray());
        List<String> order = IntStream.range(0, kinds.size())
                .mapToObj(i -> "v" + i + chance.pick("", " DESC") + chance.pick(" NULLS FIRST", " NULLS LAST"))
                .toList();
        return Piece.of(Kind.QUERY, "SELECT ", Piece.of(Kind.PART, chance.oneIn(4) ? "DISTINCT " : "").asOptional(), columns, from.from,
                Piece.of(Kind.PART, " WHERE ", expressions.condition(from.scope, 3)).asOptional(), " ORDER BY " + String.join(", ", order),
                Piece.of(Kind.PART, chance.oneIn(3) ? "" : " LIMIT " + chance.below(6) + (chance.oneIn(2) ? "" : " OFFSET " + chance.below(
                        4))).asOptional());
    }

    private Piece with() {
        String name = "w" + aliases++;
        String alias = "r" + aliases++;
        if (chance.oneIn(2)) {
            Kind one = expressions.kind();
            Kind two = chance.pick(Kind.NUMBER, Kind.TEXT);
            Piece rows = separated(1 + chance.below(4), _ -> Piece.of(Kind.PART, "(", expressions.value(Scope.empty(), one, 1), ", ",
                    expressions.value(Scope.empty(), two, 1), ")"));
            Scope scope = new Scope(List.of(new Scope.Name(alias + ".a", one), new Scope.Name(alias + ".b", two)), List.of(), List.of());
            return Piece.of(Kind.QUERY, "WITH " + name + " (a, b) AS (VALUES ", rows, ") SELECT ", columns(scope, 2), " FROM " + name + " "
                    + alias, where(scope));
        }
        From from = from(Scope.empty(), chance.pick(1, 2));
        Kind one = expressions.kind();
        Piece inner = Piece.of(Kind.QUERY, "SELECT ", Piece.of(Kind.PART, chance.oneIn(2) ? "DISTINCT " : "").asOptional(), expressions
                .value(from.scope, one, 1), " AS a, ", expressions.value(from.scope,
                        Kind.NUMBER,
                        1), " AS b", from.from, where(from.scope));
        String second = "r" + aliases++;
        Scope scope = new Scope(List.of(new Scope.Name(alias + ".a", one), new Scope.Name(alias + ".b", Kind.NUMBER), new Scope.Name(second
                + ".a", one), new Scope.Name(second + ".b", Kind.NUMBER)), List.of(), List.of());
        return Piece.of(Kind.QUERY, "WITH " + name + " (a, b) AS (", inner, ") SELECT ", columns(scope, 2), " FROM " + name + " " + alias,
                chance.pick(" JOIN ", " LEFT JOIN "), name + " " + second + " ON " + alias + ".b = " + second + ".b", where(scope));
    }

    /// What a subquery may name of the queries around it: nothing in ON, where such subqueries are refused for outer joins (0A000).
    private Scope outerOf(Scope around) {
        return inJoin ? Scope.empty() : around.around();
    }

    Piece subqueryCondition(Scope around) {
        Scope outer = outerOf(around);
        Kind of = chance.pick(Kind.NUMBER, Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DECIMAL);
        Piece left = expressions.column(around, of);
        From from = from(outer, chance.pick(1, 1, 1, 2));
        Piece where = Piece.of(Kind.PART, " WHERE ", correlated(from.scope)).asOptional();
        Piece query = Piece.of(Kind.PART, "SELECT ", expressions.column(chance.oneIn(5) ? from.scope : from.scope.onlyOwn(), of), from.from,
                where);
        return switch (chance.below(5)) {
            case 0, 1 -> Piece.of(Kind.CONDITION, chance.pick("(EXISTS (", "(NOT EXISTS ("), query, "))");
            case 2, 3 -> Piece.of(Kind.CONDITION, "(", left, chance.pick(" IN (", " NOT IN ("), query, "))");
            default -> Piece.of(Kind.CONDITION, "(", left, expressions.operator(), Piece.of(Kind.PART, chance.pick("ALL (", "ANY ("))
                    .notFor(
                            Peer.SQLITE), query, "))");
        };
    }

    private Piece correlated(Scope scope) {
        List<Piece> equal = scope.outer().stream()
                .flatMap(one -> scope.own().stream().filter(other -> other.kind() == one.kind()).map(other -> Piece.of(Kind.CONDITION, one
                        .text(), " = ", other.text())))
                .toList();
        if (equal.isEmpty() || chance.oneIn(3)) {
            return expressions.condition(chance.oneIn(2) ? scope : scope.onlyOwn(), 1);
        }
        Piece first = chance.pick(equal);
        return chance.oneIn(3) ? Piece.of(Kind.CONDITION, "(", first, chance.pick(" AND ", " OR "), expressions.condition(scope, 1), ")")
                : first;
    }

    /// A subquery of one row.
    Piece scalar(Scope around, Kind of) {
        From from = from(outerOf(around), 1);
        Piece value = of == Kind.CONDITION ? Piece.of(Kind.CONDITION, "(COUNT(*) > 1)")
                : Piece.of(of, chance.pick("MIN(", "MAX("), expressions.column(from.scope.onlyOwn(), of), ")");
        return Piece.of(of, "(SELECT ", value, from.from, Piece.of(Kind.PART, " WHERE ", correlated(from.scope)).asOptional(), ")");
    }

    /// Not of the largest numbers: beside them doubles forget the others, each in the order in which it adds.
    private static Piece average(Piece column, String distinct, Piece filter) {
        return Piece.of(Kind.DOUBLE, "CAST(AVG(" + distinct + "CASE WHEN ", column, " BETWEEN -1000000000 AND 1000000000 THEN CAST(",
                column,
                " AS DOUBLE PRECISION) END)", filter, " AS DOUBLE PRECISION)");
    }
}
