package org.coconutdb.sql.plan;

import java.util.List;
import java.util.Set;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.run.KeyInterval;
import org.coconutdb.sql.run.KeyPart;
import org.jspecify.annotations.Nullable;

/// The way to a table's rows.
sealed interface AccessPath {
    /// What EXPLAIN calls it.
    String name();

    /// The key or the range, as EXPLAIN shows it; empty for a full scan.
    String text();

    /// Columns that have one value in all rows found, by position in the table.
    Set<Integer> fixedColumns();

    /// Rows that it touches, of a table that has this many.
    double rows(double tableRows);

    /// How many keys these are guessed to stand for.
    private static double count(List<List<KeyPart>> keys) {
        double count = 0;
        for (List<KeyPart> key : keys) {
            double product = 1;
            for (KeyPart part : key) {
                product *= part.count();
            }
            count += product;
        }
        return count;
    }

    /// One row at most, by its whole key.
    record Point(List<KeyPart> key, String text, Set<Integer> fixedColumns) implements AccessPath {
        @Override
        public String name() {
            return "PointLookup";
        }

        @Override
        public double rows(double tableRows) {
            return 1;
        }
    }

    /// Rows by whole keys, one row at most for each.
    record MultiPoint(List<List<KeyPart>> keys, String text, Set<Integer> fixedColumns) implements AccessPath {
        @Override
        public String name() {
            return "MultiPointLookup";
        }

        @Override
        public double rows(double tableRows) {
            return Math.max(1, Math.min(AccessPath.count(keys), tableRows));
        }
    }

    /// Rows of ranges of a sorted table.
    ///
    /// @param fraction of the table's rows that the ranges are guessed to hold
    record Ranges(List<KeyInterval> intervals, String text, Set<Integer> fixedColumns, double fraction) implements AccessPath {
        @Override
        public String name() {
            return "RangeScan";
        }

        @Override
        public double rows(double tableRows) {
            return Math.max(1, tableRows * fraction);
        }
    }

    /// Rows by the entries of an index, which are in ranges of its key.
    ///
    /// @param isWhole whether each interval is a whole key of a unique index, and so has one row at most
    /// @param fraction of the table's rows that the ranges are guessed to hold
    record Index(CatalogIndex index, List<KeyInterval> intervals, String text, Set<Integer> fixedColumns, boolean isWhole, double fraction)
            implements
            AccessPath {
        @Override
        public String name() {
            return isWhole ? "IndexLookup" : "IndexScan";
        }

        @Override
        public double rows(double tableRows) {
            double keys = AccessPath.count(intervals.stream().map(KeyInterval::prefix).toList());
            return Math.max(1, isWhole ? Math.min(keys, tableRows) : tableRows * fraction);
        }
    }

    /// The rows of one key, or of keys that begin alike, for each row of a join's other side.
    ///
    /// @param index whose entries lead to them; null: the primary key
    /// @param columns that have values, by position in the table, in the key's order
    /// @param isWhole whether they make a whole key, with one row at most
    /// @param rowsEach that are guessed to be found each time
    record Joined(@Nullable CatalogIndex index, List<Integer> columns, boolean isWhole, String text, double rowsEach) implements
            AccessPath {
        public Joined {
            columns = List.copyOf(columns);
        }

        @Override
        public String name() {
            return index == null ? isWhole ? "PointLookup" : "RangeScan" : isWhole ? "IndexLookup" : "IndexScan";
        }

        @Override
        public Set<Integer> fixedColumns() {
            return Set.of();
        }

        @Override
        public double rows(double tableRows) {
            return rowsEach;
        }
    }

    /// All rows.
    record Full() implements AccessPath {
        @Override
        public String name() {
            return "TableScan";
        }

        @Override
        public String text() {
            return "";
        }

        @Override
        public Set<Integer> fixedColumns() {
            return Set.of();
        }

        @Override
        public double rows(double tableRows) {
            return Math.max(1, tableRows);
        }
    }
}
