package org.coconutdb.sql.run;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.apache.calcite.sql.SqlKind;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.row.StorageType;

/// A [RowCondition] with the values of one execution: looks at a row where it lies. Immutable.
///
/// The logic has three values, as SQL's: [#FALSE] < [#UNKNOWN] < [#TRUE], so AND is the least and OR the greatest of its parts.
sealed interface RowTest {
    int FALSE = -1;
    int UNKNOWN = 0;
    int TRUE = 1;

    int test(RowLayout layout, MemorySegment memory, long row);

    /// The same answer for every row.
    enum Constant implements RowTest {
        UNKNOWN;

        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            return RowTest.UNKNOWN;
        }
    }

    record And(RowTest[] tests) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            int least = TRUE;
            for (RowTest test : tests) {
                least = Math.min(least, test.test(layout, memory, row));
                if (least == FALSE) {
                    break;
                }
            }
            return least;
        }
    }

    record Or(RowTest[] tests) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            int greatest = FALSE;
            for (RowTest test : tests) {
                greatest = Math.max(greatest, test.test(layout, memory, row));
                if (greatest == TRUE) {
                    break;
                }
            }
            return greatest;
        }
    }

    record Not(RowTest test) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            return -test.test(layout, memory, row);
        }
    }

    record IsNull(int column) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            return layout.isNull(memory, row, column) ? TRUE : FALSE;
        }
    }

    record IsSet(int column) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            if (layout.isNull(memory, row, column)) {
                return RowTest.UNKNOWN;
            }
            return layout.getLong(memory, row, column) != 0 ? TRUE : FALSE;
        }
    }

    /// The same answer for every row whose column is not NULL.
    record UnlessNull(int column, int answer) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            return layout.isNull(memory, row, column) ? RowTest.UNKNOWN : answer;
        }
    }

    record StartsWith(int column, byte[] prefix) implements RowTest {
        StartsWith(int column, String prefix) {
            this(column, prefix.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            if (layout.isNull(memory, row, column)) {
                return RowTest.UNKNOWN;
            }
            int length = layout.variableLength(memory, row, column);
            if (length < prefix.length) {
                return FALSE;
            }
            long offset = layout.variableOffset(memory, row, column);
            for (int i = 0; i < prefix.length; i++) {
                if (memory.get(ValueLayout.JAVA_BYTE, offset + i) != prefix[i]) {
                    return FALSE;
                }
            }
            return TRUE;
        }
    }

    /// Whole numbers, BOOLEAN, and DECIMAL up to 18 digits by its unscaled value.
    record CompareLong(int column, long value, SqlKind kind) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            if (layout.isNull(memory, row, column)) {
                return RowTest.UNKNOWN;
            }
            return holds(kind, Long.compare(layout.getLong(memory, row, column), value));
        }
    }

    /// REAL and DOUBLE, as Java's operators compare them: NaN equals nothing and is neither above nor below.
    record CompareDouble(int column, double value, SqlKind kind) implements RowTest {
        @Override
        @SuppressWarnings("FloatingPointLiteralPrecision")
        public int test(RowLayout layout, MemorySegment memory, long row) {
            if (layout.isNull(memory, row, column)) {
                return RowTest.UNKNOWN;
            }
            return holds(kind, layout.getDouble(memory, row, column), value);
        }
    }

    /// STRING as UTF-8 and BYTES, by unsigned bytes.
    record CompareBytes(int column, byte[] value, SqlKind kind) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            if (layout.isNull(memory, row, column)) {
                return RowTest.UNKNOWN;
            }
            int length = layout.variableLength(memory, row, column);
            if (kind == SqlKind.EQUALS && length != value.length) {
                return FALSE;
            }
            long offset = layout.variableOffset(memory, row, column);
            int shared = Math.min(length, value.length);
            for (int i = 0; i < shared; i++) {
                int order = Byte.compareUnsigned(memory.get(ValueLayout.JAVA_BYTE, offset + i), value[i]);
                if (order != 0) {
                    return holds(kind, order);
                }
            }
            return holds(kind, Integer.compare(length, value.length));
        }
    }

    /// Longer DECIMAL and UUID, by their Java values.
    record CompareObject(int column, Object value, SqlKind kind) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            Object found = layout.get(memory, row, column);
            return found == null ? RowTest.UNKNOWN : holds(kind, order(found, value));
        }
    }

    /// Two columns of one type.
    record Columns(int left, int right, SqlKind kind) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            if (layout.isNull(memory, row, left) || layout.isNull(memory, row, right)) {
                return RowTest.UNKNOWN;
            }
            StorageType type = layout.column(left).type();
            if (type == StorageType.FLOAT32 || type == StorageType.FLOAT64) {
                return holds(kind, layout.getDouble(memory, row, left), layout.getDouble(memory, row, right));
            }
            Object first = layout.get(memory, row, left);
            Object second = layout.get(memory, row, right);
            return first == null || second == null ? RowTest.UNKNOWN : holds(kind, order(first, second));
        }
    }

    /// @param values made by [#comparable]
    /// @param withNull whether NULL is one of the list, so that nothing is surely outside of it
    record In(int column, Set<Object> values, boolean withNull) implements RowTest {
        @Override
        public int test(RowLayout layout, MemorySegment memory, long row) {
            Object found = layout.get(memory, row, column);
            if (found == null) {
                return RowTest.UNKNOWN;
            }
            return values.contains(comparable(found)) ? TRUE : withNull ? RowTest.UNKNOWN : FALSE;
        }
    }

    /// A storage value with equals and hashCode by value.
    static Object comparable(Object value) {
        return value instanceof byte[] bytes ? java.nio.ByteBuffer.wrap(bytes) : value;
    }

    static RowTest unlessNull(int column, boolean answer) {
        return new UnlessNull(column, answer ? TRUE : FALSE);
    }

    /// @param value in storage representation
    static RowTest compare(int column, org.coconutdb.engine.row.Column stored, Object value, SqlKind kind) {
        return switch (stored.type()) {
            case BOOLEAN -> new CompareLong(column, (Boolean) value ? 1 : 0, kind);
            case INT8, INT16, INT32, INT64 -> new CompareLong(column, ((Number) value).longValue(), kind);
            case FLOAT32, FLOAT64 -> new CompareDouble(column, ((Number) value).doubleValue(), kind);
            case STRING -> new CompareBytes(column, ((String) value).getBytes(StandardCharsets.UTF_8), kind);
            case BYTES -> new CompareBytes(column, (byte[]) value, kind);
            case DECIMAL -> stored.precision() <= 18
                    ? new CompareLong(column, ((BigDecimal) value).unscaledValue().longValueExact(), kind)
                    : new CompareObject(column, value, kind);
            case UUID -> new CompareObject(column, value, kind);
            case ARRAY -> throw new IllegalArgumentException("no condition on arrays is looked at in place");
        };
    }

    private static int order(Object left, Object right) {
        return switch (left) {
            case Boolean value -> value.compareTo((Boolean) right);
            case Byte value -> value.compareTo((Byte) right);
            case Short value -> value.compareTo((Short) right);
            case Integer value -> value.compareTo((Integer) right);
            case Long value -> value.compareTo((Long) right);
            case BigDecimal value -> value.compareTo((BigDecimal) right);
            case String value -> Arrays.compareUnsigned(
                    value.getBytes(StandardCharsets.UTF_8), ((String) right).getBytes(StandardCharsets.UTF_8));
            case byte[] value -> Arrays.compareUnsigned(value, (byte[]) right);
            case UUID value -> {
                UUID other = (UUID) right;
                int high = Long.compareUnsigned(value.getMostSignificantBits(), other.getMostSignificantBits());
                yield high != 0 ? high : Long.compareUnsigned(value.getLeastSignificantBits(), other.getLeastSignificantBits());
            }
            default -> throw new IllegalArgumentException("no order for " + left.getClass());
        };
    }

    private static int holds(SqlKind kind, int order) {
        boolean holds = switch (kind) {
            case EQUALS -> order == 0;
            case NOT_EQUALS -> order != 0;
            case LESS_THAN -> order < 0;
            case LESS_THAN_OR_EQUAL -> order <= 0;
            case GREATER_THAN -> order > 0;
            case GREATER_THAN_OR_EQUAL -> order >= 0;
            default -> throw new IllegalArgumentException("not a comparison: " + kind);
        };
        return holds ? TRUE : FALSE;
    }

    private static int holds(SqlKind kind, double left, double right) {
        boolean holds = switch (kind) {
            case EQUALS -> left == right;
            case NOT_EQUALS -> left != right;
            case LESS_THAN -> left < right;
            case LESS_THAN_OR_EQUAL -> left <= right;
            case GREATER_THAN -> left > right;
            case GREATER_THAN_OR_EQUAL -> left >= right;
            default -> throw new IllegalArgumentException("not a comparison: " + kind);
        };
        return holds ? TRUE : FALSE;
    }
}
