package org.coconutdb.sql.session;

/// Brings texts that differ only in blanks and comments to one form, so that they share a plan.
///
/// Letters keep their case: a result column is labelled as it was written. Quoted parts stay as they are, hints (`/*+`) too.
final class StatementText {
    private StatementText() {}

    static String normalise(String sql) {
        StringBuilder text = new StringBuilder(sql.length());
        boolean gap = false;
        int i = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            int end = skipped(sql, i);
            if (end > i) {
                gap = true;
                i = end;
                continue;
            }
            if (gap && !text.isEmpty()) {
                text.append(' ');
            }
            gap = false;
            end = c == '\'' || c == '"' ? quoteEnd(sql, i) : i + 1;
            text.append(sql, i, end);
            i = end;
        }
        return text.toString();
    }

    /// End of the blank or comment that begins at `start`; `start` where none does.
    private static int skipped(String sql, int start) {
        char c = sql.charAt(start);
        if (Character.isWhitespace(c)) {
            return start + 1;
        }
        if (sql.startsWith("--", start)) {
            int end = sql.indexOf('\n', start);
            return end < 0 ? sql.length() : end + 1;
        }
        if (sql.startsWith("/*", start) && !sql.startsWith("/*+", start)) {
            int end = sql.indexOf("*/", start + 2);
            // One without an end is left for the parser to complain about.
            return end < 0 ? start : end + 2;
        }
        return start;
    }

    private static int quoteEnd(String sql, int start) {
        int end = sql.indexOf(sql.charAt(start), start + 1);
        return end < 0 ? sql.length() : end + 1;
    }
}
