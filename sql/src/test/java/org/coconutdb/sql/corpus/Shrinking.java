package org.coconutdb.sql.corpus;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes a query and its tables small while they still show the same defect.
final class Shrinking {
    private static final int TRIES_MAX = 250;

    private Piece query;
    private Tables tables;
    private Difference difference;
    private int tries;

    private Shrinking(Piece query, Tables tables, Difference difference) {
        this.query = query;
        this.tables = tables;
        this.difference = difference;
    }

    /// The defect as a text with all that it takes to see it again.
    static String text(Piece query, Tables tables, Difference difference) throws SQLException {
        Shrinking shrinking = new Shrinking(query, tables, difference);
        shrinking.shrinkQuery();
        shrinking.shrinkTables();
        shrinking.shrinkQuery();
        return shrinking.tables.text() + shrinking.query.text(Peer.COCONUT) + ";\n" + shrinking.difference.what() + ": "
                + shrinking.difference.text() + "\nfirst seen in: " + query.text(Peer.COCONUT);
    }

    private void shrinkQuery() throws SQLException {
        try (Databases databases = new Databases(tables)) {
            Checks checks = new Checks(databases, new Statistics());
            boolean changed = true;
            while (changed && tries < TRIES_MAX) {
                Optional<Piece> smaller = query.smaller()
                        .filter(piece -> size(piece) < size(query))
                        .filter(piece -> tries++ < TRIES_MAX && isSame(checks.of(piece)))
                        .findFirst();
                smaller.ifPresent(piece -> query = piece);
                changed = smaller.isPresent();
            }
        }
    }

    private static int size(Piece piece) {
        return piece.text(Peer.COCONUT).length();
    }

    private void shrinkTables() throws SQLException {
        for (Tables.Table table : tables.tables()) {
            if (!query.text(Peer.COCONUT).contains(table.name() + " ")) {
                tables = tables.without(table);
            }
        }
        boolean changed = true;
        while (changed && tries < 2 * TRIES_MAX) {
            changed = false;
            for (Tables smaller : tables.smaller()) {
                tries++;
                try (Databases databases = new Databases(smaller)) {
                    if (isSame(new Checks(databases, new Statistics()).of(query))) {
                        tables = smaller;
                        changed = true;
                        break;
                    }
                }
            }
        }
        tries = 0;
    }

    private boolean isSame(@Nullable Difference found) {
        if (found == null || !found.what().equals(difference.what())) {
            return false;
        }
        difference = found;
        return true;
    }
}
