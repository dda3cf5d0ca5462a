package org.coconutdb.sql.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What HTTP's DIGEST (RFC 7616) is verified by: SHA-256 of user, realm and password. It is as good as the password for who reads it, and quickly guessed from;
/// so it is kept only of users of whom that was said.
public final class DigestKey {
    public static final String REALM = "CoconutDB";

    private DigestKey() {}

    /// Of a new password, for the user's name in upper and in lower case, as clients write it; a blank between. INVALID_ARGUMENT where they would have to write it otherwise.
    ///
    /// @param user as the database knows it
    static String of(String user, String password) {
        if (!user.equals(user.toUpperCase(Locale.ROOT)) || user.indexOf('"') >= 0) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("user", user)
                    .mend("Users with DIGEST have no small letters in their names: clients write them without the quotes by which these would be kept.");
        }
        return key(user, password) + " " + key(user.toLowerCase(Locale.ROOT), password);
    }

    /// The one of a name as a client has written it; of nobody where that is neither.
    static String of(String kept, String user, String written) {
        int blank = kept.indexOf(' ');
        return written.equals(user) ? kept.substring(0, blank)
                : written.equals(user.toLowerCase(Locale.ROOT)) ? kept.substring(blank + 1) : key(written, kept);
    }

    private static String key(String user, String password) {
        return sha256(user + ":" + REALM + ":" + password);
    }

    /// In hexadecimal.
    public static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
