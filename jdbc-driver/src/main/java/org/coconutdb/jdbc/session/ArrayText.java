package org.coconutdb.jdbc.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Arrays as text, as PostgreSQL writes and reads them: `{1,NULL,"two words",{}}`. An element stands in double quotes where it is empty, is
/// the word NULL, or has a comma, a brace, a quote, a backslash or a blank in it; a backslash stands before quotes and backslashes.
public final class ArrayText {
    private static final int DEPTH_MAX = 64;
    private static final String SPECIAL = "{},\"\\";

    private final String text;
    private int at;

    private ArrayText(String text) {
        this.text = text;
    }

    /// @param element writes an element that is neither null nor a list
    public static String write(List<?> values, Function<Object, String> element) {
        StringBuilder out = new StringBuilder();
        write(values, element, out);
        return out.toString();
    }

    private static void write(List<?> values, Function<Object, String> element, StringBuilder out) {
        out.append('{');
        String separator = "";
        for (Object value : values) {
            out.append(separator);
            separator = ",";
            if (value == null) {
                out.append("NULL");
            } else if (value instanceof List<?>) {
                write((List<?>) value, element, out);
            } else {
                String text = element.apply(value);
                if (isPlain(text)) {
                    out.append(text);
                } else {
                    out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
                }
            }
        }
        out.append('}');
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty() && !text.equalsIgnoreCase("NULL") && text.chars().noneMatch(c -> SPECIAL.indexOf(c) >= 0 || isBlank(c));
    }

    private static boolean isBlank(int character) {
        return Character.isWhitespace(character);
    }

    /// The elements: texts, null for NULL, lists for arrays. IllegalArgumentException where the text is no array; its message is the reason.
    public static List<@Nullable Object> read(String text) {
        ArrayText in = new ArrayText(text);
        in.skipBlanks();
        List<@Nullable Object> values = in.array(1);
        in.skipBlanks();
        if (in.at < text.length()) {
            throw new IllegalArgumentException("something stands behind the closing brace");
        }
        return values;
    }

    private List<@Nullable Object> array(int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("more than " + DEPTH_MAX + " arrays in each other");
        }
        require('{', "an array begins with {");
        List<@Nullable Object> values = new ArrayList<>();
        skipBlanks();
        if (peek() == '}') {
            at++;
            return Collections.unmodifiableList(values);
        }
        while (true) {
            skipBlanks();
            int next = peek();
            values.add(next == '{' ? array(depth + 1) : next == '"' ? quoted() : plain());
            skipBlanks();
            if (peek() != ',') {
                break;
            }
            at++;
        }
        require('}', "an array ends with }");
        return Collections.unmodifiableList(values);
    }

    private String quoted() {
        StringBuilder value = new StringBuilder();
        at++;
        for (int c = peek(); c != '"'; c = peek()) {
            value.append(character());
        }
        at++;
        return value.toString();
    }

    private @Nullable String plain() {
        StringBuilder value = new StringBuilder();
        boolean isEscaped = false;
        // Where the value ends but for blanks behind it.
        int end = 0;
        for (int c = peek(); c != ',' && c != '}'; c = peek()) {
            if (c == '{' || c == '"') {
                throw new IllegalArgumentException("a comma is missing, or quotes around an element");
            }
            isEscaped |= c == '\\';
            value.append(character());
            end = c != '\\' && isBlank(c) ? end : value.length();
        }
        value.setLength(end);
        if (end == 0) {
            throw new IllegalArgumentException("an element is missing: an empty text is written \"\"");
        }
        return !isEscaped && value.toString().equalsIgnoreCase("NULL") ? null : value.toString();
    }

    private char character() {
        if (text.charAt(at) == '\\') {
            at++;
            peek();
        }
        return text.charAt(at++);
    }

    private int peek() {
        if (at >= text.length()) {
            throw new IllegalArgumentException("the closing brace is missing");
        }
        return text.charAt(at);
    }

    private void require(char wanted, String reason) {
        if (at >= text.length() || text.charAt(at) != wanted) {
            throw new IllegalArgumentException(reason);
        }
        at++;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }
}
