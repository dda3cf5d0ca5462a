package org.coconutdb.sql.corpus;

import java.util.ArrayList;
import java.util.List;

/// Writes values and conditions over a scope.
final class Expressions {
    private final Chance chance;
    private final QueryWriter queries;

    Expressions(Chance chance, QueryWriter queries) {
        this.chance = chance;
        this.queries = queries;
    }

    Kind kind() {
        return chance.pick(Kind.NUMBER, Kind.NUMBER, Kind.NUMBER, Kind.TEXT, Kind.TEXT, Kind.CONDITION, Kind.DECIMAL, Kind.DOUBLE,
                Kind.DATE,
                Kind.TIMESTAMP, Kind.MOMENT);
    }

    Piece literal(Kind kind, boolean bare) {
        String type = switch (kind) {
            case NUMBER -> "INT";
            case DECIMAL -> "DECIMAL(10, 2)";
            case DOUBLE -> "DOUBLE PRECISION";
            case TEXT -> "VARCHAR(8)";
            case CONDITION -> "BOOLEAN";
            case DATE -> "DATE";
            case MOMENT -> "TIMESTAMP WITH TIME ZONE";
            default -> "TIMESTAMP";
        };
        return Piece.of(kind, new Literal(kind, chance.literal(type, chance.oneIn(8)), bare));
    }

    /// A column of the kind, or else a literal.
    Piece column(Scope scope, Kind kind) {
        List<Scope.Name> fitting = scope.own().stream().filter(name -> name.kind() == kind).toList();
        List<Scope.Name> outer = scope.outer().stream().filter(name -> name.kind() == kind).toList();
        if (!outer.isEmpty() && (fitting.isEmpty() || chance.oneIn(4))) {
            return Piece.of(kind, chance.pick(outer).text());
        }
        return fitting.isEmpty() ? literal(kind, false) : Piece.of(kind, chance.pick(fitting).text());
    }

    Piece anyColumn(Scope scope) {
        if (scope.own().isEmpty()) {
            return literal(kind(), false);
        }
        Scope.Name name = chance.pick(scope.own());
        return Piece.of(name.kind(), name.text());
    }

    Piece value(Scope scope, Kind kind, int depth) {
        if (kind == Kind.CONDITION) {
            return condition(scope, depth);
        }
        if (depth <= 0 || chance.oneIn(3)) {
            return chance.oneIn(5) ? literal(kind, false) : column(scope, kind);
        }
        return switch (chance.below(9)) {
            case 0 -> Piece.of(kind, "CASE WHEN ", condition(scope, depth - 1), " THEN ", value(scope, kind, depth - 1),
                    Piece.of(Kind.PART, " WHEN ", condition(scope, depth - 1), " THEN ", value(scope, kind, depth - 1)).asOptional(),
                    Piece.of(Kind.PART, " ELSE ", value(scope, kind, depth - 1)).asOptional(), " END");
            case 1 -> Piece.of(kind, "COALESCE(", value(scope, kind, depth - 1), ", ", value(scope, kind, depth - 1), ")");
            case 2 -> Piece.of(kind, "NULLIF(", value(scope, kind, depth - 1), ", ", value(scope, kind, depth - 1), ")");
            case 3 -> simpleCase(scope, kind, depth);
            case 4 -> chance.oneIn(2) ? queries.scalar(scope, kind) : column(scope, kind);
            default -> ofKind(scope, kind, depth);
        };
    }

    private Piece simpleCase(Scope scope, Kind kind, int depth) {
        Kind of = chance.pick(Kind.NUMBER, Kind.TEXT);
        return Piece.of(kind, "CASE ", value(scope, of, depth - 1), " WHEN ", literal(of, false), " THEN ", value(scope, kind, depth - 1),
                Piece.of(Kind.PART, " WHEN ", value(scope, of, 0), " THEN ", value(scope, kind, depth - 1)).asOptional(), " ELSE ",
                value(scope, kind, depth - 1), " END");
    }

