package org.coconutdb.engine;

/// How much of a table's part in a block is in memory and how much in the cold tier.
///
/// @param hotRows rows of the newest state that are in memory
/// @param hotBytes bytes of memory in hot rows, older versions and metadata included
/// @param coldRows rows of the newest state that are in the cold tier
/// @param coldBytes what they take on disk, compressed
/// @param promotions rows that came back into memory since the database was opened
/// @param demotions rows that left it
public record TierUse(
        int block,
        int table,
        long hotRows,
        long hotBytes,
        long coldRows,
        long coldBytes,
        long promotions,
        long demotions) {}
