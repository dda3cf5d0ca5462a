package org.coconutdb.sql.parser;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.coconutdb.sql.parser.Tokens.Token;
import org.jspecify.annotations.Nullable;

/// A statement's text with question marks in place of some literals, so that statements which differ in these alone can share a plan.
///
/// Seen by its words alone, without parsing, and so narrow: literals that a column is compared with by `=` or set to, in a SELECT, UPDATE or DELETE
/// of no subquery, join or grouping, and those that stand alone in the VALUES of an INSERT or UPSERT. All others choose what is answered (LIMIT, LIKE, a
/// CAST's length) or may decide a type; they stay. Whether those lifted have a type for which the answer is the same is for the compiled statement to
/// say, see [Literal#kind]. A text with question marks of its own stays as it is.
///
/// @param text as it was written but for them, so that columns without a name are labelled by it
/// @param literals in order of their question marks; at least one
public record LiftedText(String text, List<Literal> literals) {
    /// What a literal's type in SQL depends on.
    public enum Kind {
        INTEGER,
        BIGINT,
        DECIMAL,
        TEXT
    }

    /// @param value an Integer, a Long, a BigDecimal or a String
    public record Literal(Kind kind, Object value) {}

    // With more a statement is data that hardly comes a second time.
    private static final int LITERALS_MAX = 100;
    private static final int INTEGER_DIGITS_MAX = 18;

