package org.coconutdb.jdbc.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Writes a message field by field, in Protocol Buffers' format: a field that has its default (0, false, empty) is left out, as in proto3.
/// One thread.
public final class WireWriter {
    static final int VARINT = 0;
    static final int FIXED_64 = 1;
    static final int BYTES = 2;
    static final int FIXED_32 = 5;
    private static final int LENGTH_BYTES_MAX = 5;

    private byte[] bytes;
    private int length;

    public WireWriter() {
        this(256);
    }

    /// @param capacity bytes that it holds before it grows
    public WireWriter(int capacity) {
        bytes = new byte[capacity];
    }

    public int length() {
        return length;
    }

    /// What was written; only the first [#length] bytes count, and only until more is written.
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    public void clear() {
        length = 0;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            int wanted = Math.addExact(length, more);
            bytes = Arrays.copyOf(bytes, Math.max(wanted, (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
    }

    // ---- fields

    public void number(int field, long value) {
        if (value != 0) {
            tag(field, VARINT);
            varint(value);
        }
    }

    /// A number that may be below 0.
    public void signed(int field, long value) {
        if (value != 0) {
            tag(field, VARINT);
            zigzag(value);
        }
    }

    public void flag(int field, boolean value) {
        number(field, value ? 1 : 0);
    }

    public void text(int field, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            tag(field, BYTES);
            text(value);
        }
    }

    /// One of several texts of a field, which may be empty.
    public void element(int field, String value) {
        tag(field, BYTES);
        text(value);
    }

    /// Another message, or bytes, as a field. It is written also where it is empty.
    public void message(int field, WireWriter inner) {
        tag(field, BYTES);
        varint(inner.length);
        append(inner.bytes, 0, inner.length);
    }

    public void bytes(int field, byte[] value) {
        tag(field, BYTES);
        varint(value.length);
        append(value, 0, value.length);
    }

    private void tag(int field, int kind) {
        varint(((long) field << 3) | kind);
    }

    // ---- parts of values

    void octet(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void varint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void fixed32(int value) {
        reserve(4);
        for (int shift = 0; shift < 32; shift += 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    void fixed64(long value) {
        reserve(8);
        for (int shift = 0; shift < 64; shift += 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    /// Length and UTF-8.
    void text(String value) {
        int characters = value.length();
        reserve(characters + LENGTH_BYTES_MAX);
        if (characters < 128 && isAscii(value)) {
            bytes[length++] = (byte) characters;
            for (int i = 0; i < characters; i++) {
                bytes[length++] = (byte) value.charAt(i);
            }
            return;
        }
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        varint(encoded.length);
        append(encoded, 0, encoded.length);
    }

    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    void octets(byte[] value) {
        varint(value.length);
        append(value, 0, value.length);
    }

    private void append(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }
}
