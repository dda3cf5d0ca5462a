package org.coconutdb.sql.tpcds;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import io.trino.tpcds.Results;
import io.trino.tpcds.Session;
import io.trino.tpcds.Table;
import io.trino.tpcds.column.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The tables of TPC-DS, made by its generator.
final class TpcdsTables {
    static final double SCALE_FACTOR = 0.01;

    /// Keys and kinds by table: both kinds take part.
    private static final Map<Table, String> KEYS = Map.ofEntries(
            Map.entry(Table.CALL_CENTER, "PRIMARY KEY (cc_call_center_sk)) USING HASH"),
            Map.entry(Table.CATALOG_PAGE, "PRIMARY KEY (cp_catalog_page_sk)) USING HASH"),
            Map.entry(Table.CATALOG_RETURNS, "PRIMARY KEY (cr_item_sk, cr_order_number)) USING HASH"),
            Map.entry(Table.CATALOG_SALES, "PRIMARY KEY (cs_item_sk, cs_order_number)) USING SORTED"),
            Map.entry(Table.CUSTOMER, "PRIMARY KEY (c_customer_sk)) USING HASH"),
            Map.entry(Table.CUSTOMER_ADDRESS, "PRIMARY KEY (ca_address_sk)) USING SORTED"),
            Map.entry(Table.CUSTOMER_DEMOGRAPHICS, "PRIMARY KEY (cd_demo_sk)) USING SORTED"),
            Map.entry(Table.DATE_DIM, "PRIMARY KEY (d_date_sk)) USING SORTED"),
            Map.entry(Table.HOUSEHOLD_DEMOGRAPHICS, "PRIMARY KEY (hd_demo_sk)) USING HASH"),
            Map.entry(Table.INCOME_BAND, "PRIMARY KEY (ib_income_band_sk)) USING HASH"),
            Map.entry(Table.INVENTORY, "PRIMARY KEY (inv_date_sk, inv_item_sk, inv_warehouse_sk)) USING SORTED"),
            Map.entry(Table.ITEM, "PRIMARY KEY (i_item_sk)) USING HASH"),
            Map.entry(Table.PROMOTION, "PRIMARY KEY (p_promo_sk)) USING SORTED"),
            Map.entry(Table.REASON, "PRIMARY KEY (r_reason_sk)) USING HASH"),
            Map.entry(Table.SHIP_MODE, "PRIMARY KEY (sm_ship_mode_sk)) USING SORTED"),
            Map.entry(Table.STORE, "PRIMARY KEY (s_store_sk)) USING HASH"),
            Map.entry(Table.STORE_RETURNS, "PRIMARY KEY (sr_item_sk, sr_ticket_number)) USING SORTED"),
            Map.entry(Table.STORE_SALES, "PRIMARY KEY (ss_item_sk, ss_ticket_number)) USING HASH"),
            Map.entry(Table.TIME_DIM, "PRIMARY KEY (t_time_sk)) USING SORTED"),
            Map.entry(Table.WAREHOUSE, "PRIMARY KEY (w_warehouse_sk)) USING HASH"),
            Map.entry(Table.WEB_PAGE, "PRIMARY KEY (wp_web_page_sk)) USING SORTED"),
            Map.entry(Table.WEB_RETURNS, "PRIMARY KEY (wr_item_sk, wr_order_number)) USING HASH"),
            Map.entry(Table.WEB_SALES, "PRIMARY KEY (ws_item_sk, ws_order_number)) USING SORTED"),
            Map.entry(Table.WEB_SITE, "PRIMARY KEY (web_site_sk)) USING HASH"));

    private TpcdsTables() {
    }

    static List<Table> all() {
        return KEYS.keySet().stream().sorted().toList();
    }

    /// `CREATE TABLE … USING …`.
    static String create(Table table) {
        return Arrays.stream(table.getColumns()).map(column -> column.getName() + " " + type(column))
                .collect(Collectors.joining(", ", "CREATE TABLE " + table.getName() + " (", ", " + KEYS.get(table)));
    }

    /// Writes the table's rows as CSV: a NULL is nothing, a text stands in quotes.
    static void write(Table table, Path file) throws IOException {
        Session session = Session.getDefaultSession().withScale(SCALE_FACTOR).withTable(table);
        try (CsvWriter csv = CsvWriter.builder().quoteStrategy(QuoteStrategies.NON_EMPTY).build(file)) {
            for (List<List<String>> rows : Results.constructResults(table, session)) {
                // A row of sales comes with its return, which is another table's.
                csv.writeRecord(rows.getFirst());
            }
        }
    }

    private static String type(Column column) {
        return switch (column.getType().getBase()) {
            case INTEGER -> "INTEGER";
            case IDENTIFIER -> "BIGINT";
            case DATE -> "DATE";
            case DECIMAL -> "DECIMAL(" + column.getType().getPrecision().orElseThrow() + ", " + column.getType().getScale().orElseThrow()
                    + ")";
            case CHAR, VARCHAR -> "VARCHAR(" + column.getType().getPrecision().orElseThrow() + ")";
            case TIME -> "TIME";
        };
    }
}
