package org.coconutdb.sql.parser;

import java.util.Locale;
import java.util.Set;
import org.coconutdb.sql.parser.Tokens.Token;

/// Statements that have a password in their text, which is told to nobody: neither in an error nor in a log.
public final class Secrets {
    private static final Set<String> FIRST = Set.of("CREATE", "ALTER", "REPLACE");
    private static final Set<String> SECOND = Set.of("USER", "ROLE");
    private static final String HIDDEN = "'***'";
    // Stands before one.
    private static final String WORD = "PASSWORD";

    private Secrets() {}

    /// Whether CREATE or ALTER USER or ROLE stands anywhere in it.
    public static boolean mayHave(String sql) {
        // Most texts have no such word, and are not looked at any further.
        if (!contains(sql, "USER") && !contains(sql, "ROLE")) {
            return false;
        }
        Tokens tokens = new Tokens(sql, 0);
        String last = "";
        for (Token token = tokens.next(); token != null; token = tokens.next()) {
            String word = token.text().toUpperCase(Locale.ROOT);
            if (SECOND.contains(word) && FIRST.contains(last)) {
                return true;
            }
            last = word;
        }
        return false;
    }

    private static boolean contains(String sql, String word) {
        for (int i = 0; i + word.length() <= sql.length(); i++) {
            if (sql.regionMatches(true, i, word, 0, word.length())) {
                return true;
            }
        }
        return false;
    }

    /// The text as it may be told: strings of statements that may have a password are hidden, and whatever stands behind PASSWORD.
    public static String hidden(String sql) {
        if (!mayHave(sql)) {
            return sql;
        }
        StringBuilder told = new StringBuilder();
        Tokens tokens = new Tokens(sql, 0);
        String last = "";
        for (Token token = tokens.next(); token != null; token = tokens.next()) {
            // Without comments, too: one that is not closed may have anything in it.
            told.append(told.isEmpty() ? "" : " ").append(isSecret(token, last) ? HIDDEN : token.text());
            last = token.text();
        }
        return told.toString();
    }

    /// @param last the word before it
    static boolean isSecret(Token token, String last) {
        return token.text().indexOf('\'') >= 0 || last.equalsIgnoreCase(WORD);
    }

    /// Whether what stands at a place of the text is not to be told.
    static boolean isSecret(String sql, Token found) {
        if (!mayHave(sql)) {
            return false;
        }
        Tokens tokens = new Tokens(sql, 0);
        String last = "";
        for (Token token = tokens.next(); token != null && token.start() < found.start(); token = tokens.next()) {
            last = token.text();
        }
        return isSecret(found, last);
    }
}
