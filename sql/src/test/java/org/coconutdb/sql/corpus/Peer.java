package org.coconutdb.sql.corpus;

/// A dialect that a query of the corpus is written in.
enum Peer {
    COCONUT, H2, SQLITE
}
