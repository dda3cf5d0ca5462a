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
            Map.entry("ALTER VIEW", "CREATE OR REPLACE VIEW gives a view another query."),
            Map.entry("CREATE MATERIALIZED", ONLY_TABLES),
            Map.entry("CREATE SCHEMA", "All tables live in the schema PUBLIC."),
            Map.entry("CREATE DATABASE", "A connection to jdbc:coconut:file:DIRECTORY makes a database."),
            Map.entry("CREATE TEMPORARY", "Tables in a database of its own, jdbc:coconut:mem:NAME, last as long as that is open."),
            Map.entry("CREATE TEMP", "Tables in a database of its own, jdbc:coconut:mem:NAME, last as long as that is open."),
            Map.entry("CREATE FUNCTION", ONLY_TABLES),
            Map.entry("CREATE TYPE", ONLY_TABLES),
            Map.entry("CREATE USER", "Whoever can open the database may do everything."),
            Map.entry("CREATE ROLE", "Whoever can open the database may do everything."),
            Map.entry("GRANT", "Whoever can open the database may do everything."),
            Map.entry("REVOKE", "Whoever can open the database may do everything."),
            Map.entry("DROP SCHEMA", "All tables live in the schema PUBLIC."));

    private ForeignStatements() {}

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
                TextPlace place = TextPlace.of(sql, first.start());
                return CoconutException.of(ErrorCode.NOT_SUPPORTED, failure)
                        .with("what", foreign.getKey())
                        .with("line", place.line())
                        .with("column", place.column())
                        .mend(foreign.getValue());
            }
        }
        return null;
    }
}
