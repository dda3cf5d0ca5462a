package org.coconutdb.engine.row;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Rows as bytes, laid out so that a column is read where it lies, without the rest. Immutable.
/// ```
///  0         1                  1 + ceil(n / 8)        fixed end
///  | version | null bit of each | one slot of each     | variable values one behind another |
/// ```
/// `version` is the layout's number among those that rows of the table may have ([RowVersions]), unsigned.
///
/// Little-endian. Slots: BOOLEAN and INT8 1 byte, INT16 2, INT32 and FLOAT32 4, INT64 and FLOAT64 8, UUID 16 (most significant half
/// first), DECIMAL its unscaled value in 8 bytes up to 18 digits and in 16 beyond (low half first), STRING (UTF-8), BYTES and ARRAY
/// ([ArrayCodec]) 4: where the value ends, counted from the fixed part's end; it begins where the variable column before it ends. A NULL's
/// slot is zeros, and a variable NULL ends where it begins.
public final class RowLayout {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The highest version.
    public static final int VERSION_MAX = 255;
    private static final int VERSION_BYTES = 1;

    private final int version;
    private final Column[] columns;
    // Offset of each column's slot from the row's start.
    private final int[] slots;
    // Of each variable column: the slot of the variable column before it, -1 for the first.
    private final int[] previousVariable;
    // The slot of the last variable column, which says where the row ends; -1: none.
    private final int lastVariable;
    private final int fixedBytes;

    /// The first layout of a table.
    public RowLayout(List<Column> columns) {
        this(columns, 0);
    }

    /// @param version 0 to [#VERSION_MAX]
    public RowLayout(List<Column> columns, int version) {
        this.version = Objects.checkIndex(version, VERSION_MAX + 1);
        this.columns = columns.toArray(Column[]::new);
        this.slots = new int[this.columns.length];
        this.previousVariable = new int[this.columns.length];
        int offset = VERSION_BYTES + (this.columns.length + 7) / 8;
        int variable = -1;
        for (int i = 0; i < this.columns.length; i++) {
            slots[i] = offset;
            previousVariable[i] = variable;
            if (FixedValues.isVariable(this.columns[i])) {
                variable = offset;
            }
            offset += FixedValues.bytes(this.columns[i]);
        }
        this.lastVariable = variable;
        this.fixedBytes = offset;
    }

    public int version() {
        return version;
    }

