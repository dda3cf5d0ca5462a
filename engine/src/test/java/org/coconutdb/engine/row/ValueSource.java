package org.coconutdb.engine.row;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// Random values of every storage type, with many of those that break codecs: bounds, zeros, shared prefixes, NUL bytes.
final class ValueSource {
    private final Random random;

    ValueSource(Random random) {
        this.random = random;
    }

    /// One that a key can have.
    Column column(boolean nullable) {
        StorageType[] types = StorageType.values();
        StorageType type = types[random.nextInt(types.length)];
        if (type == StorageType.ARRAY) {
            return column(nullable);
        }
        if (type != StorageType.DECIMAL) {
            return Column.of(type, nullable);
        }
        int precision = 1 + random.nextInt(38);
        return Column.decimal(precision, random.nextInt(precision + 1), nullable);
    }

    /// One that only rows can have: an array, of arrays too.
    Column array(boolean nullable) {
        return Column.array(random.nextInt(4) == 0 ? array(true) : column(true), nullable);
    }

    Object value(Column column) {
        if (column.nullable() && random.nextInt(6) == 0) {
            return null;
        }
        return switch (column.type()) {
            case BOOLEAN -> random.nextBoolean();
            case INT8 -> (byte) whole();
            case INT16 -> (short) whole();
            case INT32 -> (int) whole();
            case INT64 -> whole();
            case FLOAT32 -> (float) floating();
            case FLOAT64 -> floating();
            case DECIMAL -> decimal(column);
            case STRING -> string();
            case BYTES -> bytes();
            case UUID -> new UUID(whole(), whole());
            case ARRAY -> array(column.element());
        };
    }

    /// The same, but for arrays of bytes below lists, which are like no others: they become lists.
    static Object comparable(Object value) {
        return switch (value) {
            case Object[] values -> Arrays.stream(values).map(ValueSource::comparable).toList();
            case List<?> list -> list.stream().map(ValueSource::comparable).toList();
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case null, default -> value;
        };
    }

    private List<Object> array(Column element) {
        List<Object> values = new ArrayList<>();
        for (int i = random.nextInt(random.nextInt(8) == 0 ? 200 : 4); i > 0; i--) {
            values.add(value(element));
        }
        return values;
    }

    private long whole() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(5) - 2;
            case 1 -> Long.MIN_VALUE >> random.nextInt(64);
            case 2 -> Long.MAX_VALUE >> random.nextInt(63);
            case 3 -> 0x8080808080808080L;
            default -> random.nextLong();
        };
    }

    private double floating() {
        double[] special = {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, -Double.MIN_VALUE,
                Double.MAX_VALUE, -Double.MAX_VALUE, 1, -1, 1.5, Float.MIN_VALUE, -Float.MAX_VALUE};
        return random.nextBoolean() ? special[random.nextInt(special.length)] : random.nextGaussian() * Math.pow(10, random.nextInt(40)
                - 20);
    }

    private BigDecimal decimal(Column column) {
        BigInteger largest = BigInteger.TEN.pow(column.precision()).subtract(BigInteger.ONE);
        BigInteger unscaled = switch (random.nextInt(5)) {
            case 0 -> largest;
            case 1 -> BigInteger.valueOf(random.nextInt(3) - 1);
            default -> new BigInteger(128, random).mod(largest.add(BigInteger.ONE));
        };
        if (unscaled.abs().compareTo(largest) > 0) {
            unscaled = BigInteger.ZERO;
        }
        return new BigDecimal(random.nextBoolean() ? unscaled.negate() : unscaled, column.scale());
    }

    private String string() {
        String[] pieces = {"", "\0", "\0\0", "a", "ab", "\u00ff", "\u0001", "é", "€", "𝄞", "\uffff", "z"};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(5)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = random.nextBoolean() ? (byte) (random.nextInt(4) - 2) : (byte) random.nextInt();
        }
        return bytes;
    }

    /// The order that keys shall have, written down without a thought of bytes. Strings order by code point, NULL comes last.
    static int compare(Column column, Object left, Object right) {
        return switch (column.type()) {
            case BOOLEAN -> Boolean.compare((boolean) left, (boolean) right);
            case INT8 -> Byte.compare((byte) left, (byte) right);
            case INT16 -> Short.compare((short) left, (short) right);
            case INT32 -> Integer.compare((int) left, (int) right);
            case INT64 -> Long.compare((long) left, (long) right);
            // 0 and -0 are one value.
            case FLOAT32 -> Float.compare((float) left + 0.0f, (float) right + 0.0f);
            case FLOAT64 -> Double.compare((double) left + 0.0, (double) right + 0.0);
            case DECIMAL -> ((BigDecimal) left).compareTo((BigDecimal) right);
            case STRING -> Arrays.compare(((String) left).codePoints().toArray(), ((String) right).codePoints().toArray());
            case BYTES -> Arrays.compareUnsigned((byte[]) left, (byte[]) right);
            case UUID -> Comparator.<UUID> comparingLong(uuid -> uuid.getMostSignificantBits() ^ Long.MIN_VALUE)
                    .thenComparingLong(uuid -> uuid.getLeastSignificantBits() ^ Long.MIN_VALUE)
                    .compare((UUID) left, (UUID) right);
            case ARRAY -> throw new IllegalArgumentException("no key has one");
        };
    }
}
