package org.coconutdb.jdbc;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A pattern of `DatabaseMetaData`: `%` for any characters, `_` for one, and [DatabaseFacts#SEARCH_ESCAPE] before one of these for itself.
final class LikePattern {
    private final @Nullable Pattern pattern;

    private LikePattern(@Nullable Pattern pattern) {
        this.pattern = pattern;
    }

    /// @param text null: everything
    static LikePattern of(@Nullable String text) {
        if (text == null || text.equals("%")) {
            return new LikePattern(null);
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                regex.append(Pattern.quote(text.substring(i, i + 1)));
            } else if (c == '%') {
                regex.append(".*");
            } else if (c == '_') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(text.substring(i, i + 1)));
            }
        }
        return new LikePattern(Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    boolean matches(@Nullable Object name) {
        return pattern == null || (name != null && pattern.matcher(name.toString()).matches());
    }
}
