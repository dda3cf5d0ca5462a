package org.coconutdb.sql.catalog;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds what a misspelt name was meant to be, by edit distance (Levenshtein, with a swap of neighbours as one edit; case counts nothing).
public final class NearestName {
    private NearestName() {}

    /// The candidate with the fewest edits, where they are at most a third of the name's letters (one for short names); the first of equals.
    public static Optional<String> of(String name, Collection<String> candidates) {
        String wanted = name.toUpperCase(Locale.ROOT);
        int editsMax = Math.max(1, wanted.length() / 3);
        String best = null;
        int bestEdits = editsMax + 1;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - wanted.length()) >= bestEdits) {
                continue;
            }
            int edits = edits(wanted, candidate.toUpperCase(Locale.ROOT));
            if (edits < bestEdits) {
                best = candidate;
                bestEdits = edits;
            }
        }
        return Optional.ofNullable(best);
    }

    private static int edits(String from, String to) {
        int width = to.length() + 1;
        int[] beforePrevious = new int[width];
        int[] previous = new int[width];
        int[] current = new int[width];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            current[0] = i;
            for (int j = 1; j < width; j++) {
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                int least = Math.min(previous[j - 1] + (same ? 0 : 1), Math.min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1)) {
                    least = Math.min(least, beforePrevious[j - 2] + 1);
                }
                current[j] = least;
            }
            int[] oldest = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = oldest;
        }
        return previous[width - 1];
    }
}
