package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TPC-H's 22 queries at scale factor 0.01 through the JDBC driver, against H2 on the same rows.
class TpchIT {
    private static final double SCALE_FACTOR = 0.01;
    private static final int BATCH_ROWS = 5_000;

    /// Keys and kinds by table: both kinds take part.
    private static final Map<String, String> KEYS = Map.of(
            "LINEITEM", "PRIMARY KEY (l_orderkey, l_linenumber)) USING SORTED",
            "ORDERS", "PRIMARY KEY (o_orderkey)) USING HASH",
            "CUSTOMER", "PRIMARY KEY (c_custkey)) USING HASH",
            "PART", "PRIMARY KEY (p_partkey)) USING SORTED",
            "PARTSUPP", "PRIMARY KEY (ps_partkey, ps_suppkey)) USING SORTED",
            "SUPPLIER", "PRIMARY KEY (s_suppkey)) USING HASH",
            "NATION", "PRIMARY KEY (n_nationkey)) USING SORTED",
            "REGION", "PRIMARY KEY (r_regionkey)) USING HASH");

    private static Connection coconut;
    private static Connection h2;

    @BeforeAll
    static void fill() throws SQLException {
        coconut = DriverManager.getConnection("jdbc:coconut:mem:tpch");
        h2 = DriverManager.getConnection("jdbc:h2:mem:tpch");
        for (TpchTable<?> table : TpchTable.getTables()) {
            fill(table);
        }
    }

    @AfterAll
    static void close() throws SQLException {
        h2.close();
        coconut.close();
    }

    private static <E extends TpchEntity> void fill(TpchTable<E> source) throws SQLException {
        String name = source.getTableName().toUpperCase(Locale.ROOT);
        List<TpchColumn<E>> columns = source.getColumns();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (E entity : source.createGenerator(SCALE_FACTOR, 1, 1)) {
            rows.add(columns.stream().map(column -> value(column, entity)).toArray());
        }
        String declared = columns.stream().map(column -> column.getColumnName() + " " + type(column)).collect(Collectors.joining(", "));
        String create = "CREATE TABLE " + name + " (" + declared + ", " + KEYS.get(name);
        fill(coconut, create, name, rows);
        fill(h2, create.substring(0, create.indexOf(" USING")), name, rows);
    }

    private static void fill(Connection connection, String create, String name, List<@Nullable Object[]> rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(create);
        }
        String marks = ", ?".repeat(rows.getFirst().length).substring(2);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name + " VALUES (" + marks + ")")) {
            int waiting = 0;
            for (@Nullable Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    insert.setObject(i + 1, row[i]);
                }
                insert.addBatch();
                if (++waiting == BATCH_ROWS) {
                    insert.executeBatch();
                    waiting = 0;
                }
            }
            insert.executeBatch();
        }
    }

    private static <E extends TpchEntity> Object value(TpchColumn<E> column, E entity) {
        return switch (column.getType().getBase()) {
            case INTEGER -> column.getInteger(entity);
            case IDENTIFIER -> column.getIdentifier(entity);
            case DATE -> LocalDate.ofEpochDay(column.getDate(entity));
            case DOUBLE -> BigDecimal.valueOf(column.getDouble(entity)).setScale(2, RoundingMode.HALF_UP);
            case VARCHAR -> column.getString(entity);
        };
    }

    private static String type(TpchColumn<?> column) {
        return switch (column.getType().getBase()) {
            case INTEGER -> "INTEGER";
            case IDENTIFIER -> "BIGINT";
            case DATE -> "DATE";
            case DOUBLE -> "DECIMAL(15, 2)";
            case VARCHAR -> "VARCHAR(" + column.getType().getPrecision().orElseThrow() + ")";
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void agreesWithH2(int query) throws IOException, SQLException {
        String sql = text(query);

        List<List<@Nullable Object>> rows = ask(coconut, sql);

        // H2 does not find the join inside the OR, and takes half a minute.
        List<List<@Nullable Object>> expected =
                ask(h2, query == 19 ? sql.replace("WHERE (", "WHERE p_partkey = l_partkey AND ((") + ")" : sql);
        assertThat(rows).isNotEmpty().hasSameSizeAs(expected);
        for (int i = 0; i < rows.size(); i++) {
            for (int column = 0; column < expected.get(i).size(); column++) {
                Object found = rows.get(i).get(column);
                Object wanted = expected.get(i).get(column);
                assertThat(isSame(found, wanted)).as("row %s, column %s: %s, H2 says %s", i + 1, column + 1, found, wanted).isTrue();
            }
        }
    }

    private static String text(int query) throws IOException {
        try (InputStream file = TpchIT.class.getResourceAsStream("tpch/q%02d.sql".formatted(query))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<List<@Nullable Object>> ask(Connection connection, String sql) throws SQLException {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getObject(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /// Numbers may differ in the digits that one of the two rounds away: averages and quotients have scales of their own.
    private static boolean isSame(@Nullable Object found, @Nullable Object wanted) {
        if (found instanceof Number && wanted instanceof Number) {
            BigDecimal difference = new BigDecimal(found.toString()).subtract(new BigDecimal(wanted.toString())).abs();
            return difference.compareTo(new BigDecimal("0.000001")) <= 0;
        }
        return found == null ? wanted == null : found.equals(wanted);
    }
}
