package org.coconutdb.sql.parser;

import org.jspecify.annotations.Nullable;

/// The words of a text, one behind the other, without blanks and comments: for what must be known of a text that the parser refused or
/// must not see. Never fails: what is not closed reaches to the end. One thread.
final class Tokens {
    /// @param start offset of the first character
    /// @param end offset behind the last
    record Token(String text, int start, int end) {
        boolean isWord() {
            return Character.isJavaIdentifierStart(text.charAt(0)) && !isString();
        }

        boolean isString() {
            return text.indexOf('\'') >= 0 && text.charAt(0) != '"';
        }

        boolean isNumber() {
            char first = text.charAt(0);
            return isDigit(first) || (first == '.' && text.length() > 1);
        }

        boolean isQuotedName() {
            return text.charAt(0) == '"';
        }
    }

    /// A string, name or comment that is not closed.
    record Unclosed(String what, int start) {}

    private static final String PAIRS = " <> <= >= != || => :: -> .. */ ";

    private final String sql;
    private int at;
    private @Nullable Unclosed unclosed;

    Tokens(String sql, int from) {
        this.sql = sql;
        this.at = from;
    }

    /// What was found not to be closed up to now; null for nothing.
    @Nullable
    Unclosed unclosed() {
        return unclosed;
    }

    /// Null at the end.
    @Nullable
    Token next() {
        skipBlanks();
        if (at >= sql.length()) {
            return null;
        }
        int start = at;
        char c = sql.charAt(at);
        if (c == '\'' || c == '"') {
            at = quoteEnd(at);
        } else if (isDigit(c) || (c == '.' && isDigit(charAt(at + 1)))) {
            at = numberEnd(at);
        } else if (Character.isJavaIdentifierStart(c)) {
            at = wordEnd(at);
            if (charAt(at) == '\'' && isStringPrefix(start, at)) {
                at = quoteEnd(at);
            }
        } else if (sql.startsWith("/*+", at)) {
            at += 3;
        } else if (at + 1 < sql.length() && PAIRS.contains(" " + sql.substring(at, at + 2) + " ")) {
            at += 2;
        } else {
            at += Character.charCount(sql.codePointAt(at));
        }
        return new Token(sql.substring(start, at), start, at);
    }

    private void skipBlanks() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                at++;
            } else if (sql.startsWith("--", at) || sql.startsWith("//", at)) {
                while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
                    at++;
                }
            } else if (sql.startsWith("/*", at) && charAt(at + 2) != '+') {
                int end = sql.indexOf("*/", at + 2);
                if (end < 0 && unclosed == null) {
                    unclosed = new Unclosed("comment", at);
                }
                at = end < 0 ? sql.length() : end + 2;
            } else {
                return;
            }
        }
    }

    /// A quoted name ends in its line, a string can go on in the next.
    private int quoteEnd(int start) {
        char quote = sql.charAt(start);
        boolean isName = quote == '"';
        for (int end = start + 1; end < sql.length(); end++) {
            char c = sql.charAt(end);
            if (c == quote) {
                if (charAt(end + 1) != quote) {
                    return end + 1;
                }
                end++;
            } else if (isName && (c == '\n' || c == '\r')) {
                unclosed(isName, start);
                return end;
            }
        }
        unclosed(isName, start);
        return sql.length();
    }

    private void unclosed(boolean isName, int start) {
        if (unclosed == null) {
            unclosed = new Unclosed(isName ? "quoted name" : "string", start);
        }
    }

    private int numberEnd(int start) {
        int end = digitsEnd(start);
        if (charAt(end) == '.') {
            end = digitsEnd(end + 1);
        }
        if (charAt(end) == 'e' || charAt(end) == 'E') {
            int sign = charAt(end + 1) == '-' || charAt(end + 1) == '+' ? 1 : 0;
            if (isDigit(charAt(end + 1 + sign))) {
                end = digitsEnd(end + 1 + sign);
            }
        }
        return end;
    }

    private int digitsEnd(int start) {
        int end = start;
        while (isDigit(charAt(end))) {
            end++;
        }
        return end;
    }

    private int wordEnd(int start) {
        int end = start;
        while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end)) && sql.charAt(end) != 0) {
            end++;
        }
        return charAt(end) == '&' && charAt(end + 1) == '\'' ? end + 1 : end;
    }

    private boolean isStringPrefix(int start, int end) {
        return sql.charAt(start) == '_' || end - start == 1 || sql.charAt(end - 1) == '&';
    }

    private char charAt(int offset) {
        return offset < sql.length() ? sql.charAt(offset) : 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
