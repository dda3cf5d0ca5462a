package org.coconutdb.sql.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Passwords as they are kept: Argon2id, in the form that its reference implementation writes,
/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, both in Base64 without padding. What it costs stands in each hash, so that it can be raised later.
public final class PasswordHash {
    // As OWASP's Password Storage Cheat Sheet recommends: 19 MiB and two passes; some 50 ms of a core.
    private static final int MEMORY_KIB = 19_456;
    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    /// Characters of a password; a longer one would be a way to keep the server busy.
    public static final int LENGTH_MAX = 1_000;
    // Each takes its memory from the heap while it is computed.
    private static final int COMPUTED_AT_ONCE_MAX = 4;
    private static final Semaphore TURNS = new Semaphore(COMPUTED_AT_ONCE_MAX, true);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern FORM = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]{1,100})\\$([A-Za-z0-9+/]{1,100})");

    private PasswordHash() {}

    /// The hash of a password that is given. INVALID_ARGUMENT where it is none that can be kept.
    public static String of(String password) {
        if (password.isEmpty() || password.length() > LENGTH_MAX) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("what", "a password")
                    .with("characters", password.length())
                    .mend("A password has 1 to " + LENGTH_MAX + " characters; NULL is none, and nobody can log in then.");
        }
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        byte[] hash = compute(password, salt, MEMORY_KIB, PASSES, LANES, HASH_BYTES);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + MEMORY_KIB + ",t=" + PASSES + ",p=" + LANES + "$" + base64.encodeToString(salt) + "$" + base64
                .encodeToString(hash);
    }

    /// Whether the password is the one that the hash is of. Takes as long whichever it is.
    public static boolean matches(String password, String hash) {
        Matcher form = FORM.matcher(hash);
        if (!form.matches()) {
            throw SchemaAccess.damaged(null);
        }
        if (password.length() > LENGTH_MAX) {
            return false;
        }
        byte[] expected = Base64.getDecoder().decode(form.group(5));
        byte[] computed = compute(password, Base64.getDecoder().decode(form.group(4)), Integer.parseInt(form.group(1)), Integer.parseInt(
                form
                        .group(2)), Integer.parseInt(form.group(3)), expected.length);
        return MessageDigest.isEqual(expected, computed);
    }

    /// Takes as long as to compare with a hash: for a user who is not there, which nobody is to see by the time that it takes.
    public static void matchNone(String password) {
        compute(password.length() > LENGTH_MAX ? "" : password, new byte[SALT_BYTES], MEMORY_KIB, PASSES, LANES, HASH_BYTES);
    }

    private static byte[] compute(String password, byte[] salt, int memoryKib, int passes, int lanes, int length) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        byte[] hash = new byte[length];
        TURNS.acquireUninterruptibly();
        try {
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withMemoryAsKB(memoryKib)
                    .withIterations(passes)
                    .withParallelism(lanes)
                    .withSalt(salt)
                    .build());
            generator.generateBytes(bytes, hash);
            return hash;
        } finally {
            TURNS.release();
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
