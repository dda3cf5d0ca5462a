package org.coconutdb.sql.catalog;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyCodec.KeyColumn;
import org.coconutdb.engine.row.StorageType;
import org.jspecify.annotations.Nullable;

/// What ANALYZE has found of one column. Values are keys, so that their bytes have the values' order ([#key]); of long ones the beginning stands for all.
/// Immutable.
///
/// @param column by its name when it was analyzed
/// @param type of the column then
/// @param nullFraction part of the rows that are NULL
/// @param distinct how many different values there are, NULL being none; at least 1
/// @param bounds an equi-depth histogram: between any two that follow each other lie as many of the values that are not NULL; the first is the least
///     value, the last the greatest; empty where all are NULL
/// @param common values that many rows have, the most frequent first
public record ColumnStatistics(
        String column,
        Column type,
        double nullFraction,
        double distinct,
        List<byte[]> bounds,
        List<Common> common) {
    /// A value that many rows have.
    ///
    /// @param fraction of all rows
    public record Common(byte[] key, double fraction) {}

    /// Characters or bytes of a value that are looked at.
    static final int VALUE_LENGTH_MAX = 32;

    public ColumnStatistics {
        bounds = List.copyOf(bounds);
        common = List.copyOf(common);
    }

    /// The key of a value, in storage representation, of a column of this type.
    static byte[] key(Column type, Object value) {
        return codec(type).encode(new Object[] {beginning(value)});
    }

    private static KeyCodec codec(Column type) {
        return new KeyCodec(List.of(new KeyColumn(new Column(type.type(), type.precision(), type.scale(), false), false)));
    }

    private static Object beginning(Object value) {
        return switch (value) {
            case String text when text.length() > VALUE_LENGTH_MAX -> text.substring(0, Character.isHighSurrogate(text.charAt(
                    VALUE_LENGTH_MAX - 1)) ? VALUE_LENGTH_MAX - 1 : VALUE_LENGTH_MAX);
            case byte[] bytes when bytes.length > VALUE_LENGTH_MAX -> Arrays.copyOf(bytes, VALUE_LENGTH_MAX);
            default -> value;
        };
    }

    /// The part of all rows that have this value, where it is one of the column's.
    ///
    /// @param value in storage representation
    public double equalTo(Object value) {
        byte[] key = key(type, value);
        double others = 1 - nullFraction;
        for (Common each : common) {
            if (Arrays.equals(each.key, key)) {
                return each.fraction;
            }
            others -= each.fraction;
        }
        boolean isOutside = bounds.isEmpty() || Arrays.compareUnsigned(key, bounds.getFirst()) < 0
                || Arrays.compareUnsigned(key, bounds.getLast()) > 0;
        return isOutside ? 0 : Math.max(0, others) / Math.max(1, distinct - common.size());
    }

    /// The part of all rows that have one value, on average over the values.
    public double equalToAny() {
        return (1 - nullFraction) / Math.max(1, distinct);
    }

    /// The part of all rows between two values, in storage representation; null: from the first, to the last.
    public double between(@Nullable Object lower, @Nullable Object upper) {
        double from = lower == null ? 0 : below(key(type, lower));
        double to = upper == null ? 1 : below(key(type, upper));
        double ends = Math.max(0, to - from) * (1 - nullFraction);
        // The last value itself: one at least may be there.
        return upper == null ? ends : Math.max(ends, Math.min(1, equalTo(upper)));
    }

    /// The part of the values that are not NULL and lie below.
    private double below(byte[] key) {
        int buckets = bounds.size() - 1;
        if (buckets < 1) {
            return bounds.isEmpty() || Arrays.compareUnsigned(key, bounds.getFirst()) <= 0 ? 0 : 1;
        }
        int at = 0;
        while (at <= buckets && Arrays.compareUnsigned(bounds.get(at), key) < 0) {
            at++;
        }
        if (at == 0) {
            return 0;
        }
        if (at > buckets) {
            return 1;
        }
        return (at - 1 + place(bounds.get(at - 1), bounds.get(at), key)) / buckets;
    }

    /// Where a key lies between two others, 0 to 1, as if keys were numbers.
    private static double place(byte[] from, byte[] to, byte[] key) {
        int shared = Arrays.mismatch(from, to);
        if (shared < 0) {
            return 1;
        }
        double first = number(from, shared);
        double width = number(to, shared) - first;
        return width <= 0 ? 0.5 : Math.clamp((number(key, shared) - first) / width, 0.0, 1.0);
    }

    private static double number(byte[] key, int from) {
        double number = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
            number = number * 256 + (i < key.length ? key[i] & 0xFF : 0);
        }
        return number;
    }

    /// A value of a bound as text; null where there is none.
    @Nullable
    String text(boolean greatest) {
        if (bounds.isEmpty()) {
            return null;
        }
        Object value = codec(type).decode(greatest ? bounds.getLast() : bounds.getFirst())[0];
        return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
    }

    /// Whether it is of a column as it is now.
    boolean isOf(ColumnDefinition now, Column nowStored) {
        return column.equals(now.name()) && type.type() == nowStored.type() && type.scale() == nowStored.scale()
                && (type.type() != StorageType.DECIMAL || type.precision() == nowStored.precision());
    }
}
