package org.coconutdb.sql.catalog;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as people write them: `65536`, `512MB`, `4 GiB`. Units are powers of 1,024.
public final class Sizes {
    /// What a mend says.
    public static final String MEND = "Write a size such as 512MB or 4GB.";

    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s*(|B|KB|KIB|K|MB|MIB|M|GB|GIB|G|TB|TIB|T)");

    private Sizes() {}

    /// Bytes; empty where the text is no size, or one beyond what a number holds.
    public static OptionalLong parse(String text) {
        Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(size.group(1));
        String unit = size.group(2);
        int shift = unit.isEmpty() ? 0 : 10 * "BKMGT".indexOf(unit.charAt(0));
        return number > Long.MAX_VALUE >> shift ? OptionalLong.empty() : OptionalLong.of(number << shift);
    }
}
