package org.coconutdb.sql.spill;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Writes rows to a run, one behind the other. A value is a tag and what it needs:
/// ```
///  NULL, TRUE, FALSE            nothing
///  BYTE, SHORT, INT, LONG       zigzag, 7 bits a byte, the last without its high bit
///  FLOAT, DOUBLE                4 or 8 bytes, little-endian, of the bits
///  DECIMAL, BIG_DECIMAL         scale, then the digits as a long or as length and bytes
///  LATIN1, UTF16                length, then a byte or two for each character, so that half a surrogate pair comes back
///  UUID                         16 bytes
///  BYTE_STRING, BYTES           length and bytes
///  LIST, ARRAY, MAP             count, then the elements; of a map key and value in turn
/// ```
/// One thread.
public final class SpillWriter {
    static final byte NULL = 0;
    static final byte TRUE = 1;
    static final byte FALSE = 2;
    static final byte BYTE = 3;
    static final byte SHORT = 4;
    static final byte INT = 5;
    static final byte LONG = 6;
    static final byte FLOAT = 7;
    static final byte DOUBLE = 8;
    static final byte DECIMAL = 9;
    static final byte BIG_DECIMAL = 10;
    static final byte LATIN1 = 11;
    static final byte UTF16 = 12;
    static final byte UNIQUE_ID = 13;
    static final byte BYTE_STRING = 14;
    static final byte BYTES = 15;
    static final byte LIST = 16;
    static final byte ARRAY = 17;
    static final byte MAP = 18;
    static final byte CHARACTER = 19;
    static final byte BIG_INTEGER = 20;

    private static final int LATIN1_MAX = 0xff;
    private static final int COMPACT_BITS_MAX = 63;

    private final OperatorMemory memory;
    private final SpillFile file;
    private final byte[] buffer;
    private int used;
    private int[] blocks = new int[4];
    private int blockCount;
    private long rows;
    private long rowBytesMax;

    SpillWriter(OperatorMemory memory, SpillFile file) {
        this.memory = memory;
        this.file = file;
        this.buffer = new byte[file.blockBytes()];
    }

    /// Writes a row.
    public void write(@Nullable Object row) {
        rows++;
        value(row);
    }

    /// The same, noting how large rows are.
    ///
    /// @param heapBytes of the row, by [RowSize]
    public void write(@Nullable Object row, long heapBytes) {
        rowBytesMax = Math.max(rowBytesMax, heapBytes);
        write(row);
    }

    /// Rows that were written.
    public long rows() {
        return rows;
    }

    /// The run is whole.
    public SpilledRows finish() {
        int lastLength = used;
        if (used > 0) {
            flush();
        }
        return new SpilledRows(file, Arrays.copyOf(blocks, blockCount), lastLength, rows, rowBytesMax);
    }

    /// The run is not wanted.
    public void abandon() {
        for (int i = 0; i < blockCount; i++) {
            file.free(blocks[i]);
        }
        blockCount = 0;
        used = 0;
    }

    private void flush() {
        memory.checkCancelled();
        if (blockCount == blocks.length) {
            blocks = Arrays.copyOf(blocks, blockCount * 2);
        }
        blocks[blockCount++] = file.write(buffer, used);
        memory.spilled(used);
        used = 0;
    }

    private void value(@Nullable Object value) {
        switch (value) {
            case null -> put(NULL);
            case Object[] values -> {
                put(ARRAY);
                number(values.length);
                for (Object element : values) {
                    value(element);
                }
            }
            case Boolean flag -> put(flag ? TRUE : FALSE);
            case Byte number -> tagged(BYTE, number);
            case Short number -> tagged(SHORT, number);
            case Integer number -> tagged(INT, number);
            case Long number -> tagged(LONG, number);
            case Float number -> {
                put(FLOAT);
                fixed(Float.floatToRawIntBits(number), Float.BYTES);
            }
            case Double number -> {
                put(DOUBLE);
                fixed(Double.doubleToRawLongBits(number), Double.BYTES);
            }
            case BigDecimal number -> decimal(number);
            case String text -> text(text);
            case UUID uuid -> {
                put(UNIQUE_ID);
                fixed(uuid.getMostSignificantBits(), Long.BYTES);
                fixed(uuid.getLeastSignificantBits(), Long.BYTES);
            }
            case ByteString bytes -> bytes(BYTE_STRING, bytes.getBytes());
            case byte[] bytes -> bytes(BYTES, bytes);
            case List<?> list -> {
                put(LIST);
                number(list.size());
                list.forEach(this::value);
            }
            case Map<?, ?> map -> {
                put(MAP);
                number(map.size());
                map.forEach((key, element) -> {
                    value(key);
                    value(element);
                });
            }
            case Character character -> tagged(CHARACTER, character);
            case BigInteger number -> bytes(BIG_INTEGER, number.toByteArray());
            default -> throw CoconutException.of(ErrorCode.QUERY_MEMORY_REACHED)
                    .with("query.memory", memory.limitBytes())
                    .with("type", value.getClass().getName())
                    .mend("Values of this type cannot be kept in a file: raise query.memory, or CAST them to VARCHAR.");
        }
    }

    private void tagged(byte tag, long number) {
        put(tag);
        number(number);
    }

    private void decimal(BigDecimal number) {
        BigInteger digits = number.unscaledValue();
        if (digits.bitLength() <= COMPACT_BITS_MAX) {
            put(DECIMAL);
            number(number.scale());
            number(digits.longValue());
        } else {
            put(BIG_DECIMAL);
            number(number.scale());
            byte[] bytes = digits.toByteArray();
            number(bytes.length);
            put(bytes);
        }
    }

    private void text(String text) {
        int length = text.length();
        boolean isNarrow = true;
        for (int i = 0; i < length && isNarrow; i++) {
            isNarrow = text.charAt(i) <= LATIN1_MAX;
        }
        put(isNarrow ? LATIN1 : UTF16);
        number(length);
        if (isNarrow) {
            put(text.getBytes(StandardCharsets.ISO_8859_1));
        } else {
            for (int i = 0; i < length; i++) {
                fixed(text.charAt(i), Character.BYTES);
            }
        }
    }

    private void bytes(byte tag, byte[] bytes) {
        put(tag);
        number(bytes.length);
        put(bytes);
    }

    private void number(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        put((byte) rest);
    }

    private void fixed(long bits, int bytes) {
        long rest = bits;
        for (int i = 0; i < bytes; i++) {
            put((byte) rest);
            rest >>>= 8;
        }
    }

    private void put(byte value) {
        if (used == buffer.length) {
            flush();
        }
        buffer[used++] = value;
    }

    private void put(byte[] bytes) {
        int from = 0;
        while (from < bytes.length) {
            if (used == buffer.length) {
                flush();
            }
            int part = Math.min(bytes.length - from, buffer.length - used);
            System.arraycopy(bytes, from, buffer, used, part);
            used += part;
            from += part;
        }
    }
}
