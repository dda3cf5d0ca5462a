package org.coconutdb.jdbc.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads what [WireWriter] has written. Every length is checked against the bytes that are there: [WireException] for anything else. One
/// thread.
///
/// ```
/// for (int field = reader.next(); field != 0; field = reader.next()) {
///     switch (field) {
///         case SQL -> sql = reader.text();
///         default -> reader.skip();     // of a newer side
///     }
/// }
/// ```
public final class WireReader {
    private static final int MAX_FIELD = (1 << 29) - 1;

    private final byte[] bytes;
    private int position;
    private final int end;
    private int kind;

    public WireReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /// @param from position of the first byte
    /// @param end position behind the last
    public WireReader(byte[] bytes, int from, int end) {
        if (from < 0 || from > end || end > bytes.length) {
            throw new WireException("a message outside of its bytes");
        }
        this.bytes = bytes;
        this.position = from;
        this.end = end;
    }

    public boolean isAtEnd() {
        return position == end;
    }

    public int remaining() {
        return end - position;
    }

    /// The next field's number, 0 at the end. Its value has to be read or skipped before the next.
    public int next() {
        if (position == end) {
            return 0;
        }
        long tag = varint();
        kind = (int) (tag & 7);
        long field = tag >>> 3;
        if (field < 1 || field > MAX_FIELD) {
            throw new WireException("a field with the number " + field);
        }
        return (int) field;
    }

    private void require(int wanted) {
        if (kind != wanted) {
            throw new WireException("a field of kind " + kind + " where " + wanted + " was expected");
        }
    }

    public long number() {
        require(WireWriter.VARINT);
        return varint();
    }

    /// A number that has to fit 31 bits.
    public int count() {
        long value = number();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new WireException("a count of " + value);
        }
        return (int) value;
    }

    public long signed() {
        require(WireWriter.VARINT);
        return zigzag();
    }

    public boolean flag() {
        return number() != 0;
    }

    public String text() {
        require(WireWriter.BYTES);
        return string();
    }

    public byte[] bytes() {
        require(WireWriter.BYTES);
        return octets();
    }

    public WireReader message() {
        require(WireWriter.BYTES);
        int length = length();
        position += length;
        return new WireReader(bytes, position - length, position);
    }

    /// Passes over a field that is not known here.
    public void skip() {
        switch (kind) {
            case WireWriter.VARINT -> varint();
            case WireWriter.FIXED_64 -> take(8);
            case WireWriter.BYTES -> take(length());
            case WireWriter.FIXED_32 -> take(4);
            default -> throw new WireException("a field of the unknown kind " + kind);
        }
    }

    // ---- parts of values

    private int take(int count) {
        if (count > end - position) {
            throw new WireException("a message that ends in the middle");
        }
        position += count;
        return position - count;
    }

    int octet() {
        return bytes[take(1)] & 0xff;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = bytes[take(1)];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new WireException("a number of more than ten bytes");
    }

    long zigzag() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    int fixed32() {
        int from = take(4);
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (bytes[from + i] & 0xff) << (8 * i);
        }
        return value;
    }

    long fixed64() {
        int from = take(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value |= (bytes[from + i] & 0xffL) << (8 * i);
        }
        return value;
    }

    int length() {
        long length = varint();
        if (length < 0 || length > end - position) {
            throw new WireException("a length of " + length + " where " + (end - position) + " bytes are left");
        }
        return (int) length;
    }

    String string() {
        int length = length();
        return new String(bytes, take(length), length, StandardCharsets.UTF_8);
    }

    byte[] octets() {
        int from = take(length());
        return Arrays.copyOfRange(bytes, from, position);
    }
}
