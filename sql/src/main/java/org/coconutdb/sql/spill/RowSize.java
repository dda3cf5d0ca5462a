package org.coconutdb.sql.spill;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.jspecify.annotations.Nullable;

/// Estimates what rows take of the heap: headers of 12 bytes, references of 4, or of 8 where this JVM has them so (the collector Z, heaps from 32 GB), sizes rounded up
/// to 8. Values that several rows share are counted with each. A test compares it with the heap.
public final class RowSize {
    private static final int HEADER = 12;
    private static final int ARRAY_HEADER = 16;
    private static final int REFERENCE = hasShortReferences() ? 4 : 8;
    // A text has its characters, a hash and two flags; a decimal its digits and its text, a scale, a precision and a number; bytes their array.
    private static final long TEXT = rounded(HEADER + REFERENCE + 6);
    private static final long DECIMAL = rounded(HEADER + 2 * REFERENCE + 16);
    private static final long BYTES = rounded(HEADER + REFERENCE);
    // The list has an array and two numbers; around it is one that cannot be changed, which has it twice.
    private static final long LIST = rounded(HEADER + REFERENCE + 8) + rounded(HEADER + 2 * REFERENCE);
    private static final long MAP = 32 + 8L * REFERENCE;
    private static final long MAP_ENTRY = 24 + 6L * REFERENCE;
    private static final int LATIN1_MAX = 0xff;
    /// So many characters of a text are looked at to see whether it has one or two bytes each.
    private static final int SAMPLE = 16;

    private RowSize() {}

    private static boolean hasShortReferences() {
        var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return jvm == null || Boolean.parseBoolean(jvm.getVMOption("UseCompressedOops").getValue());
        } catch (IllegalArgumentException unknown) {
            return true;
        }
    }

    /// A row: an array with a value for each column, or the value of its only one.
    public static long of(@Nullable Object row) {
        return row instanceof Object[] values ? ofArray(values) : ofValue(row);
    }

    private static long ofArray(@Nullable Object[] values) {
        long bytes = rounded(ARRAY_HEADER + (long) REFERENCE * values.length);
        for (Object value : values) {
            bytes += ofValue(value);
        }
        return bytes;
    }

    /// What an array of so many columns takes without its values.
    public static long ofReferences(int columns) {
        return rounded(ARRAY_HEADER + (long) REFERENCE * columns);
    }

    private static long ofValue(@Nullable Object value) {
        // One question after the other, the most frequent first: a switch over types takes longer, and this is asked of each value that is held.
        if (value == null || value instanceof Boolean || value instanceof Byte) {
            return 0;
        }
        if (value instanceof Integer) {
            return 16;
        }
        if (value instanceof Long || value instanceof Double) {
            return 24;
        }
        if (value instanceof String text) {
            return TEXT + rounded(ARRAY_HEADER + (long) text.length() * bytesOfCharacter(text));
        }
        if (value instanceof BigDecimal number) {
            return number.precision() <= 18 ? DECIMAL : DECIMAL + 40 + rounded(ARRAY_HEADER + number.precision() / 2);
        }
        return ofOther(value);
    }

    private static long ofOther(Object value) {
        return switch (value) {
            case Float _,Short _,Character _ -> 16;
            case UUID _ -> 32;
            case ByteString bytes -> BYTES + rounded(ARRAY_HEADER + (long) bytes.length());
            case byte[] bytes -> rounded(ARRAY_HEADER + (long) bytes.length);
            case Object[] values -> ofArray(values);
            case List<?> list -> ofList(list);
            case Map<?, ?> map -> ofMap(map);
            default -> 64;
        };
    }

    private static long ofList(List<?> list) {
        long bytes = LIST + rounded(ARRAY_HEADER + (long) REFERENCE * list.size());
        for (Object element : list) {
            bytes += ofValue(element);
        }
        return bytes;
    }

    private static long ofMap(Map<?, ?> map) {
        long bytes = MAP;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            bytes += MAP_ENTRY + ofValue(entry.getKey()) + ofValue(entry.getValue());
        }
        return bytes;
    }

    /// By a sample: a text whose few wide characters hide between those that are looked at is counted for half.
    private static int bytesOfCharacter(String text) {
        int length = text.length();
        int step = Math.max(1, length / SAMPLE);
        for (int i = 0; i < length; i += step) {
            if (text.charAt(i) > LATIN1_MAX) {
                return 2;
            }
        }
        return 1;
    }

    private static long rounded(long bytes) {
        return (bytes + 7) & ~7L;
    }
}
