package org.coconutdb.sql.run;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.run.JsonPath.Step;
import org.coconutdb.sql.run.JsonPredicate.Operand;
import org.jspecify.annotations.Nullable;

/// Text → [JsonPath]. One use.
final class JsonPathParser {
    private static final int NESTING_MAX = 100;

    private final String text;
    private int at;
    private int nesting;
    private boolean isLax = true;

    JsonPathParser(String text) {
        this.text = text;
    }

    /// INVALID_ARGUMENT with the place, counted from 1.
    JsonPath path() {
        if (passesWord("strict")) {
            isLax = false;
        } else {
            passesWord("lax");
        }
        require("$");
        JsonPath path = steps();
        skipBlanks();
        if (at < text.length()) {
            throw invalid("an accessor such as .name or [0]");
        }
        return path;
    }

    private CoconutException invalid(String expected) {
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                .with("path", text)
                .with("character", at + 1)
                .with("expected", expected)
                .mend("A path of SQL/JSON is such as 'lax $.orders[*]?(@.price > 10).name'.");
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean passes(String sign) {
        skipBlanks();
        if (text.startsWith(sign, at)) {
            at += sign.length();
            return true;
        }
        return false;
    }

    private void require(String sign) {
        if (!passes(sign)) {
            throw invalid(sign);
        }
    }

    /// A word that no other letter follows.
    private boolean passesWord(String word) {
        skipBlanks();
        int end = at + word.length();
        if (text.startsWith(word, at) && (end == text.length() || !Character.isJavaIdentifierPart(text.charAt(end)) || word.endsWith(
                "$"))) {
            at = end;
            return true;
        }
        return false;
    }

    private JsonPath steps() {
        List<Step> steps = new ArrayList<>();
        while (true) {
            if (passes(".")) {
                steps.add(member());
            } else if (passes("[")) {
                steps.add(subscripts());
            } else if (passes("?")) {
                require("(");
                steps.add(new JsonPath.Filter(predicate()));
                require(")");
            } else {
                return new JsonPath(isLax, steps);
            }
        }
    }

    private Step member() {
        if (passes("*")) {
            return new JsonPath.AnyMember();
        }
        skipBlanks();
        if (at < text.length() && text.charAt(at) == '"') {
            return new JsonPath.Member(string());
        }
        String name = name();
        if (passes("(")) {
            require(")");
            if (!JsonMethods.NAMES.contains(name)) {
                throw invalid("one of the methods " + String.join(", ", JsonMethods.NAMES.stream().sorted().toList()));
            }
            return new JsonPath.Method(name);
        }
        return new JsonPath.Member(name);
    }

    private String name() {
        int start = at;
        while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
            at++;
        }
        if (at == start || Character.isDigit(text.charAt(start))) {
            at = start;
            throw invalid("a member's name, in double quotes where it has other signs than letters and digits");
        }
        return text.substring(start, at);
    }

    private String string() {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != '"') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= text.length()) {
            throw invalid("a string that ends");
        }
        try {
            String string = (String) JsonText.parse(text.substring(at, end + 1));
            at = end + 1;
            return string;
        } catch (CoconutException failure) {
            throw invalid("a string of JSON");
        }
    }

    private Step subscripts() {
        if (passes("*")) {
            require("]");
            return new JsonPath.AnyElement();
        }
        if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            throw invalid("a number: members are written .\"name\"");
        }
        List<JsonPath.Subscript> subscripts = new ArrayList<>();
        do {
            JsonPath.Index from = index();
            subscripts.add(new JsonPath.Subscript(from, passesWord("to") ? index() : from));
        } while (passes(","));
        require("]");
        return new JsonPath.Elements(subscripts);
    }

    private JsonPath.Index index() {
        if (passesWord("last")) {
            if (passes("-")) {
                return new JsonPath.Index(true, -whole());
            }
            return new JsonPath.Index(true, 0);
        }
        return new JsonPath.Index(false, whole());
    }

    private int whole() {
        skipBlanks();
        int start = at;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        if (at == start || at - start > 9) {
            at = start;
            throw invalid("a number, or last");
        }
        return Integer.parseInt(text.substring(start, at));
    }

    private JsonPredicate predicate() {
        nesting++;
        if (nesting > NESTING_MAX) {
            throw invalid("fewer conditions inside of others");
        }
        JsonPredicate either = conjunction();
        while (passes("||")) {
            either = new JsonPredicate.Or(either, conjunction());
        }
        nesting--;
        return either;
    }

    private JsonPredicate conjunction() {
        JsonPredicate both = condition();
        while (passes("&&")) {
            both = new JsonPredicate.And(both, condition());
        }
        return both;
    }

    private JsonPredicate condition() {
        if (passes("!")) {
            if (passesWord("exists")) {
                return new JsonPredicate.Not(exists());
            }
            require("(");
            return new JsonPredicate.Not(parenthesised());
        }
        if (passesWord("exists")) {
            return exists();
        }
        if (passes("(")) {
            JsonPredicate inner = parenthesised();
            if (passesWord("is")) {
                if (!passesWord("unknown")) {
                    throw invalid("is unknown");
                }
                return new JsonPredicate.IsUnknown(inner);
            }
            return inner;
        }
        return comparison();
    }

    private JsonPredicate parenthesised() {
        JsonPredicate inner = predicate();
        require(")");
        return inner;
    }

    private JsonPredicate exists() {
        require("(");
        Operand operand = operand();
        require(")");
        return new JsonPredicate.Exists(operand);
    }

    private JsonPredicate comparison() {
        Operand left = operand();
        if (passesWord("starts")) {
            if (!passesWord("with")) {
                throw invalid("starts with");
            }
            skipBlanks();
            if (at == text.length() || text.charAt(at) != '"') {
                throw invalid("a string");
            }
            return new JsonPredicate.StartsWith(left, string());
        }
        if (passesWord("like_regex")) {
            return regex(left);
        }
        for (String operator : List.of("==", "!=", "<>", "<=", ">=", "<", ">")) {
            if (passes(operator)) {
                return new JsonPredicate.Comparison(operator.equals("<>") ? "!=" : operator, left, operand());
            }
        }
        throw invalid("a comparison");
    }

    private JsonPredicate regex(Operand left) {
        skipBlanks();
        if (at == text.length() || text.charAt(at) != '"') {
            throw invalid("a string");
        }
        String pattern = string();
        int flags = 0;
        if (passesWord("flag")) {
            skipBlanks();
            flags = at < text.length() && text.charAt(at) == '"' && string().contains("i")
                    ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE
                    : 0;
        }
        try {
            return new JsonPredicate.LikeRegex(left, Pattern.compile(pattern, flags));
        } catch (PatternSyntaxException failure) {
            throw invalid("a regular expression");
        }
    }

    private Operand operand() {
        skipBlanks();
        if (passes("@")) {
            return new Operand(null, steps());
        }
        Object constant = constant();
        if (constant == null) {
            throw invalid("@, a number, a string, true, false or null");
        }
        return new Operand(constant, new JsonPath(isLax, List.of()));
    }

    private @Nullable Object constant() {
        if (at < text.length() && text.charAt(at) == '"') {
            return string();
        }
        if (passesWord("true")) {
            return true;
        }
        if (passesWord("false")) {
            return false;
        }
        if (passesWord("null")) {
            return JsonText.NULL;
        }
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return at == start ? null : new BigDecimal(text.substring(start, at));
        } catch (NumberFormatException none) {
            at = start;
            return null;
        }
    }
}
