package org.coconutdb.sql.parser;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.Tokens.Token;
import org.coconutdb.sql.parser.Tokens.Unclosed;
import org.jspecify.annotations.Nullable;

/// The parser's errors as people can use them: the place, what was found there, and a few words for what could stand there.
final class SyntaxErrors {
    private static final int TEXT_MAX = 100;
    private static final Pattern LEXICAL_PLACE = Pattern.compile("Lexical error at line (\\d+), column (\\d+)");
    private static final Pattern LARGE_NUMBER = Pattern.compile("Literal '.*' can not be parsed to type");

    private SyntaxErrors() {}

    /// @param failure what the parser threw
    static CoconutException of(String sql, Throwable failure, Predicate<String> isReserved) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof SqlParseException parse && parse.getPos() != null) {
            SqlParserPos position = parse.getPos();
            int from = new TextPlace(position.getLineNum(), position.getColumnNum()).offset(sql);
            boolean isSyntax = message.startsWith("Encountered") || message.startsWith("Incorrect syntax");
            if (isSyntax && parse.getExpectedTokenSequences() != null && parse.getTokenImages() != null) {
                // At its end the text has no token to point at, so the last one is pointed at.
                boolean isEnd = message.startsWith("Encountered \"<EOF>\"");
                return unexpected(sql, isEnd ? sql.length() : from, parse, isReserved);
            }
            Matcher lexical = LEXICAL_PLACE.matcher(message);
            if (lexical.find()) {
                from = new TextPlace(Integer.parseInt(lexical.group(1)), Integer.parseInt(lexical.group(2))).offset(sql);
                return unreadable(sql, from, failure);
            }
            CoconutException foreign = ForeignStatements.refusal(sql, from, failure);
            return foreign == null ? reasoned(sql, at(sql, from, new Tokens(sql, from).next(), failure), message) : foreign;
        }
        return reasoned(sql, CoconutException.of(ErrorCode.SYNTAX_ERROR, failure), message);
    }

    private static CoconutException unexpected(String sql, int from, SqlParseException failure, Predicate<String> isReserved) {
        Expectation expectation = Expectation.of(sql, from, failure.getExpectedTokenSequences(), failure.getTokenImages());
        Token token = expectation.found();
        int offset = token == null ? sql.stripTrailing().length() : token.start();
        Token empty = emptyName(sql, Math.max(from, offset));
        if (empty != null) {
            return at(sql, empty.start(), empty, failure).mend("A name has one character at least.");
        }
        CoconutException foreign = ForeignStatements.refusal(sql, offset, failure);
        foreign = foreign == null ? ForeignStatements.clause(sql, offset, failure) : foreign;
        if (foreign != null) {
            return foreign;
        }
        CoconutException error = at(sql, offset, token, failure);
        Unclosed unclosed = unclosed(sql);
        if (unclosed != null && unclosed.start() <= offset) {
            return error.mend(unclosedMend(sql, unclosed));
        }
        List<String> words = expectation.words(isReserved);
        String mend = words.isEmpty() ? "Look at what stands there and before it." : "Expected: " + String.join(", ", words) + ".";
        String name = expectation.perhapsName(isReserved);
        if (name != null) {
            mend += " '" + name + "' is a reserved word: as a name it stands in double quotes, \"" + name + "\".";
        }
        return error.mend(mend);
    }

    /// A quoted name of no character at the place or before it: the parser may have looked past it before it found out.
    private static @Nullable Token emptyName(String sql, int offset) {
        Tokens tokens = new Tokens(sql, 0);
        for (Token token = tokens.next(); token != null && token.start() <= offset; token = tokens.next()) {
            if (token.text().equals("\"\"")) {
                return token;
            }
        }
        return null;
    }

    private static CoconutException unreadable(String sql, int from, Throwable failure) {
        Unclosed unclosed = unclosed(sql);
        if (unclosed != null && unclosed.start() <= from) {
            return at(sql, unclosed.start(), new Tokens(sql, unclosed.start()).next(), failure).mend(unclosedMend(sql, unclosed));
        }
        return at(sql, from, new Tokens(sql, from).next(), failure)
                .mend("The character means nothing in SQL; names with signs stand in double quotes, strings in single ones.");
    }

    private static @Nullable Unclosed unclosed(String sql) {
        Tokens tokens = new Tokens(sql, 0);
        while (tokens.next() != null && tokens.unclosed() == null) {
            // Up to the first, or the end.
        }
        return tokens.unclosed();
    }

    private static String unclosedMend(String sql, Unclosed unclosed) {
        TextPlace place = TextPlace.of(sql, unclosed.start());
        String end = switch (unclosed.what()) {
            case "comment" -> "end it with */.";
            case "string" -> "end it with a single quote; one inside of it is written twice.";
            default -> "end it with a double quote; one inside of it is written twice.";
        };
        return "The " + unclosed.what() + " that begins at line " + place.line() + ", column " + place.column() + " is not closed: " + end;
    }

    private static CoconutException at(String sql, int offset, @Nullable Token found, Throwable failure) {
        TextPlace place = TextPlace.of(sql, offset);
        return CoconutException.of(ErrorCode.SYNTAX_ERROR, failure)
                .with("line", place.line())
                .with("column", place.column())
                .with("found", found == null
                        ? "the end of the statement"
                        : Secrets.isSecret(sql, found) ? "what is not shown" : "'" + shown(found.text()) + "'");
    }

    private static CoconutException reasoned(String sql, CoconutException error, String message) {
        if (LARGE_NUMBER.matcher(message).find()) {
            return error.mend("The number is too large for its place: at most " + Integer.MAX_VALUE + ".");
        }
        if (message.startsWith("Non-query expression")) {
            return error.mend("Expected: a statement.");
        }
        if (Secrets.mayHave(sql)) {
            return error.mend("Look at what stands there and before it.");
        }
        int end = message.indexOf('\n');
        return error.with("reason", shown(end < 0 ? message : message.substring(0, end))).mend("Look at what stands there and before it.");
    }

    /// Short, and with control characters and halves of surrogate pairs written out.
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        String part = text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
        part.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                shown.append(String.format("\\u%04X", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return text.length() <= TEXT_MAX ? shown.toString() : shown.append('…').toString();
    }
}
