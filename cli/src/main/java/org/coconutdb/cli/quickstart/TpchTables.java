package org.coconutdb.cli.quickstart;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.util.Locale;
import java.util.stream.Collectors;

/// TPC-H's eight tables as CoconutDB holds them. Tables that queries ask by their key are hash tables; those that are read in ranges
/// of their key, or by its beginning, are sorted.
enum TpchTables {
    REGION(TpchTable.REGION, "HASH", "r_regionkey", 5, false),
    NATION(TpchTable.NATION, "HASH", "n_nationkey", 25, false),
    SUPPLIER(TpchTable.SUPPLIER, "HASH", "s_suppkey", 10_000, true),
    PART(TpchTable.PART, "HASH", "p_partkey", 200_000, true),
    PARTSUPP(TpchTable.PART_SUPPLIER, "SORTED", "ps_partkey, ps_suppkey", 800_000, true),
    CUSTOMER(TpchTable.CUSTOMER, "HASH", "c_custkey", 150_000, true),
    ORDERS(TpchTable.ORDERS, "SORTED", "o_orderkey", 1_500_000, true),
    LINEITEM(TpchTable.LINE_ITEM, "SORTED", "l_orderkey, l_linenumber", 6_001_215, true);

    @SuppressWarnings("ImmutableEnumChecker") // the generator is immutable, and does not say so
    private final TpchTable<?> source;
    private final String kind;
    private final String primaryKey;
    private final long rowsAtScaleOne;
    private final boolean scales;

    TpchTables(TpchTable<?> source, String kind, String primaryKey, long rowsAtScaleOne, boolean scales) {
        this.source = source;
        this.kind = kind;
        this.primaryKey = primaryKey;
        this.rowsAtScaleOne = rowsAtScaleOne;
        this.scales = scales;
    }

    TpchTable<?> source() {
        return source;
    }

    String sqlName() {
        return name();
    }

    /// About how many rows the generator makes: exact but for LINEITEM.
    long expectedRows(double scale) {
        return scales ? Math.max(1, Math.round(rowsAtScaleOne * scale)) : rowsAtScaleOne;
    }

    String ddl() {
        String columns = source.getColumns().stream().map(TpchTables::column).collect(Collectors.joining(", "));
        return "CREATE TABLE " + sqlName() + " (" + columns + ", PRIMARY KEY (" + primaryKey + ")) USING " + kind;
    }

    /// The statement in short, for people.
    String summary() {
        return String.format(Locale.ROOT, "CREATE TABLE %-8s (%2d columns, PRIMARY KEY (%s)) USING %s",
                name().toLowerCase(Locale.ROOT), source.getColumns().size(), primaryKey, kind);
    }

    private static String column(TpchColumn<? extends TpchEntity> column) {
        String type = switch (column.getType().getBase()) {
            case IDENTIFIER -> "BIGINT";
            case INTEGER -> "INTEGER";
            case DATE -> "DATE";
            case DOUBLE -> "DECIMAL(15, 2)";
            case VARCHAR -> "VARCHAR(" + column.getType().getPrecision().orElseThrow() + ")";
        };
        return column.getColumnName() + " " + type + " NOT NULL";
    }
}
