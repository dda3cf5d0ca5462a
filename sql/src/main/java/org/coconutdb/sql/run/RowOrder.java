package org.coconutdb.sql.run;

import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.calcite.linq4j.function.Strict;
import org.jspecify.annotations.Nullable;

/// The order of rows by some of their columns. The same as that of keys: text by code points, UUIDs by unsigned bytes, NaN above all
/// other numbers, and no difference between 0.0 and -0.0. Arrays, which are no keys, are ordered by their elements.
public final class RowOrder implements Comparator<@Nullable Object> {
    /// One column of an order.
    public record Part(int column, boolean descending, boolean nullsFirst) {}

    private final Part[] parts;
    private final boolean scalar;

    /// @param scalar whether rows are values of one column instead of arrays
    public RowOrder(Part[] parts, boolean scalar) {
        this.parts = parts.clone();
        this.scalar = scalar;
    }

    @Override
    @SuppressWarnings("NullAway") // rows of several columns are arrays
    public int compare(@Nullable Object left, @Nullable Object right) {
        for (Part part : parts) {
            Object first = scalar ? left : ((Object[]) left)[part.column];
            Object second = scalar ? right : ((Object[]) right)[part.column];
            int order = compare(first, second, part);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int compare(@Nullable Object left, @Nullable Object right, Part part) {
        if (left == null || right == null) {
            int nulls = (left == null ? 0 : 1) - (right == null ? 0 : 1);
            return part.nullsFirst ? nulls : -nulls;
        }
        int order = values(left, right);
        return part.descending ? -order : order;
    }

    @SuppressWarnings("unchecked") // a column's values are of one type
    static int values(Object left, Object right) {
        return switch (left) {
            case Long number -> Long.compare(number, ((Number) right).longValue());
            case Integer number -> Long.compare(number, ((Number) right).longValue());
            case Short number -> Long.compare(number, ((Number) right).longValue());
            case Byte number -> Long.compare(number, ((Number) right).longValue());
            case List<?> list -> lists(list, (List<?>) right);
            case String text -> codePoints(text, (String) right);
            case UUID uuid -> uuids(uuid, (UUID) right);
            case Double number -> Double.compare(number + 0.0, (Double) right + 0.0);
            case Float number -> Float.compare(number + 0.0f, (Float) right + 0.0f);
            case Comparable<?> comparable -> ((Comparable<Object>) comparable).compareTo(right);
            default -> throw new IllegalArgumentException("no order for " + left.getClass());
        };
    }

    /// By the first elements that differ, NULL above all others; a list is below those that begin with it.
    private static int lists(List<?> left, List<?> right) {
        int shared = Math.min(left.size(), right.size());
        for (int i = 0; i < shared; i++) {
            Object first = left.get(i);
            Object second = right.get(i);
            int order = first == null || second == null ? (first == null ? 1 : 0) - (second == null ? 1 : 0) : values(first, second);
            if (order != 0) {
                return order;
            }
        }
        return left.size() - right.size();
    }

    private static int codePoints(String left, String right) {
        int shared = Math.min(left.length(), right.length());
        for (int i = 0; i < shared; i++) {
            char first = left.charAt(i);
            char second = right.charAt(i);
            if (first != second) {
                // Surrogates stand for code points above all others.
                boolean firstAbove = Character.isSurrogate(first);
                boolean secondAbove = Character.isSurrogate(second);
                return firstAbove == secondAbove ? first - second : firstAbove ? 1 : -1;
            }
        }
        return left.length() - right.length();
    }

    /// As unsigned bytes (RFC 9562); Java's own order is by signed halves. Generated code calls it; not with NULL.
    @Strict
    public static int uuids(Object left, Object right) {
        return uuids((UUID) left, (UUID) right);
    }

    private static int uuids(UUID left, UUID right) {
        int high = Long.compareUnsigned(left.getMostSignificantBits(), right.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(left.getLeastSignificantBits(), right.getLeastSignificantBits());
    }
}
