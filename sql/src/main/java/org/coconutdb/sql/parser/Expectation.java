package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.coconutdb.sql.parser.Tokens.Token;
import org.jspecify.annotations.Nullable;

/// What a parser made by JavaCC expected, in few words, and where: it reports all sequences of tokens that it looked for from a place on,
/// often hundreds and of several tokens, so that the token that is wrong can be one behind the place.
final class Expectation {
    private static final int WORDS_MAX = 8;
    private static final String NAME = "<IDENTIFIER>";
    private static final String QUOTED_NAME = "<QUOTED_IDENTIFIER>";
    private static final String STRING = "<QUOTED_STRING>";
    private static final String INTEGER = "<UNSIGNED_INTEGER_LITERAL>";
    private static final String NUMBER = "<DECIMAL_NUMERIC_LITERAL>";
    private static final String END = "<EOF>";
    // What can stand where an expression can, or behind one: all else there is an expression's or an operator's beginning. In the order
    // in which they are told.
    private static final List<String> CLAUSES = List.of(")", ",", "(", "=", ".", "AS", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT",
            "UNION", "ON", "USING", "JOIN", "SET", "INTO", "VALUES", "SELECT", "DISTINCT", "WHEN", "THEN", "ELSE", "END", "ASC", "DESC",
            "DO", "FOR", "PRIMARY", "KEY", "*", ";", END);

    // Reserved words that are rarely meant as a name where they stand wrongly.
    private static final Set<String> NEVER_NAMES = Set.of("FROM", "WHERE", "HAVING", "INTO", "ON", "SET", "VALUES", "AS",
            "JOIN", "UNION", "USING", "DISTINCT", "THEN", "ELSE", "WHEN", "AND", "OR", "IN", "BY", "NOT", "NULL", "DEFAULT", "INSERT",
            "UPDATE", "DELETE",
            "CREATE", "DROP", "EXPLAIN", "CASE", "LIKE", "BETWEEN", "IS", "EXISTS", "CAST",
            "LIMIT", "OFFSET", "FETCH", "FOR", "WITH", "COLLATE", "WINDOW");
    // Understood only to be refused, so nobody is told to write them.
    private static final Set<String> REFUSED = Set.of("DEFAULT", "CHECK", "COLLATE", "GENERATED", "UNIQUE", "LIKE",
            "ARRAY", "MULTISET", "EXTEND", "/*+");

    private final @Nullable Token before;
    private final @Nullable Token found;
    private final Set<String> images;

    private Expectation(@Nullable Token before, @Nullable Token found, Set<String> images) {
        this.before = before;
        this.found = found;
        this.images = images;
    }

    /// @param from where the sequences begin
    /// @param sequences of indexes into images
    /// @param tokenImages keywords and signs in quotes, other tokens by their names in angle brackets
    static Expectation of(String sql, int from, int[][] sequences, String[] tokenImages) {
        Map<String, Integer> known = new HashMap<>();
        for (int i = 0; i < tokenImages.length; i++) {
            known.putIfAbsent(plain(tokenImages[i]), i);
        }
        Tokens tokens = new Tokens(sql, from);
        List<int[]> fitting = List.of(sequences);
        Token before = null;
        for (int depth = 0;; depth++) {
            Token token = tokens.next();
            int index = known.getOrDefault(image(token, known), -1);
            List<int[]> further = new ArrayList<>();
            for (int[] sequence : fitting) {
                if (sequence.length > depth && sequence[depth] == index) {
                    further.add(sequence);
                }
            }
            if (further.isEmpty()) {
                Set<String> images = new TreeSet<>();
                for (int[] sequence : fitting) {
                    if (sequence.length > depth) {
                        images.add(plain(tokenImages[sequence[depth]]));
                    }
                }
                return new Expectation(before, token, images);
            }
            fitting = further;
            before = token;
        }
    }

    private static String plain(String tokenImage) {
        return tokenImage.startsWith("\"") ? tokenImage.substring(1, tokenImage.length() - 1) : tokenImage;
    }

    private static String image(@Nullable Token token, Map<String, Integer> known) {
        if (token == null) {
            return END;
        }
        if (token.isQuotedName()) {
            return QUOTED_NAME;
        }
        if (token.isString()) {
            return STRING;
        }
        if (token.isNumber()) {
            return token.text().chars().allMatch(Character::isDigit) ? INTEGER : NUMBER;
        }
        String word = token.text().toUpperCase(Locale.ROOT);
        return token.isWord() && !known.containsKey(word) ? NAME : word;
    }

    /// The token that is wrong; null where the text ended too early.
    @Nullable
    Token found() {
        return found;
    }

    /// The word that was perhaps meant as a name: the wrong one where a name can stand, or the one before it that begins something of its
    /// own; null for none.
    @Nullable
    String perhapsName(Predicate<String> isReserved) {
        Token word = images.contains(NAME) && !isTypeExpected() ? found : images.contains("(") ? before : null;
        if (word == null || !word.isWord()) {
            return null;
        }
        String text = word.text().toUpperCase(Locale.ROOT);
        return isReserved.test(text) && !NEVER_NAMES.contains(text) ? text : null;
    }

    private boolean isTypeExpected() {
        return images.contains("VARCHAR") && images.contains("BOOLEAN") && !images.contains(INTEGER);
    }

    /// A few words; empty where nothing is known.
    List<String> words(Predicate<String> isReserved) {
        List<String> words = new ArrayList<>();
        Set<String> left = new TreeSet<>(images);
        if (left.contains("SELECT") && left.contains("INSERT") && left.contains("CREATE")) {
            return List.of("a statement");
        }
        if (isTypeExpected()) {
            words.add("a type");
            left.retainAll(Set.of(")", ","));
        } else {
            left.removeAll(REFUSED);
        }
        if (left.contains(INTEGER) && left.contains("NOT")) {
            words.add("an expression");
            left.retainAll(CLAUSES);
            left.remove("(");
        } else if (left.contains(NAME)) {
            words.add("a name");
            left.removeIf(word -> Character.isLetter(word.charAt(0)) && !isReserved.test(word));
        }
        if (left.contains("<>") || left.contains("BETWEEN")) {
            words.add("an operator");
            left.retainAll(CLAUSES);
            left.removeAll(List.of("=", "*", ".", "("));
        }
        if (left.remove(INTEGER)) {
            words.add("a number");
            left.removeAll(Set.of("+", "-", "DECIMAL"));
        }
        if (left.remove(STRING)) {
            words.add("a string");
        }
        // Other tokens with names are other spellings of these.
        left.removeIf(word -> word.startsWith("<") && word.endsWith(">") && word.length() > 2 && !word.equals(END));
        List<String> rest = new ArrayList<>(left);
        rest.sort((a, b) -> Integer.compare(rank(a), rank(b)));
        for (String word : rest) {
            words.add(word.equals(END) ? "the end" : Character.isLetter(word.charAt(0)) ? word : "'" + word + "'");
        }
        return words.size() <= WORDS_MAX ? words : concat(words.subList(0, WORDS_MAX), "…");
    }

    private static List<String> concat(List<String> words, String last) {
        List<String> all = new ArrayList<>(words);
        all.add(last);
        return all;
    }

    private static int rank(String word) {
        int clause = CLAUSES.indexOf(word);
        return clause < 0 ? CLAUSES.indexOf("*") : clause;
    }
}
