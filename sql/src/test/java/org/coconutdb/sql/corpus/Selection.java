package org.coconutdb.sql.corpus;

/// A query whose condition can be replaced.
///
/// @param columns behind `SELECT`, the first one is `v0`
/// @param from ` FROM …`
record Selection(Piece columns, Piece from, Piece condition) {
    Piece where(Piece instead) {
        return Piece.of(Kind.QUERY, "SELECT ", columns, from, " WHERE ", instead);
    }
}
