package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A path of SQL/JSON (ISO/IEC 9075-2, 9.45): `[lax | strict] $` and accessors. Immutable; any thread.
///
/// `lax` looks into arrays where a member is asked for, takes one item for an array of it, and finds nothing where there is nothing; `strict` makes an error
/// of each of these.
final class JsonPath {
    private static final int KNOWN_MAX = 500;
    private static final Map<String, JsonPath> KNOWN = new ConcurrentHashMap<>();

    /// What a path finds cannot be found in this item.
    static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Mismatch(String message) {
            super(message, null, false, false);
        }
    }

    /// One step, from an item to those behind it.
    sealed interface Step {}

    record Member(String name) implements Step {}

    record AnyMember() implements Step {}

    record AnyElement() implements Step {}

    record Elements(List<Subscript> subscripts) implements Step {}

    record Filter(JsonPredicate predicate) implements Step {}

    record Method(String name) implements Step {}

    /// @param isLast whether it counts from the last element
    record Index(boolean isLast, int offset) {
        int of(int size) {
            return isLast ? size - 1 + offset : offset;
        }
    }

    /// From one to another, which may be the same.
    record Subscript(Index from, Index to) {}

    private final boolean isLax;
    private final List<Step> steps;

    JsonPath(boolean isLax, List<Step> steps) {
        this.isLax = isLax;
        this.steps = List.copyOf(steps);
    }

    /// INVALID_ARGUMENT where it is none.
    static JsonPath of(String text) {
        JsonPath known = KNOWN.get(text);
        if (known != null) {
            return known;
        }
        JsonPath parsed = new JsonPathParser(text).path();
        if (KNOWN.size() >= KNOWN_MAX) {
            KNOWN.clear();
        }
        KNOWN.put(text, parsed);
        return parsed;
    }

    boolean isLax() {
        return isLax;
    }

    /// What it finds, in order. [Mismatch] where the mode makes an error of what is not there.
    List<Object> find(Object root) {
        List<Object> found = List.of(root);
        for (Step step : steps) {
            List<Object> next = new ArrayList<>();
            for (Object item : found) {
                apply(step, item, next);
            }
            found = next;
        }
        return found;
    }

    private void apply(Step step, Object item, List<Object> found) {
        switch (step) {
            case Member(String name) -> unwrapped(item).forEach(one -> member(one, name, found));
            case AnyMember() -> unwrapped(item).forEach(one -> found.addAll(members(one).values()));
            case AnyElement() -> found.addAll(elements(item));
            case Elements(List<Subscript> subscripts) -> {
                List<Object> elements = elements(item);
                subscripts.forEach(subscript -> pick(elements, subscript, found));
            }
            case Filter(JsonPredicate predicate) -> unwrapped(item).stream()
                    .filter(one -> Boolean.TRUE.equals(predicate.test(one, this)))
                    .forEach(found::add);
            case Method(String name) -> JsonMethods.apply(name, item, isLax, found);
        }
    }

    /// In lax mode the elements of an array, else the item.
    private List<Object> unwrapped(Object item) {
        return isLax && item instanceof List<?> elements ? List.copyOf(elements) : List.of(item);
    }

    private void member(Object item, String name, List<Object> found) {
        Object value = members(item).get(name);
        if (value != null) {
            found.add(value);
        } else if (!isLax) {
            throw new Mismatch("there is no member " + name);
        }
    }

    private Map<?, ?> members(Object item) {
        if (item instanceof Map<?, ?> members) {
            return members;
        }
        if (isLax) {
            return Map.of();
        }
        throw new Mismatch("a member of what is no object");
    }

    private List<Object> elements(Object item) {
        if (item instanceof List<?> elements) {
            return List.copyOf(elements);
        }
        if (isLax) {
            return List.of(item);
        }
        throw new Mismatch("an element of what is no array");
    }

    private void pick(List<Object> elements, Subscript subscript, List<Object> found) {
        int from = subscript.from().of(elements.size());
        int to = subscript.to().of(elements.size());
        if (!isLax && (from < 0 || to >= elements.size() || from > to)) {
            throw new Mismatch("there is no element " + from);
        }
        for (int i = Math.max(0, from); i <= to && i < elements.size(); i++) {
            found.add(elements.get(i));
        }
    }
}
