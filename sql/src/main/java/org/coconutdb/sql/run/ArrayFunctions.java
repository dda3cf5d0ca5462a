package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.calcite.linq4j.function.Function1;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ArrayText;
import org.jspecify.annotations.Nullable;

/// What is computed of arrays, which are lists here, by generated code. Elements are the same where [RowOrder] says so, and NULL is like NULL.
public final class ArrayFunctions {
    private ArrayFunctions() {}

    /// Each element as a function has it, at once: an error comes here, and not to whoever looks at the elements.
    public static List<@Nullable Object> mapped(List<?> array, Function1<@Nullable Object, @Nullable Object> function) {
        List<@Nullable Object> elements = new ArrayList<>(array.size());
        for (Object element : array) {
            elements.add(function.apply(element));
        }
        return elements;
    }

    /// The order of two arrays: of the first elements that differ, NULL above all others, else that of their lengths.
    public static int compare(List<?> left, List<?> right) {
        return RowOrder.values(left, right);
    }

    /// The same as `IS NOT DISTINCT FROM`.
    public static boolean same(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == null && right == null;
        }
        return RowOrder.values(left, right) == 0;
    }

    /// `value <operator> ANY (array)`, or ALL.
    ///
    /// @param comparison how [RowOrder]'s answers stand for the operator: `=`, `<>`, `<`, `<=`, `>`, `>=`
    /// @param isPadded whether spaces at the end of texts count for nothing: one side is of CHAR
    public static @Nullable Boolean quantified(
            @Nullable Object value,
            @Nullable List<?> array,
            String comparison,
            boolean isAll,
            boolean isPadded) {
        if (array == null) {
            return null;
        }
        boolean isUnknown = false;
        for (Object element : array) {
            if (value == null || element == null) {
                isUnknown = true;
            } else if (holds(isPadded ? padded(value, element) : RowOrder.values(value, element), comparison) != isAll) {
                return !isAll;
            }
        }
        return isUnknown ? null : isAll;
    }

    private static int padded(Object left, Object right) {
        return RowOrder.values(unpadded((String) left), unpadded((String) right));
    }

    private static String unpadded(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean holds(int order, String comparison) {
        return switch (comparison) {
            case "=" -> order == 0;
            case "<>" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    public static @Nullable List<@Nullable Object> append(@Nullable List<?> array, @Nullable Object element) {
        if (array == null) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>(array);
        elements.add(element);
        return elements;
    }

    public static @Nullable List<@Nullable Object> prepend(@Nullable Object element, @Nullable List<?> array) {
        if (array == null) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>(array.size() + 1);
        elements.add(element);
        elements.addAll(array);
        return elements;
    }

    public static List<@Nullable Object> concat(List<?> left, List<?> right) {
        List<@Nullable Object> elements = new ArrayList<>(left);
        elements.addAll(right);
        return elements;
    }

    /// The place of the first such element, from 1; null where there is none.
    public static @Nullable Integer position(@Nullable List<?> array, @Nullable Object element) {
        for (int i = 0; array != null && i < array.size(); i++) {
            if (same(array.get(i), element)) {
                return i + 1;
            }
        }
        return null;
    }

    public static @Nullable Boolean contains(@Nullable List<?> array, @Nullable Object element) {
        return array == null ? null : array.stream().anyMatch(each -> same(each, element));
    }

    public static @Nullable List<@Nullable Object> remove(@Nullable List<?> array, @Nullable Object element) {
        if (array == null) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>(array.size());
        for (Object each : array) {
            if (!same(each, element)) {
                elements.add(each);
            }
        }
        return elements;
    }

    public static int length(List<?> array) {
        return array.size();
    }

    /// Of a dimension, 1 being the array itself: as PostgreSQL, null where it has no elements.
    public static @Nullable Integer length(List<?> array, long dimension) {
        Object inner = array;
        for (long level = 1; level < dimension && inner instanceof List<?> list; level++) {
            inner = list.isEmpty() ? null : list.getFirst();
        }
        return dimension < 1 || !(inner instanceof List<?> list) || list.isEmpty() ? null : (Integer) list.size();
    }

    /// The texts that are no NULL, with a delimiter between them.
    public static String join(List<?> array, String delimiter) {
        return join(array, delimiter, null);
    }

    /// The same, with a text for each NULL.
    public static String joinAll(List<?> array, String delimiter, String nullText) {
        return join(array, delimiter, nullText);
    }

    private static String join(List<?> array, String delimiter, @Nullable String nullText) {
        StringBuilder text = new StringBuilder();
        String separator = "";
        for (Object element : array) {
            Object shown = element == null ? nullText : element;
            if (shown != null) {
                text.append(separator).append(shown instanceof List<?> inner ? join(inner, delimiter, nullText) : shown);
                separator = delimiter;
            }
        }
        return text.toString();
    }

    /// Parts of a text; all its characters where there is no delimiter, and the text itself where that is empty.
    public static @Nullable List<@Nullable Object> split(@Nullable String text, @Nullable String delimiter) {
        return split(text, delimiter, null);
    }

    /// The same, with NULL for each part that is a text.
    public static @Nullable List<@Nullable Object> split(@Nullable String text, @Nullable String delimiter, @Nullable String nullText) {
        if (text == null) {
            return null;
        }
        List<@Nullable Object> parts = new ArrayList<>();
        if (text.isEmpty()) {
            return parts;
        }
        if (delimiter == null) {
            text.codePoints().forEach(character -> parts.add(Character.toString(character)));
        } else if (delimiter.isEmpty()) {
            parts.add(text);
        } else {
            int from = 0;
            for (int at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, from)) {
                parts.add(text.substring(from, at));
                from = at + delimiter.length();
            }
            parts.add(text.substring(from));
        }
        parts.replaceAll(part -> part != null && part.equals(nullText) ? null : part);
        return parts;
    }

    /// As [ArrayText] has it.
    ///
    /// @param array of texts
    public static String write(List<?> array) {
        return ArrayText.write(array, String::valueOf);
    }

    /// An array of texts. INVALID_VALUE where it is no array, or one of arrays and values, or of arrays in more or fewer others than it is read as.
    ///
    /// @param depth in how many arrays the texts are
    public static List<@Nullable Object> read(String text, int depth) {
        try {
            List<@Nullable Object> array = ArrayText.read(text);
            requireDepth(array, depth);
            return array;
        } catch (IllegalArgumentException failure) {
            throw CoconutException.of(ErrorCode.INVALID_VALUE)
                    .with("value", text.length() > 60 ? text.substring(0, 60) + "…" : text)
                    .mend("Write it as {1,2,NULL}: " + failure.getMessage() + ".");
        }
    }

    private static void requireDepth(List<?> array, int depth) {
        for (Object element : array) {
            if (element instanceof List<?> inner && depth > 1) {
                requireDepth(inner, depth - 1);
            } else if (element != null && (element instanceof List<?> || depth > 1)) {
                throw new IllegalArgumentException("an element is " + (depth > 1 ? "no array" : "an array"));
            }
        }
    }

    /// The array, where it is not too long for its type.
    public static List<?> bounded(List<?> array, int cardinalityMax) {
        if (array.size() > cardinalityMax) {
            throw CoconutException.of(ErrorCode.ARRAY_TOO_LONG)
                    .with("elements", array.size())
                    .with("elementsMax", cardinalityMax)
                    .mend("CAST to a type that takes more elements.");
        }
        return array;
    }

    /// What ARRAY_AGG gathered: null for nothing.
    public static @Nullable List<@Nullable Object> gathered(List<@Nullable Object> values) {
        return values.isEmpty() ? null : Collections.unmodifiableList(values);
    }

    /// The same, where more may come.
    public static @Nullable List<@Nullable Object> gatheredSoFar(List<@Nullable Object> values) {
        return gathered(new ArrayList<>(values));
    }
}
