package org.coconutdb.sql.run;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A condition of a path's filter: true, false, or null where it cannot be told, which is no error.
sealed interface JsonPredicate {
    /// @param item that `@` is
    @Nullable
    Boolean test(Object item, JsonPath path);

    record And(JsonPredicate left, JsonPredicate right) implements JsonPredicate {
        @Override
        public @Nullable Boolean test(Object item, JsonPath path) {
            Boolean first = left.test(item, path);
            Boolean second = Boolean.FALSE.equals(first) ? first : right.test(item, path);
            return Boolean.FALSE.equals(second) ? second : first == null ? null : second;
        }
    }

    record Or(JsonPredicate left, JsonPredicate right) implements JsonPredicate {
        @Override
        public @Nullable Boolean test(Object item, JsonPath path) {
            Boolean first = left.test(item, path);
            Boolean second = Boolean.TRUE.equals(first) ? first : right.test(item, path);
            return Boolean.TRUE.equals(second) ? second : first == null ? null : second;
        }
    }

    record Not(JsonPredicate of) implements JsonPredicate {
        @Override
        public @Nullable Boolean test(Object item, JsonPath path) {
            Boolean value = of.test(item, path);
            return value == null ? null : !value;
        }
    }

    record IsUnknown(JsonPredicate of) implements JsonPredicate {
        @Override
        public Boolean test(Object item, JsonPath path) {
            return of.test(item, path) == null;
        }
    }

    /// exists(path).
    record Exists(Operand of) implements JsonPredicate {
        @Override
        public @Nullable Boolean test(Object item, JsonPath path) {
            try {
                return !of.items(item).isEmpty();
            } catch (JsonPath.Mismatch unknown) {
                return null;
            }
        }
    }

    /// True where any pair of items is, null where one cannot be compared.
    record Comparison(String operator, Operand left, Operand right) implements JsonPredicate {
        @Override
        public @Nullable Boolean test(Object item, JsonPath path) {
            try {
                boolean isUnknown = false;
                for (Object first : unwrapped(left.items(item), path)) {
                    for (Object second : unwrapped(right.items(item), path)) {
                        Boolean value = compare(first, second);
                        if (Boolean.TRUE.equals(value)) {
                            return true;
                        }
                        isUnknown |= value == null;
                    }
                }
                return isUnknown ? null : Boolean.FALSE;
            } catch (JsonPath.Mismatch unknown) {
                return null;
            }
        }

        private @Nullable Boolean compare(Object first, Object second) {
            if (first.equals(JsonText.NULL) || second.equals(JsonText.NULL)) {
                boolean isSame = first.equals(second);
                return switch (operator) {
                    case "==" -> isSame;
                    case "!=" -> !isSame;
                    default -> isSame ? operator.endsWith("=") : null;
                };
            }
            Integer order = switch (first) {
                case BigDecimal a when second instanceof BigDecimal b -> a.compareTo(b);
                case String a when second instanceof String b -> a.compareTo(b);
                case Boolean a when second instanceof Boolean b -> a.compareTo(b);
                default -> null;
            };
            if (order == null) {
                return null;
            }
            return switch (operator) {
                case "==" -> order == 0;
                case "!=" -> order != 0;
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                default -> order >= 0;
            };
        }
    }

    /// `starts with`, of texts.
    record StartsWith(Operand of, String prefix) implements JsonPredicate {
        @Override
        public @Nullable Boolean test(Object item, JsonPath path) {
            return anyText(of, item, path, text -> text.startsWith(prefix));
        }
    }

    /// `like_regex`, of texts.
    record LikeRegex(Operand of, Pattern pattern) implements JsonPredicate {
        @Override
        public @Nullable Boolean test(Object item, JsonPath path) {
            return anyText(of, item, path, text -> pattern.matcher(text).find());
        }
    }

    private static @Nullable Boolean anyText(Operand of, Object item, JsonPath path, java.util.function.Predicate<String> test) {
        try {
            boolean isUnknown = false;
            for (Object one : unwrapped(of.items(item), path)) {
                if (one instanceof String text && test.test(text)) {
                    return true;
                }
                isUnknown |= !(one instanceof String);
            }
            return isUnknown ? null : Boolean.FALSE;
        } catch (JsonPath.Mismatch unknown) {
            return null;
        }
    }

    private static List<Object> unwrapped(List<Object> items, JsonPath path) {
        if (!path.isLax() || items.stream().noneMatch(List.class::isInstance)) {
            return items;
        }
        List<Object> all = new ArrayList<>();
        items.forEach(item -> {
            if (item instanceof List<?> elements) {
                all.addAll(elements);
            } else {
                all.add(item);
            }
        });
        return all;
    }

    /// What is compared: a constant, or what a path finds from `@`.
    ///
    /// @param constant null where it is a path
    record Operand(@Nullable Object constant, JsonPath path) {
        List<Object> items(Object item) {
            return constant == null ? path.find(item) : List.of(constant);
        }
    }
}
