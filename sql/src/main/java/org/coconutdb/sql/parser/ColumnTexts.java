package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.coconutdb.sql.parser.Tokens.Token;
import org.jspecify.annotations.Nullable;

/// How a query writes those of its columns that it gives no name: their labels. Words without quotes are in upper case, blanks and
/// comments one blank.
public final class ColumnTexts {
    /// Characters of a label: as many as a name may have.
    static final int LENGTH_MAX = 128;

    /// Words behind the last column, unless they belong to it: IS DISTINCT FROM, WITHIN GROUP.
    private static final Set<String> ENDS = Set.of("FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT", "OFFSET",
            "FETCH", "UNION", "INTERSECT", "EXCEPT", "MINUS", "FOR", "INTO");

    private ColumnTexts() {}

    /// The select that says what a query's columns are called; null where it is a VALUES list.
    public static @Nullable SqlSelect select(SqlNode query) {
        return leading(query) instanceof SqlSelect select ? select : null;
    }

    private static SqlNode leading(SqlNode query) {
        return switch (query) {
            case SqlOrderBy ordered -> leading(ordered.query);
            case SqlWith with -> leading(with.body);
            case SqlCall call when call.isA(SqlKind.SET_QUERY) -> leading(call.operand(0));
            default -> query;
        };
    }

    /// Whether a column of a select is neither a column of a table nor renamed.
    public static boolean isUnnamed(SqlNode column) {
        return SqlValidatorUtil.alias(column) == null;
    }

    /// The texts of the columns of a query that [are unnamed][#isUnnamed], from left to right; of a VALUES list, what its columns are
    /// called.
    ///
    /// @param sql that the query was parsed from
    public static List<String> of(String sql, SqlNode query) {
        List<String> texts = new ArrayList<>();
        if (leading(query) instanceof SqlCall values && values.getKind() == SqlKind.VALUES) {
            int columns = ((SqlCall) values.operand(0)).operandCount();
            for (int i = 1; i <= columns; i++) {
                texts.add("COLUMN" + i);
            }
            return texts;
        }
        SqlSelect select = select(query);
        if (select == null || select.getSelectList().stream().noneMatch(ColumnTexts::isUnnamed)) {
            return texts;
        }
        List<Token> tokens = tokens(sql);
        for (SqlNode column : select.getSelectList()) {
            if (isUnnamed(column)) {
                texts.add(text(sql, tokens, column.getParserPosition()));
            }
        }
        return texts;
    }

    private static List<Token> tokens(String sql) {
        List<Token> tokens = new ArrayList<>();
        Tokens all = new Tokens(sql, 0);
        for (Token token = all.next(); token != null; token = all.next()) {
            tokens.add(token);
        }
        return tokens;
    }

    /// From the parentheses before the place on, which the parser leaves out of it, to where the next column begins or the list ends.
    private static String text(String sql, List<Token> tokens, SqlParserPos position) {
        int offset = new TextPlace(position.getLineNum(), position.getColumnNum()).offset(sql);
        int first = 0;
        while (first < tokens.size() - 1 && tokens.get(first).end() <= offset) {
            first++;
        }
        while (first > 0 && tokens.get(first - 1).text().equals("(")) {
            first--;
        }
        StringBuilder text = new StringBuilder();
        int depth = 0;
        for (int i = first; i < tokens.size() && text.length() <= LENGTH_MAX; i++) {
            Token token = tokens.get(i);
            depth += depth(token);
            if (depth < 0 || (depth == 0 && isEnd(tokens, i, first))) {
                break;
            }
            boolean isApart = i > first && tokens.get(i - 1).end() < token.start();
            text.append(isApart ? " " : "").append(token.isWord() ? token.text().toUpperCase(Locale.ROOT) : token.text());
        }
        return text.length() <= LENGTH_MAX ? text.toString() : text.substring(0, LENGTH_MAX - 1) + "…";
    }

    private static int depth(Token token) {
        return switch (token.text()) {
            case "(", "[", "{" -> 1;
            case ")", "]", "}" -> -1;
            default -> 0;
        };
    }

    private static boolean isEnd(List<Token> tokens, int index, int first) {
        String text = tokens.get(index).text().toUpperCase(Locale.ROOT);
        if (text.equals(",") || text.equals(";")) {
            return true;
        }
        String before = index == first ? "" : tokens.get(index - 1).text().toUpperCase(Locale.ROOT);
        return ENDS.contains(text) && index > first && !before.equals("DISTINCT") && !before.equals("WITHIN");
    }
}
