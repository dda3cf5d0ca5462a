package org.coconutdb.sql.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The methods of a path's items.
final class JsonMethods {
    static final Set<String> NAMES = Set.of("type", "size", "double", "ceiling", "floor", "abs");

    private JsonMethods() {}

    static void apply(String name, Object item, boolean isLax, List<Object> found) {
        switch (name) {
            case "type" -> found.add(type(item));
            case "size" -> {
                if (!isLax && !(item instanceof List<?>)) {
                    throw new JsonPath.Mismatch("the size of what is no array");
                }
                found.add(BigDecimal.valueOf(item instanceof List<?> elements ? elements.size() : 1));
            }
            default -> {
                if (isLax && item instanceof List<?> elements) {
                    elements.forEach(element -> found.add(number(name, element)));
                } else {
                    found.add(number(name, item));
                }
            }
        }
    }

    private static String type(Object item) {
        return switch (item) {
            case Map<?, ?> _ -> "object";
            case List<?> _ -> "array";
            case String _ -> "string";
            case BigDecimal _ -> "number";
            case Boolean _ -> "boolean";
            default -> "null";
        };
    }

    private static BigDecimal number(String name, Object item) {
        BigDecimal number = switch (item) {
            case BigDecimal known -> known;
            case String text when name.equals("double") -> parsed(text);
            default -> throw new JsonPath.Mismatch(name + "() of what is no number");
        };
        return switch (name) {
            case "ceiling" -> number.setScale(0, RoundingMode.CEILING);
            case "floor" -> number.setScale(0, RoundingMode.FLOOR);
            case "abs" -> number.abs();
            default -> number;
        };
    }

    private static BigDecimal parsed(String text) {
        try {
            return new BigDecimal(text.strip());
        } catch (NumberFormatException none) {
            throw new JsonPath.Mismatch("double() of what is no number");
        }
    }
}
