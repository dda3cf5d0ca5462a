package org.coconutdb.sql.parser;

import java.util.Locale;
import java.util.Map;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.Tokens.Token;
import org.jspecify.annotations.Nullable;

/// Statements that other databases have: refused by name instead of as unknown words.
final class ForeignStatements {
    private static final int LEADING_WORDS = 4;
    private static final String ONLY_TABLES =
            "Tables, views, indexes and sequences can be made: CREATE TABLE, CREATE VIEW, CREATE INDEX, CREATE SEQUENCE.";
    // By how they begin. None of them parses, so any error in one means the same.
    private static final Map<String, String> MENDS = Map.ofEntries(
            Map.entry("CREATE MATERIALIZED", ONLY_TABLES),
            Map.entry("CREATE DATABASE", "A connection to jdbc:coconut:file:DIRECTORY makes a database."),
            Map.entry("CREATE TEMPORARY", "Tables in a database of its own, jdbc:coconut:mem:NAME, last as long as that is open."),
            Map.entry("CREATE TEMP", "Tables in a database of its own, jdbc:coconut:mem:NAME, last as long as that is open."),
            Map.entry("CREATE FUNCTION", ONLY_TABLES),
            Map.entry("CREATE TYPE", ONLY_TABLES),
            Map.entry("ALTER ROLE", "ALTER USER … PASSWORD changes a user's password; GRANT and REVOKE change what a role has."),
            Map.entry("CREATE GROUP", "CREATE ROLE makes what privileges are granted to."),
            Map.entry("SET ROLE", "Privileges of all roles that a user is a member of count at once."),
            Map.entry("ALTER DEFAULT", "GRANT … ON ALL TABLES IN SCHEMA grants of those that are there."),
            Map.entry("REASSIGN", "ALTER TABLE, VIEW, SEQUENCE or SCHEMA … OWNER TO gives one object another owner."));

    /// Clauses of other databases that stand where the parser stumbles: a word, or two of which it does not know one there.
    private static final Map<String, String> CLAUSES = Map.of(
            "DISTINCT ON", "Number the rows and take the first ones: QUALIFY ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) = 1.",
            "WITH TIES", "Rank the rows and take the first ones: QUALIFY RANK() OVER (ORDER BY …) <= n.");

    private ForeignStatements() {}

    /// NOT_SUPPORTED for the clause at the place; null where it is none of these.
    static @Nullable CoconutException clause(String sql, int offset, Throwable failure) {
        Tokens tokens = new Tokens(sql, 0);
        Token before = null;
        Token token = tokens.next();
        while (token != null && token.start() < offset) {
            before = token;
            token = tokens.next();
        }
        Token after = tokens.next();
        CoconutException ended = clause(sql, before, token, failure);
        ended = ended == null ? clause(sql, token, after, failure) : ended;
        ended = ended == null ? clause(sql, token, failure) : ended;
        // Behind a table a word without meaning passes for another name of it, and the parser stumbles over the next.
        return ended == null ? clause(sql, before, failure) : ended;
    }

    private static @Nullable CoconutException clause(String sql, @Nullable Token word, Throwable failure) {
        String mend = word == null ? null : CLAUSES.get(word.text().toUpperCase(Locale.ROOT));
        return word == null || mend == null
                ? null
                : notSupported(word.text().toUpperCase(Locale.ROOT), TextPlace.of(sql, word.start()), mend, failure);
    }

    private static @Nullable CoconutException clause(String sql, @Nullable Token first, @Nullable Token second, Throwable failure) {
        String words = first == null || second == null ? "" : (first.text() + " " + second.text()).toUpperCase(Locale.ROOT);
        String mend = CLAUSES.get(words);
        return first == null || mend == null ? null : notSupported(words, TextPlace.of(sql, first.start()), mend, failure);
    }

    private static CoconutException notSupported(String what, TextPlace place, String mend, Throwable failure) {
        return CoconutException.of(ErrorCode.NOT_SUPPORTED, failure)
                .with("what", what)
                .with("line", place.line())
                .with("column", place.column())
                .mend(mend);
    }

    /// NOT_SUPPORTED for the statement around the place; null where it is none of these.
    static @Nullable CoconutException refusal(String sql, int offset, Throwable failure) {
        Tokens tokens = new Tokens(sql, 0);
        int start = 0;
        for (Token token = tokens.next(); token != null && token.start() < offset; token = tokens.next()) {
            if (token.text().equals(";")) {
                start = token.end();
            }
        }
        Tokens leading = new Tokens(sql, start);
        Token first = leading.next();
        if (first == null) {
            return null;
        }
        StringBuilder words = new StringBuilder();
        Token word = first;
        for (int i = 0; word != null && i < LEADING_WORDS; i++) {
            words.append(word.text().toUpperCase(Locale.ROOT)).append(' ');
            word = leading.next();
        }
        for (Map.Entry<String, String> foreign : MENDS.entrySet()) {
            if (words.indexOf(foreign.getKey() + " ") == 0) {
                return notSupported(foreign.getKey(), TextPlace.of(sql, first.start()), foreign.getValue(), failure);
            }
        }
        return null;
    }
}
