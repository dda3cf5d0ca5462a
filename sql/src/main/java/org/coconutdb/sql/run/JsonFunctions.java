package org.coconutdb.sql.run;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// JSON_VALUE, JSON_QUERY, JSON_EXISTS, IS JSON and PostgreSQL's arrows. Generated code calls them, not with NULL.
///
/// What is to be done where nothing is found, or an error is, comes as text: `E` an error, `N` NULL, `D` and a text that one, for JSON_EXISTS `T` and `F`.
public final class JsonFunctions {
    private static final String ERROR = "E";
    private static final Pattern PLACE = Pattern.compile("-?\\d{1,9}");

    private JsonFunctions() {}

    private static @Nullable String otherwise(String behaviour, CoconutException failure) {
        if (behaviour.equals(ERROR)) {
            throw failure;
        }
        return behaviour.charAt(0) == 'D' ? behaviour.substring(1) : null;
    }

    private static CoconutException notFound(String path, String detail) {
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                .with("path", path)
                .with("detail", detail)
                .mend("Say what is to be answered instead: NULL, or DEFAULT …, ON EMPTY and ON ERROR.");
    }

    /// One scalar as text.
    public static @Nullable String value(String json, String path, String onEmpty, String onError) {
        JsonPath parsed = JsonPath.of(path);
        List<Object> found;
        try {
            found = parsed.find(JsonText.parse(json));
        } catch (CoconutException failure) {
            return otherwise(onError, failure);
        } catch (JsonPath.Mismatch failure) {
            return otherwise(onError, notFound(path, String.valueOf(failure.getMessage())));
        }
        if (found.isEmpty()) {
            return otherwise(onEmpty, notFound(path, "nothing is there"));
        }
        if (found.size() > 1 || found.getFirst() instanceof Map<?, ?> || found.getFirst() instanceof List<?>) {
            return otherwise(onError, notFound(path, found.size() > 1 ? "more than one item is there" : "it is no scalar"));
        }
        return JsonText.NULL.equals(found.getFirst()) ? null : JsonText.scalar(found.getFirst());
    }

    /// An object or an array as text.
    ///
    /// @param wrapper `W` always puts an array around what is found, `C` around what is not one object or array, `N` never
    public static @Nullable String query(String json, String path, String wrapper, String onEmpty, String onError) {
        JsonPath parsed = JsonPath.of(path);
        List<Object> found;
        try {
            found = parsed.find(JsonText.parse(json));
        } catch (CoconutException failure) {
            return otherwise(onError, failure);
        } catch (JsonPath.Mismatch failure) {
            return otherwise(onError, notFound(path, String.valueOf(failure.getMessage())));
        }
        if (found.isEmpty()) {
            return otherwise(onEmpty, notFound(path, "nothing is there"));
        }
        boolean isOne = found.size() == 1 && (found.getFirst() instanceof Map<?, ?> || found.getFirst() instanceof List<?>);
        if (wrapper.equals("W") || (wrapper.equals("C") && !isOne)) {
            return JsonText.write(found);
        }
        return isOne
                ? JsonText.write(found.getFirst())
                : otherwise(onError, notFound(path, found.size() > 1 ? "more than one item is there" : "it is no object or array"));
    }

    /// Whether the path finds anything.
    public static @Nullable Boolean exists(String json, String path, String onError) {
        JsonPath parsed = JsonPath.of(path);
        CoconutException failed;
        try {
            return !parsed.find(JsonText.parse(json)).isEmpty();
        } catch (CoconutException failure) {
            failed = failure;
        } catch (JsonPath.Mismatch failure) {
            failed = notFound(path, String.valueOf(failure.getMessage()));
        }
        if (onError.equals(ERROR)) {
            throw failed;
        }
        return onError.equals("N") ? null : Boolean.valueOf(onError.equals("T"));
    }

    /// @param kind VALUE, OBJECT, ARRAY or SCALAR
    public static boolean isJson(String text, String kind) {
        try {
            Object item = JsonText.parse(text);
            return switch (kind) {
                case "OBJECT" -> item instanceof Map<?, ?>;
                case "ARRAY" -> item instanceof List<?>;
                case "SCALAR" -> !(item instanceof Map<?, ?>) && !(item instanceof List<?>);
                default -> true;
            };
        } catch (CoconutException invalid) {
            return false;
        }
    }

    /// The text, which is JSON: INVALID_JSON.
    public static String checked(String text) {
        JsonText.parse(text);
        return text;
    }

    /// `json -> key`: the member, or the element, as JSON; null where there is none.
    public static @Nullable String member(String json, String key) {
        Object item = item(JsonText.parse(json), key);
        return item == null ? null : JsonText.write(item);
    }

    /// `json ->> key`: the same as text; null for JSON's null, too.
    public static @Nullable String memberText(String json, String key) {
        return text(item(JsonText.parse(json), key));
    }

    /// @param key of an object a member's name, of an array a whole number: a place from 0, or from the end below 0
    private static @Nullable Object item(Object json, String key) {
        if (json instanceof Map<?, ?> members) {
            return members.get(key);
        }
        if (!(json instanceof List<?> elements) || !PLACE.matcher(key).matches()) {
            return null;
        }
        int at = Integer.parseInt(key) < 0 ? elements.size() + Integer.parseInt(key) : Integer.parseInt(key);
        return at >= 0 && at < elements.size() ? elements.get(at) : null;
    }

    private static @Nullable String text(@Nullable Object item) {
        return switch (item) {
            case null -> null;
            case String text -> text;
            case Map<?, ?> _,List<?> _ -> JsonText.write(item);
            default -> JsonText.NULL.equals(item) ? null : JsonText.scalar(item);
        };
    }
}