    /// The version of the layout that a row was written with.
    public static int version(MemorySegment memory, long row) {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, row));
    }

    public int columnCount() {
        return columns.length;
    }

    public Column column(int column) {
        return columns[column];
    }

    /// Encodes one value a column, in the Java types that [StorageType] names. NULL_NOT_ALLOWED names the column by its position;
    /// VALUE_OUT_OF_RANGE where a decimal has more digits than its column; INVALID_VALUE where a string is not Unicode.
    public byte[] encode(@Nullable Object[] values) {
        if (values.length != columns.length) {
            throw new IllegalArgumentException(values.length + " values for " + columns.length + " columns");
        }
        byte[] @Nullable [] tails = new byte[columns.length][];
        int tailBytes = 0;
        for (int i = 0; i < columns.length; i++) {
            Object value = values[i];
            if (value != null && FixedValues.isVariable(columns[i])) {
                byte[] bytes = variableBytes(columns[i], value);
                tails[i] = bytes;
                tailBytes = Math.addExact(tailBytes, bytes.length);
            }
        }
        ByteBuffer row = ByteBuffer.allocate(Math.addExact(fixedBytes, tailBytes)).order(ByteOrder.LITTLE_ENDIAN);
        row.put(0, (byte) version);
        int tail = 0;
        for (int i = 0; i < columns.length; i++) {
            Object value = values[i];
            byte[] bytes = tails[i];
            if (value == null) {
                requireNullable(i);
                int at = VERSION_BYTES + (i >> 3);
                row.put(at, (byte) (row.get(at) | 1 << (i & 7)));
            } else if (bytes != null) {
                row.put(fixedBytes + tail, bytes);
                tail += bytes.length;
            } else {
                FixedValues.put(row, slots[i], columns[i], value);
            }
            if (FixedValues.isVariable(columns[i])) {
                row.putInt(slots[i], tail);
            }
        }
        return row.array();
    }

    /// A row of this layout with other values in some columns, the rest copied as it lies; errors are those of [#encode].
    ///
    /// @param changed positions of the columns, no two alike
    /// @param values one for each of them
    public byte[] changed(MemorySegment memory, long row, int[] changed, @Nullable Object[] values) {
        for (int column : changed) {
            if (FixedValues.isVariable(columns[column])) {
                return changedTail(memory, row, changed, values);
            }
        }
        byte[] bytes = new byte[length(memory, row)];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, row, bytes, 0, bytes.length);
        setFixed(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), changed, values);
        return bytes;
    }

    /// Bytes of a row of this layout.
    private int length(MemorySegment memory, long row) {
        return fixedBytes + (lastVariable < 0 ? 0 : memory.get(INT, row + lastVariable));
    }

    private byte[] changedTail(MemorySegment memory, long row, int[] changed, @Nullable Object[] values) {
        byte[] @Nullable [] tails = new byte[columns.length][];
        boolean[] isChanged = new boolean[columns.length];
        for (int i = 0; i < changed.length; i++) {
            isChanged[changed[i]] = true;
            Object value = values[i];
            if (value != null && FixedValues.isVariable(columns[changed[i]])) {
                tails[changed[i]] = variableBytes(columns[changed[i]], value);
            }
        }
        int tailBytes = 0;
        for (int i = 0; i < columns.length; i++) {
            if (FixedValues.isVariable(columns[i])) {
                byte[] bytes = tails[i];
                int length = !isChanged[i] ? variableLength(memory, row, i) : bytes == null ? 0 : bytes.length;
                tailBytes = Math.addExact(tailBytes, length);
            }
        }
        byte[] bytes = new byte[Math.addExact(fixedBytes, tailBytes)];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, row, bytes, 0, fixedBytes);
        ByteBuffer copy = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        setFixed(copy, changed, values);
        int tail = 0;
        for (int i = 0; i < columns.length; i++) {
            if (FixedValues.isVariable(columns[i])) {
                byte[] own = tails[i];
                if (!isChanged[i]) {
                    int length = variableLength(memory, row, i);
                    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, variableOffset(memory, row, i), bytes, fixedBytes + tail, length);
                    tail += length;
                } else if (own != null) {
                    System.arraycopy(own, 0, bytes, fixedBytes + tail, own.length);
                    tail += own.length;
                }
                copy.putInt(slots[i], tail);
            }
        }
        return bytes;
    }

    /// Writes whether they are NULL, and the slots of those that have a value in them.
    private void setFixed(ByteBuffer row, int[] changed, @Nullable Object[] values) {
        for (int i = 0; i < changed.length; i++) {
            int column = changed[i];
            Object value = values[i];
            int at = VERSION_BYTES + (column >> 3);
            int bit = 1 << (column & 7);
            if (value == null) {
                requireNullable(column);
                row.put(at, (byte) (row.get(at) | bit));
                for (int b = 0; b < FixedValues.bytes(columns[column]); b++) {
                    row.put(slots[column] + b, (byte) 0);
                }
            } else {
                row.put(at, (byte) (row.get(at) & ~bit));
                if (!FixedValues.isVariable(columns[column])) {
                    FixedValues.put(row, slots[column], columns[column], value);
                }
            }
        }
    }

    private void requireNullable(int column) {
        if (!columns[column].nullable()) {
            throw CoconutException.of(ErrorCode.NULL_NOT_ALLOWED).with("column", column + 1);
        }
    }

    private static byte[] variableBytes(Column column, Object value) {
        return switch (column.type()) {
            case BYTES -> (byte[]) value;
            case ARRAY -> ArrayCodec.encode(ArrayCodec.elementOf(column), (List<?>) value);
            default -> Strings.toUtf8((String) value);
        };
    }

    public boolean isNull(MemorySegment memory, long row, int column) {
        return (memory.get(ValueLayout.JAVA_BYTE, row + VERSION_BYTES + (column >> 3)) >> (column & 7) & 1) != 0;
    }

    /// The value of a BOOLEAN, INT8, INT16, INT32, INT64 column, or the unscaled value of a DECIMAL up to 18 digits; not NULL.
    public long getLong(MemorySegment memory, long row, int column) {
        long slot = row + slots[column];
        return switch (columns[column].type()) {
            case BOOLEAN, INT8 -> memory.get(ValueLayout.JAVA_BYTE, slot);
            case INT16 -> memory.get(SHORT, slot);
            case INT32 -> memory.get(INT, slot);
            case INT64, DECIMAL -> memory.get(LONG, slot);
            case FLOAT32, FLOAT64, STRING, BYTES, UUID, ARRAY -> throw new IllegalArgumentException("not a whole number: "
                    + columns[column]);
        };
    }

    /// The value of a FLOAT32 or FLOAT64 column; not NULL.
    public double getDouble(MemorySegment memory, long row, int column) {
        long slot = row + slots[column];
        return columns[column].type() == StorageType.FLOAT32 ? memory.get(FLOAT, slot) : memory.get(DOUBLE, slot);
    }

    /// Where a STRING's, BYTES' or ARRAY's bytes begin.
    public long variableOffset(MemorySegment memory, long row, int column) {
        int previous = previousVariable[column];
        return row + fixedBytes + (previous < 0 ? 0 : memory.get(INT, row + previous));
    }

    /// How many bytes a STRING, BYTES or ARRAY has.
    public int variableLength(MemorySegment memory, long row, int column) {
        long end = row + fixedBytes + memory.get(INT, row + slots[column]);
        return (int) (end - variableOffset(memory, row, column));
    }

    /// One value in the Java type that its [StorageType] names, or null.
    public @Nullable Object get(MemorySegment memory, long row, int column) {
        if (isNull(memory, row, column)) {
            return null;
        }
        return switch (columns[column].type()) {
            case STRING -> new String(bytes(memory, row, column), StandardCharsets.UTF_8);
            case BYTES -> bytes(memory, row, column);
            case ARRAY -> ArrayCodec.decode(ArrayCodec.elementOf(columns[column]), memory, variableOffset(memory, row, column),
                    variableLength(memory, row, column));
            default -> FixedValues.get(memory, row + slots[column], columns[column]);
        };
    }

    private byte[] bytes(MemorySegment memory, long row, int column) {
        byte[] bytes = new byte[variableLength(memory, row, column)];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, variableOffset(memory, row, column), bytes, 0, bytes.length);
        return bytes;
    }

    /// All columns of a row of this layout in an array. BROKEN_INVARIANT where it is of another: its columns would be mixed up.
    @Nullable
    Object[] decode(MemorySegment memory, long row) {
        if (version(memory, row) != version) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("rowVersion", version(memory, row)).with("layoutVersion", version);
        }
        @Nullable Object[] values = new Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
            values[i] = get(memory, row, i);
        }
        return values;
    }
}
