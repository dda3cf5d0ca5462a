package org.coconutdb.sql.corpus;

import java.util.Map;
import java.util.TreeMap;

/// How many answers were compared, and how many were not since a peer refused: a corpus that compares nothing finds nothing.
final class Statistics {
    private final Map<String, Integer> counts = new TreeMap<>();

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    int count(Peer peer) {
        return counts.getOrDefault(peer.name(), 0);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
