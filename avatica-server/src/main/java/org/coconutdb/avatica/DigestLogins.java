package org.coconutdb.avatica;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.coconutdb.sql.session.DatabaseLogins;
import org.jspecify.annotations.Nullable;

/// HTTP's DIGEST (RFC 7616) with SHA-256 and `qop=auth`. A nonce is good for five minutes, and each of its counts once: of counts that come out of order the newest
/// 64 are told apart. Any thread.
final class DigestLogins {
    private static final String ALGORITHM = "HmacSHA256";
    private static final long NONCE_MILLIS = TimeUnit.MINUTES.toMillis(5);
    private static final int NONCES_MAX = 10_000;
    // name=token or name="text", with backslashes before what would end it.
    private static final Pattern FIELD = Pattern.compile(
            "\\s*([A-Za-z]{1,20})\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.){0,1024}+)\"|([^\\s,\"]{1,256}+))\\s*(?:,|$)");
    private static final Pattern COUNT = Pattern.compile("[0-9a-fA-F]{8}");

    /// What a header comes to.
    sealed interface Outcome {
        /// @param isFirst whether the nonce was not used before
        record In(DatabaseLogins.Login login, boolean isFirst) implements Outcome {}

        /// A nonce that is too old, or not of this process; the client asks again by another.
        record Stale() implements Outcome {}

        /// The user, as far as one is named.
        record Wrong(String user) implements Outcome {}
    }

    /// The counts of a nonce that have been seen.
    private static final class Counts {
        private long highest;
        private long seen; // bit i: highest less i

        boolean add(long count) {
            if (count > highest) {
                long by = count - highest;
                seen = by >= Long.SIZE ? 1 : seen << by | 1;
                highest = count;
                return true;
            }
            long behind = highest - count;
            if (behind >= Long.SIZE || (seen >>> behind & 1) != 0) {
                return false;
            }
            seen |= 1L << behind;
            return true;
        }
    }

    private final DatabaseLogins database;
    private final SecretKeySpec key;
    private final AtomicLong number = new AtomicLong();
    private final Map<String, Counts> nonces = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Counts> eldest) {
            return size() > NONCES_MAX;
        }
    };

    /// @param key this process's own
    DigestLogins(DatabaseLogins database, byte[] key) {
        this.database = database;
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /// Whether a header is for this.
    static boolean isDigest(String authorization) {
        return authorization.regionMatches(true, 0, "Digest ", 0, 7);
    }

    /// What a client is asked by: a whole header; null where nobody could answer.
    ///
    /// @param isStale whether what it has sent was right but for its nonce
    @Nullable
    String challenge(boolean isStale) {
        return !database.hasDigests() ? null
                : "WWW-Authenticate: Digest realm=\"" + DatabaseLogins.digestRealm() + "\", qop=\"auth\", algorithm=SHA-256, stale="
                        + isStale
                        + ", nonce=\"" + nonce(System.currentTimeMillis(), number.getAndIncrement()) + "\"";
    }

    /// @param number makes it another one than all of the same moment: each client counts its own
    private String nonce(long millis, long number) {
        byte[] head = ByteBuffer.allocate(2 * Long.BYTES).putLong(millis).putLong(number).array();
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] proof = mac.doFinal(head);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(ByteBuffer.allocate(head.length + proof.length).put(head).put(
                    proof)
                    .array());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has " + ALGORITHM, impossible);
        }
    }

    private boolean isFresh(String nonce) {
        try {
            ByteBuffer head = ByteBuffer.wrap(Base64.getUrlDecoder().decode(nonce));
            long millis = head.getLong();
            long age = System.currentTimeMillis() - millis;
            return age >= 0 && age <= NONCE_MILLIS && isEqual(nonce, nonce(millis, head.getLong()));
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException notOurs) {
            return false;
        }
    }

    Outcome of(String method, String authorization) {
        Map<String, String> fields = fields(authorization.substring(7));
        String user = fields == null ? null : fields.get("username");
        if (fields == null || user == null) {
            return new Outcome.Wrong("");
        }
        String nonce = fields.getOrDefault("nonce", "");
        String count = fields.getOrDefault("nc", "");
        if (!isFresh(nonce)) {
            return new Outcome.Stale();
        }
        // Of a user that is not there, so that it takes as long.
        DatabaseLogins.Digest known = database.digest(user).orElse(null);
        String expected = DatabaseLogins.sha256((known == null ? "" : known.key()) + ":" + nonce + ":" + count + ":" + fields.get("cnonce")
                + ":auth:" + DatabaseLogins.sha256(method + ":" + fields.get("uri")));
        boolean isRight = isEqual(expected, fields.getOrDefault("response", "").toLowerCase(Locale.ROOT));
        if (known == null || !isRight || !"auth".equals(fields.get("qop")) || !"SHA-256".equalsIgnoreCase(fields.get("algorithm"))
                || !DatabaseLogins.digestRealm().equals(fields.get("realm")) || !COUNT.matcher(count).matches()) {
            return new Outcome.Wrong(user);
        }
        synchronized (nonces) {
            Counts counts = nonces.computeIfAbsent(nonce, _ -> new Counts());
            boolean isFirst = counts.highest == 0;
            return counts.add(Long.parseLong(count, 16)) ? new Outcome.In(known.login(), isFirst) : new Outcome.Stale();
        }
    }

    private static boolean isEqual(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /// Null where they are not written as they should be, or one is there twice.
    private static @Nullable Map<String, String> fields(String text) {
        Map<String, String> fields = new TreeMap<>();
        Matcher field = FIELD.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (!field.find(end) || field.start() != end) {
                return null;
            }
            String value = field.group(2) == null ? field.group(3) : field.group(2).replaceAll("\\\\(.)", "$1");
            if (fields.put(field.group(1).toLowerCase(Locale.ROOT), value) != null) {
                return null;
            }
            end = field.end();
        }
        return fields;
    }
}