    private static final Set<String> ELSEWHERE = Set.of("WITH", "JOIN", "UNION", "INTERSECT", "EXCEPT", "MINUS", "GROUP", "HAVING", "OVER",
            "QUALIFY",
            "CONFLICT", "WINDOW", "LATERAL", "UNNEST", "TABLE", "MERGE", "EXPLAIN", "RETURNING", "USING", "MATCH_RECOGNIZE", "UESCAPE");
    private static final Set<String> BEFORE_COMPARED = Set.of("WHERE", "AND", "(");
    private static final Set<String> BEHIND_COMPARED = Set.of("AND", ")", ";", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR");
    private static final Set<String> BEFORE_SET = Set.of("SET", ",");
    private static final Set<String> BEHIND_SET = Set.of(",", "WHERE", ";");

    public LiftedText {
        literals = List.copyOf(literals);
    }

    /// Tells apart what must not share a plan: the same text and literals of the same kinds are one key. No text that can be executed equals one.
    public String key() {
        StringBuilder key = new StringBuilder(text.length() + literals.size() + 2).append('\u0000');
        literals.forEach(literal -> key.append(literal.kind().name().charAt(0)));
        return key.append('\u0000').append(text).toString();
    }

    /// The text of a [#key].
    public static String textOf(String key) {
        return key.substring(key.lastIndexOf('\u0000') + 1);
    }

    /// Null where nothing can be lifted.
    public static @Nullable LiftedText of(String sql) {
        Tokens tokens = new Tokens(sql, 0);
        List<Token> places = new ArrayList<>();
        for (Token token = tokens.next(); token != null; token = tokens.next()) {
            places.add(token);
        }
        List<String> words = places.stream().map(Token::text).toList();
        if (words.isEmpty() || tokens.unclosed() != null) {
            return null;
        }
        String first = upper(words.getFirst());
        boolean isInsert = first.equals("INSERT") || first.equals("UPSERT");
        boolean isUpdate = first.equals("UPDATE");
        if ((!isInsert && !isUpdate && !first.equals("SELECT") && !first.equals("DELETE")) || !isSimple(words, isInsert)) {
            return null;
        }
        Lifting lifting = new Lifting(sql, places, words);
        return isInsert ? ofValues(lifting, words) : ofComparisons(lifting, words, isUpdate, first.equals("SELECT"));
    }

    private static boolean isSimple(List<String> words, boolean isInsert) {
        for (int i = 0; i < words.size(); i++) {
            String word = upper(words.get(i));
            boolean isInner = word.equals("SELECT") && (i > 0 || isInsert);
            boolean isSecond = word.equals(";") && i < words.size() - 1;
            if (isInner || isSecond || word.equals("?") || word.equals("/*+") || ELSEWHERE.contains(word)) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable LiftedText ofValues(Lifting lifting, List<String> words) {
        int values = 0;
        while (values < words.size() && !upper(words.get(values)).equals("VALUES")) {
            values++;
        }
        int depth = 0;
        for (int i = values + 1; i < words.size(); i++) {
            String word = words.get(i);
            depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
            boolean isBetween = word.equals("(") || word.equals(")") || word.equals(",") || word.equals(";");
            if (depth == 0 && !isBetween) {
                // Something follows the rows.
                return null;
            }
            boolean isAlone = depth == 1 && (words.get(i - 1).equals("(") || words.get(i - 1).equals(","))
                    && i + 1 < words.size() && (words.get(i + 1).equals(")") || words.get(i + 1).equals(","));
            if (isAlone) {
                lifting.lift(i, true);
            }
        }
        return lifting.lifted();
    }

    private static @Nullable LiftedText ofComparisons(Lifting lifting, List<String> words, boolean isUpdate, boolean isQuery) {
        boolean isSetting = isUpdate;
        // What is selected is a label, too.
        boolean isSelected = isQuery;
        for (int i = 0; i < words.size(); i++) {
            isSetting &= !upper(words.get(i)).equals("WHERE");
            isSelected &= !upper(words.get(i)).equals("FROM");
            if (isSelected || i < 3 || !words.get(i - 1).equals("=")) {
                continue;
            }
            int name = i - 2;
            while (name > 1 && isName(words.get(name)) && words.get(name - 1).equals(".")) {
                name -= 2;
            }
            String before = upper(words.get(name - 1));
            String behind = i + 1 < words.size() ? upper(words.get(i + 1)) : ";";
            boolean isOperand = isSetting
                    ? BEFORE_SET.contains(before) && BEHIND_SET.contains(behind)
                    : BEFORE_COMPARED.contains(before) && BEHIND_COMPARED.contains(behind);
            if (isOperand && isName(words.get(name))) {
                lifting.lift(i, false);
            }
        }
        return lifting.lifted();
    }

    private static boolean isName(String word) {
        return word.charAt(0) == '"' || (Character.isJavaIdentifierStart(word.charAt(0)) && word.indexOf('\'') < 0);
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }

    /// The words as they become question marks one after the other.
    private static final class Lifting {
        private final String sql;
        private final List<Token> places;
        private final List<String> words;
        private final StringBuilder text = new StringBuilder();
        private final List<Literal> literals = new ArrayList<>();
        // Behind what of the statement is in the text.
        private int copied;

        Lifting(String sql, List<Token> places, List<String> words) {
            this.sql = sql;
            this.places = places;
            this.words = words;
        }

        void lift(int index, boolean isStored) {
            Literal literal = literal(words.get(index), isStored);
            if (literal != null) {
                literals.add(literal);
                text.append(sql, copied, places.get(index).start()).append('?');
                copied = places.get(index).end();
            }
        }

        /// Null where the word is no literal, or one whose type takes more to know.
        ///
        /// @param isStored whether it only has to become a column's value
        private static @Nullable Literal literal(String word, boolean isStored) {
            char first = word.charAt(0);
            if (first == '\'') {
                String text = word.substring(1, word.length() - 1).replace("''", "'");
                return isStored || isPlain(text) ? new Literal(Kind.TEXT, text) : null;
            }
            if (first < '0' || first > '9') {
                return null;
            }
            boolean isWhole = word.chars().allMatch(c -> c >= '0' && c <= '9');
            if (isWhole && word.length() <= INTEGER_DIGITS_MAX) {
                long value = Long.parseLong(word);
                return value <= Integer.MAX_VALUE ? new Literal(Kind.INTEGER, (int) value) : new Literal(Kind.BIGINT, value);
            }
            boolean isDecimal = isStored && word.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.') && word.length()
                    <= INTEGER_DIGITS_MAX
                    && !word.endsWith(".");
            return isDecimal && !isWhole ? new Literal(Kind.DECIMAL, new BigDecimal(word)) : null;
        }

        /// Whether it is compared as a value of VARCHAR is: as CHAR it is equal to texts that end in other blanks, and an expression takes no
        /// literals beyond Latin-1.
        private static boolean isPlain(String text) {
            return !text.endsWith(" ") && text.chars().allMatch(c -> c <= 0xFF);
        }

        @Nullable
        LiftedText lifted() {
            return literals.isEmpty() || literals.size() > LITERALS_MAX ? null : new LiftedText(
                    text + sql.substring(copied), literals);
        }
    }
}