    private Piece ofKind(Scope scope, Kind kind, int depth) {
        Piece one = value(scope, kind, depth - 1);
        return switch (kind) {
            case NUMBER -> switch (chance.below(8)) {
                case 0, 1 -> Piece.of(kind, "(", one, chance.pick(" + ", " - "), value(scope, kind, depth - 1), ")");
                case 2 -> Piece.of(kind, "(", one, " * ", literal(kind, false), ")");
                case 3 -> Piece.of(kind, "(- ", one, ")");
                case 4 -> Piece.of(kind, "ABS(", one, ")");
                case 5 -> Piece.of(kind, Piece.words("CHAR_LENGTH(", "LENGTH("), value(scope, Kind.TEXT, depth - 1), ")");
                case 6 -> Piece.of(kind, "CAST(", one, " AS BIGINT)");
                default -> Piece.of(kind, "(", one, chance.pick(" / ", " / ", " % "), chance.pick("2", "3", "-2"), ")");
            };
            // SQLite's decimals are floating-point numbers.
            case DECIMAL -> switch (chance.below(3)) {
                case 0 -> Piece.of(kind, "(", one, chance.pick(" + ", " - "), value(scope, kind, depth - 1), ")").notFor(Peer.SQLITE);
                case 1 -> Piece.of(kind, "CAST(", value(scope, Kind.NUMBER, depth - 1), " AS DECIMAL(20, 2))").notFor(Peer.SQLITE);
                default -> Piece.of(kind, "(", one, " * ", literal(Kind.NUMBER, false), ")").notFor(Peer.SQLITE);
            };
            case DOUBLE -> chance.oneIn(2) ? Piece.of(kind, "(", one, chance.pick(" + ", " - "), value(scope, kind, depth - 1), ")")
                    : Piece.of(kind, "CAST(", value(scope, Kind.NUMBER, depth - 1), " AS DOUBLE PRECISION)");
            case TEXT -> switch (chance.below(5)) {
                // Letters beyond ASCII stay as they are in SQLite.
                case 0 -> Piece.of(kind, chance.pick("UPPER(", "LOWER("), one, ")").notFor(Peer.SQLITE);
                case 1 -> Piece.of(kind, "(", one, " || ", value(scope, kind, depth - 1), ")");
                case 2 -> Piece.of(kind, "TRIM(", one, ")");
                case 3 -> Piece.of(kind, "CAST(", column(scope, chance.pick(Kind.NUMBER, Kind.DATE)), " AS VARCHAR(30))");
                default -> Piece.of(kind, Piece.words("SUBSTRING(", "SUBSTR("), one, Piece.words(" FROM ", ", "), "" + (1 + chance.below(
                        3)),
                        Piece.words(" FOR ", ", "), "" + chance.below(3), ")");
            };
            case TIMESTAMP -> Piece.of(kind, "CAST(", column(scope, chance.pick(Kind.DATE, Kind.MOMENT)), " AS TIMESTAMP)").notFor(
                    Peer.SQLITE);
            case MOMENT -> Piece.of(kind, "CAST(", column(scope, chance.pick(Kind.TIMESTAMP, Kind.DATE)), " AS TIMESTAMP WITH TIME ZONE)")
                    .notFor(Peer.SQLITE);
            case DATE -> chance.oneIn(2) ? one : Piece.of(kind, "CAST(", column(scope, Kind.MOMENT), " AS DATE)").notFor(Peer.SQLITE);
            default -> one;
        };
    }

