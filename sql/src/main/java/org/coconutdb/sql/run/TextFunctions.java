package org.coconutdb.sql.run;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CoconutTypeSystem;

/// Functions of text as PostgreSQL defines them, counting as CHAR_LENGTH does. Generated code calls them; not with NULL.
public final class TextFunctions {
    private TextFunctions() {}

    public static String lpad(String text, long length) {
        return lpad(text, length, " ");
    }

    /// Filled up on the left, or cut on the right. What is filled with is not longer than a value may be.
    public static String lpad(String text, long length, String fill) {
        int wanted = length(length);
        return text.length() >= wanted || fill.isEmpty() ? left(text, wanted) : filling(fill, wanted - text.length()) + text;
    }

    public static String rpad(String text, long length) {
        return rpad(text, length, " ");
    }

    public static String rpad(String text, long length, String fill) {
        int wanted = length(length);
        return text.length() >= wanted || fill.isEmpty() ? left(text, wanted) : text + filling(fill, wanted - text.length());
    }

    private static String filling(String fill, int length) {
        return fill.repeat(Math.ceilDiv(length, fill.length())).substring(0, length);
    }

    /// A number of characters that a value may have; none for less than 0.
    private static int length(long length) {
        if (length > CoconutTypeSystem.LENGTH_MAX) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("characters", length)
                    .with("charactersMax", CoconutTypeSystem.LENGTH_MAX)
                    .mend("A text has at most that many characters.");
        }
        return (int) Math.max(length, 0);
    }

    /// The first characters; all but the last ones where the number is negative.
    public static String left(String text, long characters) {
        long end = characters < 0 ? text.length() + characters : characters;
        return text.substring(0, (int) Math.clamp(end, 0L, text.length()));
    }

    /// The last characters; all but the first ones where the number is negative.
    public static String right(String text, long characters) {
        long start = characters < 0 ? -characters : text.length() - characters;
        return text.substring((int) Math.clamp(start, 0L, text.length()));
    }

    public static String repeat(String text, long times) {
        long count = Math.clamp(times, 0L, 1L + CoconutTypeSystem.LENGTH_MAX);
        length(count * text.length());
        return text.repeat((int) count);
    }

    public static String reverse(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    /// The part with a number, from 1 on from the left, from -1 on from the right; empty where there is none.
    public static String splitPart(String text, String delimiter, long number) {
        if (number == 0) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("part", number).mend("Parts count from 1, or from -1 at the end.");
        }
        if (delimiter.isEmpty()) {
            return number == 1 || number == -1 ? text : "";
        }
        if (number < 0) {
            int end = text.length();
            int start = text.lastIndexOf(delimiter, end - delimiter.length());
            for (long i = -1; i > number; i--) {
                if (start < 0) {
                    return "";
                }
                end = start;
                start = text.lastIndexOf(delimiter, end - delimiter.length());
            }
            return text.substring(start < 0 ? 0 : start + delimiter.length(), end);
        }
        int start = 0;
        int end = text.indexOf(delimiter);
        for (long i = 1; i < number; i++) {
            if (end < 0) {
                return "";
            }
            start = end + delimiter.length();
            end = text.indexOf(delimiter, start);
        }
        return text.substring(start, end < 0 ? text.length() : end);
    }

    public static String btrim(String text) {
        return btrim(text, " ");
    }

    /// Without the characters at both ends that are among the others.
    public static String btrim(String text, String characters) {
        return ltrim(rtrim(text, characters), characters);
    }

    public static String ltrim(String text) {
        return ltrim(text, " ");
    }

    public static String ltrim(String text, String characters) {
        int start = 0;
        while (start < text.length() && characters.indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        return text.substring(start);
    }

    public static String rtrim(String text) {
        return rtrim(text, " ");
    }

    public static String rtrim(String text, String characters) {
        int end = text.length();
        while (end > 0 && characters.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(0, end);
    }

    /// The character with a code point.
    public static String chr(long codePoint) {
        boolean isCharacter = codePoint > 0 && codePoint <= Character.MAX_CODE_POINT
                && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
        if (!isCharacter) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("codePoint", codePoint)
                    .mend("Characters of Unicode have numbers from 1 to 1114111, without 55296 to 57343.");
        }
        return Character.toString((int) codePoint);
    }

    /// Bytes in UTF-8.
    public static int octetLength(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    public static int octetLength(ByteString bytes) {
        return bytes.length();
    }

    public static long bitLength(String text) {
        return 8L * octetLength(text);
    }

    public static long bitLength(ByteString bytes) {
        return 8L * bytes.length();
    }

    /// As it is written.
    public static String ofUuid(UUID value) {
        return value.toString();
    }
}
