package org.coconutdb.engine.row;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Strings as UTF-8, whose bytes order as code points do.
final class Strings {
    private Strings() {}

    /// INVALID_VALUE where the string has half of a surrogate pair: it would come back as another string.
    static byte[] toUtf8(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        // The JDK's fast path answers '?' for what cannot be encoded, so only a string with a '?' is looked at again.
        for (byte b : bytes) {
            if (b == '?') {
                return checked(value);
            }
        }
        return bytes;
    }

    private static byte[] checked(String value) {
        try {
            ByteBuffer buffer = StandardCharsets.UTF_8.newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(value));
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (CharacterCodingException failure) {
            throw CoconutException.of(ErrorCode.INVALID_VALUE, failure)
                    .with("problem", "half of a surrogate pair")
                    .mend("A string must be Unicode: send bytes as VARBINARY.");
        }
    }
}
