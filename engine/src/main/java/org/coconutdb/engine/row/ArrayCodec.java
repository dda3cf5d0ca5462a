package org.coconutdb.engine.row;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Arrays as bytes, the value of an ARRAY column in a row.
/// ```
///  0                            where there are NULLs
///  | 2 * elements + (1: NULLs)  | null bit of each          | elements that are not NULL, one behind another |
/// ```
/// The first number has 7 bits a byte, the lowest first, and the high bit of all but the last (LEB128). Elements of fixed length lie as in
/// [RowLayout]; before those of STRING, BYTES and ARRAY stands their length, written as the first number.
final class ArrayCodec {
    private static final int GROUP_BITS = 7;
    private static final int GROUP_MASK = 0x7f;
    private static final int MORE = 0x80;

    private ArrayCodec() {}

    /// What an array's elements are.
    static Column elementOf(Column array) {
        return Objects.requireNonNull(array.element());
    }

    /// Errors as those of [RowLayout#encode].
    ///
    /// @param values in the Java type that the element's [StorageType] names, null for NULL
    static byte[] encode(Column element, List<?> values) {
        int count = values.size();
        boolean isVariable = FixedValues.isVariable(element);
        boolean hasNulls = false;
        byte[] @Nullable [] parts = new byte[isVariable ? count : 0][];
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            Object value = values.get(i);
            if (value == null) {
                hasNulls = true;
            } else if (isVariable) {
                byte[] part = variable(element, value);
                parts[i] = part;
                bytes += numberBytes(part.length) + part.length;
            } else {
                bytes += FixedValues.bytes(element);
            }
        }
        long head = 2L * count + (hasNulls ? 1 : 0);
        int at = numberBytes(head);
        ByteBuffer array = ByteBuffer.allocate(Math.toIntExact(at + (hasNulls ? nullBytes(count) : 0) + bytes))
                .order(ByteOrder.LITTLE_ENDIAN);
        putNumber(array, head);
        if (hasNulls) {
            for (int i = 0; i < count; i++) {
                if (values.get(i) == null) {
                    int bit = at + (i >> 3);
                    array.put(bit, (byte) (array.get(bit) | 1 << (i & 7)));
                }
            }
            array.position(at + nullBytes(count));
        }
        for (int i = 0; i < count; i++) {
            Object value = values.get(i);
            if (value == null) {
                continue;
            }
            byte[] part = isVariable ? parts[i] : null;
            if (part != null) {
                putNumber(array, part.length);
                array.put(part);
            } else {
                FixedValues.put(array, array.position(), element, value);
                array.position(array.position() + FixedValues.bytes(element));
            }
        }
        return array.array();
    }

    private static byte[] variable(Column element, Object value) {
        return switch (element.type()) {
            case BYTES -> (byte[]) value;
            case ARRAY -> encode(elementOf(element), (List<?>) value);
            default -> Strings.toUtf8((String) value);
        };
    }

    /// The inverse of [#encode], of an array that lies in memory: a list that cannot be changed.
    static List<@Nullable Object> decode(Column element, MemorySegment memory, long offset, int length) {
        Reader in = new Reader(memory, offset);
        List<@Nullable Object> values = in.array(element);
        if (in.at != offset + length) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("arrayBytes", length).with("bytesRead", in.at - offset);
        }
        return values;
    }

    private static final class Reader {
        private final MemorySegment memory;
        private long at;

        Reader(MemorySegment memory, long at) {
            this.memory = memory;
            this.at = at;
        }

        List<@Nullable Object> array(Column element) {
            int head = number();
            int count = head >>> 1;
            long nulls = at;
            boolean hasNulls = (head & 1) != 0;
            at += hasNulls ? nullBytes(count) : 0;
            List<@Nullable Object> values = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                boolean isNull = hasNulls && (memory.get(ValueLayout.JAVA_BYTE, nulls + (i >> 3)) >> (i & 7) & 1) != 0;
                values.add(isNull ? null : element(element));
            }
            return Collections.unmodifiableList(values);
        }

        private Object element(Column element) {
            if (!FixedValues.isVariable(element)) {
                Object value = FixedValues.get(memory, at, element);
                at += FixedValues.bytes(element);
                return value;
            }
            int length = number();
            if (element.type() == StorageType.ARRAY) {
                return array(elementOf(element));
            }
            byte[] part = new byte[length];
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, part, 0, length);
            at += length;
            return element.type() == StorageType.BYTES ? part : new String(part, StandardCharsets.UTF_8);
        }

        private int number() {
            long number = 0;
            for (int shift = 0;; shift += GROUP_BITS) {
                byte group = memory.get(ValueLayout.JAVA_BYTE, at++);
                number |= (long) (group & GROUP_MASK) << shift;
                if (group >= 0) {
                    return Math.toIntExact(number);
                }
            }
        }
    }

    private static int nullBytes(int count) {
        return (count + 7) / 8;
    }

    private static int numberBytes(long number) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + GROUP_BITS - 1) / GROUP_BITS);
    }

    private static void putNumber(ByteBuffer array, long number) {
        long rest = number;
        while (rest > GROUP_MASK) {
            array.put((byte) (rest | MORE));
            rest >>>= GROUP_BITS;
        }
        array.put((byte) rest);
    }
}
