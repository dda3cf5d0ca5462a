package org.coconutdb.sql.spill;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.runtime.FlatLists;
import org.jspecify.annotations.Nullable;

/// Reads rows of a run; [SpillWriter] says how they lie. One thread.
public final class SpillReader {
    private final SpilledRows run;
    private final OperatorMemory memory;
    private final boolean isLastTime;
    private byte[] buffer = new byte[0];
    private int position;
    private int limit;
    private int nextBlock;
    private long rowsLeft;

    SpillReader(SpilledRows run, OperatorMemory memory, boolean isLastTime) {
        this.run = run;
        this.memory = memory;
        this.isLastTime = isLastTime;
        this.rowsLeft = run.rows();
    }

    /// Whether there is another row: then [#read] answers it.
    public boolean hasNext() {
        if (rowsLeft == 0 && isLastTime) {
            run.delete();
        }
        return rowsLeft > 0;
    }

    /// The next row.
    public @Nullable Object read() {
        assert rowsLeft > 0 : "read behind the end of a run";
        rowsLeft--;
        return value();
    }

    private @Nullable Object value() {
        byte tag = get();
        return switch (tag) {
            case SpillWriter.NULL -> null;
            case SpillWriter.TRUE -> true;
            case SpillWriter.FALSE -> false;
            case SpillWriter.BYTE -> (byte) number();
            case SpillWriter.SHORT -> (short) number();
            case SpillWriter.INT -> (int) number();
            case SpillWriter.LONG -> number();
            case SpillWriter.FLOAT -> Float.intBitsToFloat((int) fixed(Float.BYTES));
            case SpillWriter.DOUBLE -> Double.longBitsToDouble(fixed(Double.BYTES));
            case SpillWriter.DECIMAL -> {
                int scale = (int) number();
                yield BigDecimal.valueOf(number(), scale);
            }
            case SpillWriter.BIG_DECIMAL -> {
                int scale = (int) number();
                yield new BigDecimal(new BigInteger(bytes()), scale);
            }
            case SpillWriter.LATIN1 -> new String(bytes(), StandardCharsets.ISO_8859_1);
            case SpillWriter.UTF16 -> wideText();
            case SpillWriter.UNIQUE_ID -> {
                long high = fixed(Long.BYTES);
                yield new UUID(high, fixed(Long.BYTES));
            }
            case SpillWriter.BYTE_STRING -> new ByteString(bytes());
            case SpillWriter.BYTES -> bytes();
            case SpillWriter.LIST -> list();
            case SpillWriter.ARRAY -> array();
            case SpillWriter.MAP -> map();
            case SpillWriter.CHARACTER -> (char) number();
            case SpillWriter.BIG_INTEGER -> new BigInteger(bytes());
            default -> throw new IllegalStateException("tag " + tag + " in a run");
        };
    }

    private String wideText() {
        char[] characters = new char[(int) number()];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = (char) fixed(Character.BYTES);
        }
        return new String(characters);
    }

    private @Nullable Object[] array() {
        @Nullable Object[] values = new @Nullable Object[(int) number()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value();
        }
        return values;
    }

    /// One that can be compared, as Calcite's own lists can.
    private List<@Nullable Object> list() {
        int size = (int) number();
        List<@Nullable Object> elements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            elements.add(value());
        }
        return FlatLists.of(elements);
    }

    private Map<@Nullable Object, @Nullable Object> map() {
        int size = (int) number();
        Map<@Nullable Object, @Nullable Object> map = LinkedHashMap.newLinkedHashMap(size);
        for (int i = 0; i < size; i++) {
            Object key = value();
            map.put(key, value());
        }
        return map;
    }

    private long number() {
        long bits = 0;
        for (int shift = 0;; shift += 7) {
            byte part = get();
            bits |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return (bits >>> 1) ^ -(bits & 1);
            }
        }
    }

    private long fixed(int bytes) {
        long bits = 0;
        for (int i = 0; i < bytes; i++) {
            bits |= (get() & 0xffL) << (8 * i);
        }
        return bits;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[(int) number()];
        int from = 0;
        while (from < bytes.length) {
            if (position == limit) {
                load();
            }
            int part = Math.min(bytes.length - from, limit - position);
            System.arraycopy(buffer, position, bytes, from, part);
            position += part;
            from += part;
        }
        return bytes;
    }

    private byte get() {
        if (position == limit) {
            load();
        }
        return buffer[position++];
    }

    private void load() {
        memory.checkCancelled();
        if (buffer.length == 0) {
            buffer = new byte[run.blockBytes()];
        }
        limit = run.load(nextBlock++, buffer, isLastTime);
        position = 0;
    }
}
