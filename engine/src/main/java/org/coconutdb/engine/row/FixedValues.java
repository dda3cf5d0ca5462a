package org.coconutdb.engine.row;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/// Values of types that have as many bytes whatever they are; [RowLayout] says how they lie.
final class FixedValues {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FixedValues() {}

    /// Whether the type is none of these.
    static boolean isVariable(Column column) {
        return column.type() == StorageType.STRING || column.type() == StorageType.BYTES || column.type() == StorageType.ARRAY;
    }

    /// Bytes of a column's slot: of a value, or of the place that says where a variable one ends.
    static int bytes(Column column) {
        return switch (column.type()) {
            case BOOLEAN, INT8 -> 1;
            case INT16 -> 2;
            case INT32, FLOAT32, STRING, BYTES, ARRAY -> 4;
            case INT64, FLOAT64 -> 8;
            case DECIMAL -> Decimals.isLong(column) ? 8 : 16;
            case UUID -> 16;
        };
    }

    /// Writes a value, not NULL, into a little-endian buffer. VALUE_OUT_OF_RANGE where a decimal has more digits than its column.
    static void put(ByteBuffer row, int slot, Column column, Object value) {
        switch (column.type()) {
            case BOOLEAN -> row.put(slot, (byte) ((Boolean) value ? 1 : 0));
            case INT8 -> row.put(slot, (Byte) value);
            case INT16 -> row.putShort(slot, (Short) value);
            case INT32 -> row.putInt(slot, (Integer) value);
            case INT64 -> row.putLong(slot, (Long) value);
            case FLOAT32 -> row.putFloat(slot, (Float) value);
            case FLOAT64 -> row.putDouble(slot, (Double) value);
            case UUID -> row.putLong(slot, ((UUID) value).getMostSignificantBits())
                    .putLong(slot + 8, ((UUID) value).getLeastSignificantBits());
            case DECIMAL -> {
                if (Decimals.isLong(column)) {
                    row.putLong(slot, Decimals.unscaledLong((BigDecimal) value, column));
                } else {
                    long[] halves = Decimals.unscaledHalves((BigDecimal) value, column);
                    row.putLong(slot, halves[1]).putLong(slot + 8, halves[0]);
                }
            }
            case STRING, BYTES, ARRAY -> throw notFixed(column);
        }
    }

    /// The value of a slot, not NULL, in the Java type that its [StorageType] names.
    static Object get(MemorySegment memory, long slot, Column column) {
        return switch (column.type()) {
            case BOOLEAN -> memory.get(ValueLayout.JAVA_BYTE, slot) != 0;
            case INT8 -> memory.get(ValueLayout.JAVA_BYTE, slot);
            case INT16 -> memory.get(SHORT, slot);
            case INT32 -> memory.get(INT, slot);
            case INT64 -> memory.get(LONG, slot);
            case FLOAT32 -> memory.get(FLOAT, slot);
            case FLOAT64 -> memory.get(DOUBLE, slot);
            case UUID -> new UUID(memory.get(LONG, slot), memory.get(LONG, slot + 8));
            case DECIMAL -> Decimals.isLong(column)
                    ? BigDecimal.valueOf(memory.get(LONG, slot), column.scale())
                    : Decimals.ofHalves(memory.get(LONG, slot + 8), memory.get(LONG, slot), column.scale());
            case STRING, BYTES, ARRAY -> throw notFixed(column);
        };
    }

    private static IllegalArgumentException notFixed(Column column) {
        return new IllegalArgumentException("not of fixed length: " + column);
    }
}
