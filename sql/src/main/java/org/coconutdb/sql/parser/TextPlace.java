package org.coconutdb.sql.parser;

/// A place in a text, counted from 1 as people and JavaCC do; columns are UTF-16 units. Lines end with LF, CR or both.
record TextPlace(int line, int column) {
    static TextPlace of(String text, int offset) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < offset; i++) {
            if (isLineEnd(text, i)) {
                line++;
                lineStart = i + 1;
            }
        }
        return new TextPlace(line, offset - lineStart + 1);
    }

    /// The place's offset; the text's end where it has no such place.
    int offset(String text) {
        int start = 0;
        int left = line - 1;
        for (int i = 0; left > 0 && i < text.length(); i++) {
            if (isLineEnd(text, i)) {
                left--;
                start = i + 1;
            }
        }
        return left > 0 ? text.length() : Math.clamp(start + column - 1L, 0, text.length());
    }

    private static boolean isLineEnd(String text, int offset) {
        char c = text.charAt(offset);
        return c == '\n' || (c == '\r' && (offset + 1 == text.length() || text.charAt(offset + 1) != '\n'));
    }
}
