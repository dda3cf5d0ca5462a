package org.coconutdb.sql.tpcds;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The values that queries ask for, as they are in the tables, so that answers have rows.
final class Distributions {
    /// SQL by distribution; its columns are those that templates number, from 1.
    private static final Map<String, String> QUERIES = Map.ofEntries(
            Map.entry("fips_county", "SELECT DISTINCT 0, s_county, s_state, 0, 0, CAST(s_gmt_offset AS INTEGER) FROM store "
                    + "WHERE s_state IS NOT NULL AND s_county IS NOT NULL UNION ALL SELECT * FROM (SELECT 0, ca_county, ca_state, 0, 0, "
                    + "CAST(ca_gmt_offset AS INTEGER) FROM customer_address WHERE ca_county IS NOT NULL AND ca_gmt_offset IS NOT NULL AND ca_state IS "
                    + "NOT NULL GROUP BY ca_county, ca_state, ca_gmt_offset ORDER BY COUNT(*) DESC, 2, 3 LIMIT 20) AS often"),
            Map.entry("categories",
                    "SELECT DISTINCT i_category, 'class of ' || i_category FROM item WHERE i_category IS NOT NULL ORDER BY 1"),
            Map.entry("cities",
                    "SELECT DISTINCT s_city FROM store WHERE s_city IS NOT NULL UNION SELECT * FROM (SELECT ca_city FROM customer_address WHERE ca_city IS NOT NULL GROUP BY ca_city "
                            + "ORDER BY COUNT(*) DESC, 1 LIMIT 5) AS often ORDER BY 1"),
            Map.entry("colors", "SELECT DISTINCT i_color FROM item WHERE i_color IS NOT NULL ORDER BY 1"),
            Map.entry("units", "SELECT DISTINCT i_units FROM item WHERE i_units IS NOT NULL ORDER BY 1"),
            Map.entry("sizes", "SELECT DISTINCT i_size FROM item WHERE i_size IS NOT NULL ORDER BY 1"),
            Map.entry("i_manager_id", "SELECT DISTINCT i_manager_id - MIN(i_manager_id) OVER () + 1, i_manager_id, i_manager_id FROM item "
                    + "WHERE i_manager_id IS NOT NULL ORDER BY 1"),
            Map.entry("education", "SELECT DISTINCT cd_education_status FROM customer_demographics ORDER BY 1"),
            Map.entry("gender", "SELECT DISTINCT cd_gender FROM customer_demographics ORDER BY 1"),
            Map.entry("marital_status", "SELECT DISTINCT cd_marital_status FROM customer_demographics ORDER BY 1"),
            Map.entry("return_reasons", "SELECT DISTINCT r_reason_desc FROM reason ORDER BY 1"),
            Map.entry("ship_mode_carrier", "SELECT DISTINCT sm_carrier FROM ship_mode ORDER BY 1"),
            Map.entry("stores", "SELECT DISTINCT s_store_name FROM store WHERE s_store_name IS NOT NULL ORDER BY 1"),
            // Of those of fips_county which a table has: its first ones.
            Map.entry("store", "SELECT DISTINCT s_county FROM store"),
            Map.entry("call_center", "SELECT DISTINCT cc_county FROM call_center"),
            Map.entry("warehouse", "SELECT DISTINCT w_county FROM warehouse"),
            // The template asks for numbers of rows of store_sales, which it compares with a count of a fifth of them.
            Map.entry("store_sales", "SELECT COUNT(*) FROM store_sales"));

    private final Connection connection;
    private final Map<String, List<List<String>>> rows = new HashMap<>();

    Distributions(Connection connection) {
        this.connection = connection;
    }

    long size(String name) {
        List<List<String>> found = of(name.toLowerCase(Locale.ROOT));
        return name.equals("store_sales") ? Long.parseLong(found.getFirst().getFirst()) : found.size();
    }

    String any(String name, int column, RandomGenerator random) {
        List<List<String>> found = of(name);
        return found.get(random.nextInt(found.size())).get(column - 1);
    }

    String member(String name, int index, int column) {
        List<List<String>> found = of(name);
        return found.get((index - 1) % found.size()).get(column - 1);
    }

    private List<List<String>> of(String name) {
        return rows.computeIfAbsent(name, this::read);
    }

    private List<List<String>> read(String name) {
        String sql = name.startsWith("class of ")
                ? "SELECT DISTINCT i_class FROM item WHERE i_class IS NOT NULL AND i_category = '" + name.substring(9) + "' ORDER BY 1"
                : QUERIES.get(name);
        if (sql == null) {
            throw new IllegalArgumentException(name);
        }
        List<List<String>> read = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                read.add(row);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
        return read;
    }
}
