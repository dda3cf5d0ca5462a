package org.coconutdb.sql.parser;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.coconutdb.sql.parser.Tokens.Token;

/// Refuses chains of operators that Calcite's parser would take minutes over before they are refused as too deep: it looks for the operator
/// that binds most through the whole chain, again for each.
final class ChainBound {
    /// Operators between two commas or parentheses at most; one second of parsing.
    static final int OPERATORS_MAX = 10_000;

    private static final Set<String> OPERATORS = Set.of("+", "-", "*", "/", "%", "||", "<", ">", "=", "<=", ">=", "<>", "!=", "AND", "OR",
            "NOT", "IS", "IN", "LIKE", "BETWEEN", "UNION", "EXCEPT", "INTERSECT", "JOIN");

    private ChainBound() {}

    static void check(String sql) {
        if (sql.length() <= OPERATORS_MAX) {
            return;
        }
        int[] counts = new int[16];
        int depth = 0;
        Tokens tokens = new Tokens(sql, 0);
        for (Token token = tokens.next(); token != null; token = tokens.next()) {
            switch (token.text()) {
                case "(" -> {
                    depth++;
                    if (depth == counts.length) {
                        counts = Arrays.copyOf(counts, depth * 2);
                    }
                    counts[depth] = 0;
                }
                case ")" -> depth = Math.max(0, depth - 1);
                case ",", ";" -> counts[depth] = 0;
                default -> {
                    if (isOperator(token) && ++counts[depth] > OPERATORS_MAX) {
                        throw SqlParsing.tooComplex();
                    }
                }
            }
        }
    }

    private static boolean isOperator(Token token) {
        String text = token.text();
        return text.length() <= 9 && OPERATORS.contains(text.toUpperCase(Locale.ROOT));
    }
}
