package org.coconutdb.engine.row;

import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Keys as bytes whose unsigned order is the order of their values ("memcomparable", as in MyRocks and FoundationDB's tuple layer).
/// Immutable.
///
/// | type | bytes |
/// | --- | --- |
/// | BOOLEAN | 0 or 1 |
/// | whole numbers, DECIMAL (unscaled, 8 or 16 bytes) | big-endian, sign bit turned over |
/// | FLOAT32, FLOAT64 | IEEE 754 big-endian; sign bit turned over where it is 0, all bits where it is 1; -0 is 0, NaN is greatest |
/// | STRING (UTF-8), BYTES | each 00 as 00 FF, then 00 01 |
/// | UUID | its 16 bytes |
///
/// A nullable column has a byte before its value: 01, and 02 alone for NULL, so NULL comes last. A descending column has all its bytes
/// but that one turned over. No encoded value is a prefix of another of its column, so the bytes of leading columns are a prefix of
/// exactly those keys that begin with these values.
public final class KeyCodec {
    private static final byte NOT_NULL = 1;
    private static final byte NULL = 2;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /// A column of a key and its direction.
    public record KeyColumn(Column column, boolean descending) {}

    private final KeyColumn[] columns;

    public KeyCodec(List<KeyColumn> columns) {
        this.columns = columns.toArray(KeyColumn[]::new);
    }

    public int columnCount() {
        return columns.length;
    }

    public KeyColumn column(int column) {
        return columns[column];
    }

    /// Encodes one value a column, in the Java types that [StorageType] names. NULL_NOT_ALLOWED for NULL in a column that is not
    /// nullable.
    public byte[] encode(@Nullable Object[] values) {
        if (values.length != columns.length) {
            throw new IllegalArgumentException(values.length + " values for a key of " + columns.length);
        }
        return encodePrefix(values);
    }

    /// Encodes values of the first columns only.
    public byte[] encodePrefix(@Nullable Object[] values) {
        if (values.length == 1 && columns[0].column.type() == StorageType.INT64 && !columns[0].column.nullable()
                && values[0] instanceof Long value) {
            // The most frequent key of all.
            long bits = columns[0].descending ? ~(value ^ Long.MIN_VALUE) : value ^ Long.MIN_VALUE;
            byte[] key = new byte[Long.BYTES];
            LONG.set(key, 0, bits);
            return key;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(16 * values.length);
        for (int i = 0; i < values.length; i++) {
            encode(columns[i], i, values[i], out);
        }
        return out.toByteArray();
    }

    private static void encode(KeyColumn key, int position, @Nullable Object value, ByteArrayOutputStream out) {
        if (value == null) {
            if (!key.column.nullable()) {
                throw CoconutException.of(ErrorCode.NULL_NOT_ALLOWED)
                        .with("keyColumn", position + 1)
                        .mend("Give every column of the primary key a value.");
            }
            out.write(NULL);
            return;
        }
        if (key.column.nullable()) {
            out.write(NOT_NULL);
        }
        byte[] bytes = bytes(key.column, value);
        if (key.descending) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) ~bytes[i];
            }
        }
        out.writeBytes(bytes);
    }

    private static byte[] bytes(Column column, Object value) {
        return switch (column.type()) {
            case BOOLEAN -> new byte[] {(byte) ((Boolean) value ? 1 : 0)};
            case INT8 -> new byte[] {(byte) ((Byte) value ^ 0x80)};
            case INT16 -> ByteBuffer.allocate(2).putShort((short) ((Short) value ^ 0x8000)).array();
            case INT32 -> ByteBuffer.allocate(4).putInt((Integer) value ^ Integer.MIN_VALUE).array();
            case INT64 -> ByteBuffer.allocate(8).putLong((Long) value ^ Long.MIN_VALUE).array();
            case FLOAT32 -> ByteBuffer.allocate(4).putInt(ordered((Float) value)).array();
            case FLOAT64 -> ByteBuffer.allocate(8).putLong(ordered((Double) value)).array();
            case UUID -> ByteBuffer.allocate(16)
                    .putLong(((UUID) value).getMostSignificantBits())
                    .putLong(((UUID) value).getLeastSignificantBits())
                    .array();
            case DECIMAL -> {
                if (Decimals.isLong(column)) {
                    yield ByteBuffer.allocate(8).putLong(Decimals.unscaledLong((BigDecimal) value, column) ^ Long.MIN_VALUE).array();
                }
                long[] halves = Decimals.unscaledHalves((BigDecimal) value, column);
                yield ByteBuffer.allocate(16).putLong(halves[0] ^ Long.MIN_VALUE).putLong(halves[1]).array();
            }
            case STRING -> escape(Strings.toUtf8((String) value));
            case BYTES -> escape((byte[]) value);
            case ARRAY -> throw noKey(column);
        };
    }

    private static int ordered(float value) {
        // Adding 0 makes -0 to 0; floatToIntBits makes all NaNs one.
        int bits = Float.floatToIntBits(value + 0.0f);
        return bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE;
    }

    private static long ordered(double value) {
        long bits = Double.doubleToLongBits(value + 0.0);
        return bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
    }

    private static byte[] escape(byte[] value) {
        int zeros = 0;
        for (byte b : value) {
            if (b == 0) {
                zeros++;
            }
        }
        byte[] escaped = new byte[value.length + zeros + 2];
        int at = 0;
        for (byte b : value) {
            escaped[at++] = b;
            if (b == 0) {
                escaped[at++] = (byte) 0xFF;
            }
        }
        escaped[at++] = 0;
        escaped[at] = 1;
        return escaped;
    }

    /// The values of a whole key.
    public @Nullable Object[] decode(byte[] key) {
        return decodePrefix(key, columns.length);
    }

    /// The values of the first columns of a key, which may go on behind them.
    public @Nullable Object[] decodePrefix(byte[] key, int columnCount) {
        @Nullable Object[] values = new Object[columnCount];
        decode(key, 0, values);
        return values;
    }

    /// Decodes the first columns, as many as there is room for, of a key that begins somewhere in an array; answers where they end.
    public int decode(byte[] key, int from, @Nullable Object[] into) {
        int at = from;
        for (int i = 0; i < into.length; i++) {
            KeyColumn column = columns[i];
            if (column.column.nullable() && key[at++] == NULL) {
                into[i] = null;
                continue;
            }
            int length = isVariable(column.column) ? escapedLength(key, at, column.descending) : fixedLength(column.column);
            into[i] = value(column.column, key, at, length, column.descending);
            at += length;
        }
        return at;
    }

    /// Bytes that the first columns of an encoded key take.
    public int prefixLength(byte[] key, int columnCount) {
        int at = 0;
        for (int i = 0; i < columnCount; i++) {
            KeyColumn column = columns[i];
            if (!column.column.nullable() || key[at++] != NULL) {
                at += isVariable(column.column) ? escapedLength(key, at, column.descending) : fixedLength(column.column);
            }
        }
        return at;
    }

    private static boolean isVariable(Column column) {
        return column.type() == StorageType.STRING || column.type() == StorageType.BYTES;
    }

    private static int fixedLength(Column column) {
        return switch (column.type()) {
            case BOOLEAN, INT8 -> 1;
            case INT16 -> 2;
            case INT32, FLOAT32 -> 4;
            case INT64, FLOAT64 -> 8;
            case DECIMAL -> Decimals.isLong(column) ? 8 : 16;
            case UUID -> 16;
            case STRING, BYTES, ARRAY -> throw new IllegalArgumentException("not of fixed length: " + column);
        };
    }

    private static int escapedLength(byte[] key, int from, boolean descending) {
        byte flip = (byte) (descending ? 0xFF : 0);
        int at = from;
        while (true) {
            if ((key[at] ^ flip) == 0) {
                if ((byte) (key[at + 1] ^ flip) == 1) {
                    return at + 2 - from;
                }
                at++;
            }
            at++;
        }
    }

    private static Object value(Column column, byte[] key, int at, int length, boolean descending) {
        // What a descending column's bytes are turned over with.
        long flip = descending ? -1 : 0;
        return switch (column.type()) {
            case BOOLEAN -> (key[at] ^ (byte) flip) != 0;
            case INT8 -> (byte) (key[at] ^ flip ^ 0x80);
            case INT16 -> (short) ((short) SHORT.get(key, at) ^ flip ^ 0x8000);
            case INT32 -> (int) ((int) INT.get(key, at) ^ flip) ^ Integer.MIN_VALUE;
            case INT64 -> (long) LONG.get(key, at) ^ flip ^ Long.MIN_VALUE;
            case FLOAT32 -> {
                int bits = (int) ((int) INT.get(key, at) ^ flip);
                yield Float.intBitsToFloat(bits < 0 ? bits ^ Integer.MIN_VALUE : ~bits);
            }
            case FLOAT64 -> {
                long bits = (long) LONG.get(key, at) ^ flip;
                yield Double.longBitsToDouble(bits < 0 ? bits ^ Long.MIN_VALUE : ~bits);
            }
            case UUID -> new UUID((long) LONG.get(key, at) ^ flip, (long) LONG.get(key, at + 8) ^ flip);
            case DECIMAL -> {
                long high = (long) LONG.get(key, at) ^ flip ^ Long.MIN_VALUE;
                yield Decimals.isLong(column)
                        ? BigDecimal.valueOf(high, column.scale())
                        : Decimals.ofHalves(high, (long) LONG.get(key, at + 8) ^ flip, column.scale());
            }
            case STRING -> {
                byte[] bytes = unescape(key, at, length, (byte) flip);
                yield new String(bytes, StandardCharsets.UTF_8);
            }
            case BYTES -> unescape(key, at, length, (byte) flip);
            case ARRAY -> throw noKey(column);
        };
    }

    private static IllegalArgumentException noKey(Column column) {
        return new IllegalArgumentException("no key has a column like " + column);
    }

    private static byte[] unescape(byte[] key, int at, int length, byte flip) {
        byte[] value = new byte[length - 2];
        int valueBytes = 0;
        int end = at + length - 2;
        for (int from = at; from < end; from++) {
            byte b = (byte) (key[from] ^ flip);
            value[valueBytes++] = b;
            if (b == 0) {
                from++;
            }
        }
        return valueBytes == value.length ? value : Arrays.copyOf(value, valueBytes);
    }
}
