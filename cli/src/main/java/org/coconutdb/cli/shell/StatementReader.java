package org.coconutdb.cli.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.sql.SQLSyntaxErrorException;
import java.util.Optional;

/// Cuts a script into statements at each `;` that stands outside of strings, quoted names and comments. Reads as it goes, so that a
/// script may be larger than memory; the last statement needs no `;`.
///
/// A string, a quoted name or a comment that is still open at the end of the script is an error, not a statement.
final class StatementReader {
    /// One statement of a script.
    ///
    /// @param text without its `;`
    /// @param line where its first word stands, counted from 1
    record ScriptStatement(String text, int line) {}

    private enum Place {
        PLAIN("a statement"), STRING("a string"), NAME("a quoted name"), LINE_COMMENT("a comment"), COMMENT("a comment");

        private final String label;

        Place(String label) {
            this.label = label;
        }
    }

    private final Reader in;
    private int line = 1;

    StatementReader(Reader in) {
        this.in = new BufferedReader(in, 1 << 16);
    }

    /// The next statement, or nothing at the end of the script.
    Optional<ScriptStatement> next() throws IOException, SQLSyntaxErrorException {
        StringBuilder text = new StringBuilder();
        Place place = Place.PLAIN;
        int openedAt = line;
        int firstWordAt = 0;
        int previous = -1;
        int previousLine = line;
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                line++;
            }
            Place before = place;
            switch (place) {
                case PLAIN -> {
                    if (c == ';') {
                        if (firstWordAt > 0 || isSign(previous)) {
                            int at = firstWordAt > 0 ? firstWordAt : previousLine;
                            return Optional.of(new ScriptStatement(text.toString().strip(), at));
                        }
                        // Nothing but blanks and comments: not a statement.
                        text.setLength(0);
                        previous = -1;
                        continue;
                    }
                    place = switch (c) {
                        case '\'' -> Place.STRING;
                        case '"' -> Place.NAME;
                        case '-' -> previous == '-' ? Place.LINE_COMMENT : Place.PLAIN;
                        case '*' -> previous == '/' ? Place.COMMENT : Place.PLAIN;
                        default -> Place.PLAIN;
                    };
                    if (firstWordAt == 0 && place != Place.LINE_COMMENT && place != Place.COMMENT) {
                        if (isSign(previous)) {
                            firstWordAt = previousLine;
                        } else if (!Character.isWhitespace(c) && !isSign(c)) {
                            firstWordAt = line;
                        }
                    }
                }
                // A doubled quote closes and opens again, which comes to the same.
                case STRING -> place = c == '\'' ? Place.PLAIN : place;
                case NAME -> place = c == '"' ? Place.PLAIN : place;
                case LINE_COMMENT -> place = c == '\n' ? Place.PLAIN : place;
                case COMMENT -> place = c == '/' && previous == '*' ? Place.PLAIN : place;
            }
            if (place != before) {
                openedAt = line;
                // The sign that opened or closed a comment or string is no part of the next pair.
                previous = -1;
            } else {
                previous = c;
            }
            previousLine = line;
            text.appendCodePoint(c);
        }
        if (place != Place.PLAIN && place != Place.LINE_COMMENT) {
            throw new SQLSyntaxErrorException("the script ends inside " + place.label + " that begins in line " + openedAt, "42601");
        }
        if (firstWordAt == 0 && isSign(previous)) {
            firstWordAt = previousLine;
        }
        return firstWordAt == 0 ? Optional.empty() : Optional.of(new ScriptStatement(text.toString().strip(), firstWordAt));
    }

    /// Whether a character may begin a comment, and is not known to until the next is read.
    private static boolean isSign(int c) {
        return c == '-' || c == '/';
    }
}
