package org.coconutdb.sql.run;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Reads and writes JSON (RFC 8259) without loss: numbers are decimals with all their digits. An item is a `Map`, a `List`, a `String`, a `BigDecimal`, a
/// `Boolean` or [#NULL]. Of a member that is there twice the last counts.
public final class JsonText {
    /// JSON's null.
    public static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    /// A number with more digits before or behind the point is written with an exponent.
    private static final int PLAIN_DIGITS_MAX = 40;
    private static final int NESTING_MAX = 1_000;
    private static final String HEX = "0123456789abcdef";

    private final String text;
    private int at;
    private int nesting;

    private JsonText(String text) {
        this.text = text;
    }

    /// INVALID_JSON with the place, counted from 1.
    public static Object parse(String text) {
        JsonText reader = new JsonText(text);
        Object item = reader.item();
        reader.skipBlanks();
        if (reader.at < text.length()) {
            throw reader.invalid("nothing behind the end");
        }
        return item;
    }

    private CoconutException invalid(String expected) {
        return CoconutException.of(ErrorCode.INVALID_JSON)
                .with("character", at + 1)
                .with("expected", expected)
                .mend("Look for IS JSON first.");
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private Object item() {
        skipBlanks();
        if (at == text.length()) {
            throw invalid("a value");
        }
        char c = text.charAt(at);
        return switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", NULL);
            default -> number();
        };
    }

    private Object word(String word, Object item) {
        if (!text.startsWith(word, at)) {
            throw invalid("a value");
        }
        at += word.length();
        return item;
    }

    private void enter() {
        at++;
        nesting++;
        if (nesting > NESTING_MAX) {
            throw invalid("at most " + NESTING_MAX + " levels");
        }
    }

    /// Whether the next sign is this one, which is then passed.
    private boolean passes(char sign) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == sign) {
            at++;
            return true;
        }
        return false;
    }

    private Map<String, Object> object() {
        enter();
        Map<String, Object> members = new LinkedHashMap<>();
        if (!passes('}')) {
            do {
                skipBlanks();
                if (at == text.length() || text.charAt(at) != '"') {
                    throw invalid("a member's name");
                }
                String name = string();
                if (!passes(':')) {
                    throw invalid(":");
                }
                members.put(name, item());
            } while (passes(','));
            if (!passes('}')) {
                throw invalid(", or }");
            }
        }
        nesting--;
        return members;
    }

    private List<Object> array() {
        enter();
        List<Object> elements = new ArrayList<>();
        if (!passes(']')) {
            do {
                elements.add(item());
            } while (passes(','));
            if (!passes(']')) {
                throw invalid(", or ]");
            }
        }
        nesting--;
        return elements;
    }

    private String string() {
        at++;
        StringBuilder string = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return string.toString();
            }
            if (c < ' ') {
                throw invalid("no control character");
            }
            at++;
            string.append(c == '\\' ? escaped() : c);
        }
        throw invalid("\"");
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at) : ' ';
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw invalid("an escape such as \\n");
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() ? HEX.indexOf(Character.toLowerCase(text.charAt(at))) : -1;
            if (digit < 0) {
                throw invalid("four hexadecimal digits");
            }
            code = code * 16 + digit;
            at++;
        }
        return (char) code;
    }

    private BigDecimal number() {
        int start = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        int first = at;
        digits();
        if (text.charAt(first) == '0' && at > first + 1) {
            at = first + 1;
            throw invalid("no digit behind a leading 0");
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
                at++;
            }
            digits();
        }
        try {
            return new BigDecimal(text.substring(start, at));
        } catch (NumberFormatException beyond) {
            throw invalid("a smaller exponent");
        }
    }

    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw invalid("a value");
        }
    }

    /// The item without blanks.
    static String write(Object item) {
        StringBuilder out = new StringBuilder();
        write(item, out);
        return out.toString();
    }

    private static void write(Object item, StringBuilder out) {
        switch (item) {
            case Map<?, ?> members -> {
                String before = "{";
                for (Map.Entry<?, ?> member : members.entrySet()) {
                    out.append(before);
                    quote(String.valueOf(member.getKey()), out);
                    out.append(':');
                    write(member.getValue(), out);
                    before = ",";
                }
                out.append(members.isEmpty() ? "{}" : "}");
            }
            case List<?> elements -> {
                String before = "[";
                for (Object element : elements) {
                    out.append(before);
                    write(element, out);
                    before = ",";
                }
                out.append(elements.isEmpty() ? "[]" : "]");
            }
            case String string -> quote(string, out);
            default -> out.append(scalar(item));
        }
    }

    /// A scalar's own text, that of a string without quotes.
    static String scalar(Object item) {
        if (!(item instanceof BigDecimal number)) {
            return item.toString();
        }
        boolean isPlain = number.scale() <= PLAIN_DIGITS_MAX && number.precision() - number.scale() <= PLAIN_DIGITS_MAX;
        return isPlain ? number.toPlainString() : number.toString();
    }

    private static void quote(String string, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