    Piece condition(Scope scope, int depth) {
        Kind kind = Kind.CONDITION;
        if (depth > 0 && !chance.oneIn(3)) {
            Piece left = condition(scope, depth - 1);
            return switch (chance.below(9)) {
                case 0, 1 -> Piece.of(kind, "(", left, " AND ", condition(scope, depth - 1), ")");
                case 2, 3 -> Piece.of(kind, "(", left, " OR ", condition(scope, depth - 1), ")");
                case 4 -> Piece.of(kind, "(NOT ", left, ")");
                case 5 -> chance.oneIn(2) ? queries.subqueryCondition(scope)
                        : Piece.of(kind, "(", left, chance.pick(" AND ", " OR "), condition(scope, depth - 1), chance.pick(" AND ", " OR "),
                                condition(scope, depth - 1), ")");
                case 6 -> Piece.of(kind, "(", left, chance.pick(" IS TRUE", " IS FALSE", " IS NOT TRUE", " IS NOT FALSE", " IS NULL",
                        " IS NOT NULL"), ")");
                case 7 -> Piece.of(kind, "(", left, Piece.of(Kind.PART, chance.pick(" IS UNKNOWN", " IS NOT UNKNOWN")).notFor(Peer.SQLITE),
                        ")");
                default -> Piece.of(kind, "CASE WHEN ", left, " THEN ", condition(scope, depth - 1), " ELSE ", condition(scope, depth - 1),
                        " END");
            };
        }
        Kind of = kind();
        if (of == Kind.CONDITION) {
            return chance.oneIn(4) ? constant() : column(scope, kind);
        }
        Piece left = chance.oneIn(3) ? value(scope, of, depth) : column(scope, of);
        if (of == Kind.MOMENT && chance.oneIn(4)) {
            // By the clock of the session, which SQLite has not.
            return Piece.of(kind, "(", left, operator(), column(scope, chance.pick(Kind.TIMESTAMP, Kind.DATE)), ")").notFor(Peer.SQLITE);
        }
        return switch (chance.below(10)) {
            case 0, 1 -> Piece.of(kind, "(", left, operator(), literal(of, true), ")");
            case 2 -> Piece.of(kind, "(", left, operator(), value(scope, of, depth), ")");
            case 3 -> Piece.of(kind, "(", left, chance.pick(" IS NULL", " IS NOT NULL"), ")");
            case 4 -> Piece.of(kind, "(", left, chance.pick(" IN (", " NOT IN ("), list(scope, of), "))");
            case 5 -> Piece.of(kind, "(", left, chance.pick(" BETWEEN ", " NOT BETWEEN "), literal(of, true), " AND ", literal(of, true),
                    ")");
            case 6 -> Piece.of(kind, "(", left, Piece.of(Kind.PART, chance.pick(" BETWEEN SYMMETRIC ", " NOT BETWEEN SYMMETRIC ")).notFor(
                    Peer.SQLITE), literal(of, true), " AND ", column(scope, of), ")");
            case 7 -> Piece.of(kind, "(", left, chance.pick(" IS DISTINCT FROM ", " IS NOT DISTINCT FROM "), value(scope, of, depth), ")");
            case 8 -> Piece.of(kind, "(", column(scope, Kind.TEXT), chance.pick(" LIKE ", " NOT LIKE "), like(), ")");
            default -> Piece.of(kind, "(", left, operator(), column(scope, of), ")");
        };
    }

    private Piece like() {
        return Piece.of(Kind.PART, new Literal(Kind.TEXT, chance.pick("a%", "%b", "_", "%", "", "a_", "%a%", "_%_", "é%", "日_"), true));
    }

    private Piece list(Scope scope, Kind of) {
        List<Object> parts = new ArrayList<>();
        for (int i = 1 + chance.below(chance.pick(3, 3, 3, 25)); i > 0; i--) {
            parts.add(parts.isEmpty() ? "" : ", ");
            parts.add(literal(of, true));
        }
        if (chance.oneIn(4)) {
            parts.add(Piece.of(Kind.PART, ", NULL").asOptional());
        }
        if (chance.oneIn(6)) {
            parts.add(Piece.of(Kind.PART, ", ", column(scope, of)).asOptional());
        }
        return Piece.of(Kind.PART, parts.toArray());
    }

    /// Nothing but literals, so that it is computed by the planner.
    private Piece constant() {
        Kind of = chance.pick(Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DECIMAL);
        Kind kind = Kind.CONDITION;
        return switch (chance.below(7)) {
            case 0 -> Piece.of(kind, "(", value(Scope.empty(), Kind.NUMBER, 1), operator(), value(Scope.empty(), Kind.NUMBER, 1), ")");
            case 1 -> Piece.of(kind, "(", literal(of, false), " IN (", literal(of, false), ", NULL))");
            case 2 -> Piece.of(kind, "(", literal(of, false), " BETWEEN ", literal(of, false), " AND ", literal(of, false), ")");
            case 3 -> Piece.of(kind, "(", typedNull(of), operator(), literal(of, false), ")");
            case 4 -> Piece.of(kind, "(", typedNull(kind), chance.pick(" IS TRUE", " IS NOT FALSE", " IS NULL"), ")");
            case 5 -> Piece.of(kind, "(NOT ", typedNull(kind), ")");
            default -> literal(kind, false);
        };
    }

    private static Piece typedNull(Kind kind) {
        return Piece.of(kind, "CAST(NULL AS " + kind.type() + ")");
    }

    String operator() {
        return chance.pick(" = ", " = ", " <> ", " < ", " <= ", " > ", " >= ");
    }
}
