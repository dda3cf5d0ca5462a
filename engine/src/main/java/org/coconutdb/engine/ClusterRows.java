package org.coconutdb.engine;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// Keys of the directory's rows about a cluster, and what their encodings share. Behind a NUL character, by which no table's name begins, and the number of a host
/// or 64 and more:
/// ```
///  | 0 | host 1           the next id of its tables, of host 0 without the second byte
///  | 0 | 125 | space 1    the settings of a block space   [SettingsRow]
///  | 0 | 126 | host 1     where a host is                 [HostRow]
///  | 0 | 127              the spaces there are            [SpacesRow]
/// ```
final class ClusterRows {
    static final byte[] SPACES_KEY = {0, 127};
    /// Rows of settings and of hosts.
    static final KeyRange SETTINGS_AND_HOSTS = new KeyRange(new byte[] {0, 125}, SPACES_KEY);

    private static final byte SETTINGS = 125;
    private static final byte HOST = 126;
    private static final int KEY_BYTES = 3;

    private ClusterRows() {}

    static byte[] settingsKey(int space) {
        return new byte[] {0, SETTINGS, (byte) space};
    }

    static byte[] hostKey(int host) {
        return new byte[] {0, HOST, (byte) host};
    }

    static boolean isSettings(byte[] key) {
        return key.length == KEY_BYTES && key[1] == SETTINGS;
    }

    static boolean isHost(byte[] key) {
        return key.length == KEY_BYTES && key[1] == HOST;
    }

    /// The space's or the host's, of a key with a number.
    static int number(byte[] key) {
        return Byte.toUnsignedInt(key[KEY_BYTES - 1]);
    }

    /// Reads a row behind its first byte. BROKEN_INVARIANT where that is another than the format that is known, or the row is not whole.
    static <T> T decode(String what, byte format, byte[] row, Function<ByteBuffer, T> reading) {
        ByteBuffer bytes = ByteBuffer.wrap(row);
        try {
            byte found = bytes.get();
            if (found != format) {
                throw unreadable(what, row, null).with("format", found).with("formatKnown", format);
            }
            T read = reading.apply(bytes);
            if (!bytes.hasRemaining()) {
                return read;
            }
        } catch (BufferUnderflowException | IllegalArgumentException failure) {
            throw unreadable(what, row, failure);
        }
        throw unreadable(what, row, null);
    }

    private static CoconutException unreadable(String what, byte[] row, @Nullable Exception cause) {
        CoconutException error = cause == null ? CoconutException.of(ErrorCode.BROKEN_INVARIANT) : CoconutException.of(
                ErrorCode.BROKEN_INVARIANT, cause);
        return error.with("row", what)
                .with("rowBytes", row.length)
                .mend("The directory has a row that this version cannot read: run hosts of one version of CoconutDB.");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Text behind its length.
    static String text(ByteBuffer bytes) {
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException("a text of " + length + " bytes, where " + bytes.remaining() + " are left");
        }
        byte[] text = new byte[length];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
