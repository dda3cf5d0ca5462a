package org.coconutdb.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;

/// Streams that came as parameters, read into memory: a row is sent as a whole.
final class Streams {
    private Streams() {}

    static byte[] readBytes(InputStream stream) throws SQLException {
        try {
            return stream.readAllBytes();
        } catch (IOException failure) {
            throw Failures.ioFailed("the stream that was set as parameter failed: " + failure.getMessage(), failure);
        }
    }

    /// Exactly `length` bytes, as JDBC wants it; 22023 where the stream has fewer.
    static byte[] readBytes(InputStream stream, long length) throws SQLException {
        int wanted = requireLength(length);
        try {
            byte[] bytes = stream.readNBytes(wanted);
            if (bytes.length < wanted) {
                throw tooShort(bytes.length, wanted, "bytes");
            }
            return bytes;
        } catch (IOException failure) {
            throw Failures.ioFailed("the stream that was set as parameter failed: " + failure.getMessage(), failure);
        }
    }

    static String readText(Reader reader) throws SQLException {
        StringBuilder text = new StringBuilder();
        char[] buffer = new char[4096];
        try {
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                text.append(buffer, 0, count);
            }
        } catch (IOException failure) {
            throw Failures.ioFailed("the reader that was set as parameter failed: " + failure.getMessage(), failure);
        }
        return text.toString();
    }

    /// Exactly `length` characters; 22023 where the reader has fewer.
    static String readText(Reader reader, long length) throws SQLException {
        int wanted = requireLength(length);
        StringBuilder text = new StringBuilder(Math.min(wanted, 4096));
        char[] buffer = new char[4096];
        try {
            while (text.length() < wanted) {
                int count = reader.read(buffer, 0, Math.min(buffer.length, wanted - text.length()));
                if (count < 0) {
                    throw tooShort(text.length(), wanted, "characters");
                }
                text.append(buffer, 0, count);
            }
        } catch (IOException failure) {
            throw Failures.ioFailed("the reader that was set as parameter failed: " + failure.getMessage(), failure);
        }
        return text.toString();
    }

    static String readAscii(InputStream stream) throws SQLException {
        return new String(readBytes(stream), StandardCharsets.US_ASCII);
    }

    static String readAscii(InputStream stream, long length) throws SQLException {
        return new String(readBytes(stream, length), StandardCharsets.US_ASCII);
    }

    static byte[] readBytes(Blob blob) throws SQLException {
        return blob.getBytes(1, requireLength(blob.length()));
    }

    static String readText(Clob clob) throws SQLException {
        return clob.getSubString(1, requireLength(clob.length()));
    }

    private static int requireLength(long length) throws SQLException {
        if (length < 0) {
            throw Failures.invalidArgument("a length must be 0 or more, was " + length);
        }
        if (length > Integer.MAX_VALUE - 8) {
            throw Failures.invalidArgument("a value of " + length + " bytes or characters does not fit a row");
        }
        return (int) length;
    }

    private static SQLException tooShort(int found, int wanted, String unit) {
        return Failures.invalidArgument("the stream ended after " + found + " " + unit + ", " + wanted + " were announced");
    }
}
