package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchColumnType;
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
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TPC-H's 22 queries at scale factor 0.01 against H2 on the same rows, by the planner alone.
class TpchPlansIT {
    private static final double SCALE_FACTOR = 0.01;
    private static final String H2 = "jdbc:h2:mem:tpch";

    /// Key columns by table, and its kind: both kinds take part.
    private static final Map<String, List<String>> KEYS = Map.of(
            "LINEITEM", List.of("L_ORDERKEY", "L_LINENUMBER"), "ORDERS", List.of("O_ORDERKEY"), "CUSTOMER", List.of("C_CUSTKEY"),
            "PART", List.of("P_PARTKEY"), "PARTSUPP", List.of("PS_PARTKEY", "PS_SUPPKEY"), "SUPPLIER", List.of("S_SUPPKEY"),
            "NATION", List.of("N_NATIONKEY"), "REGION", List.of("R_REGIONKEY"));
    private static final List<String> SORTED = List.of("LINEITEM", "PARTSUPP", "PART", "NATION");

    private static PlannedDatabase database;
    private static Connection h2;

    @BeforeAll
    static void fill() throws SQLException {
        database = new PlannedDatabase();
        h2 = DriverManager.getConnection(H2);
        for (TpchTable<?> table : TpchTable.getTables()) {
            fill(table);
        }
    }

    @AfterAll
    static void close() throws SQLException {
        h2.close();
        database.close();
    }

    private static <E extends TpchEntity> void fill(TpchTable<E> source) throws SQLException {
        String name = source.getTableName().toUpperCase(Locale.ROOT);
        List<TpchColumn<E>> columns = source.getColumns();
        List<String> names = columns.stream().map(column -> column.getColumnName().toUpperCase(Locale.ROOT)).toList();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (E entity : source.createGenerator(SCALE_FACTOR, 1, 1)) {
            rows.add(columns.stream().map(column -> value(column, entity)).toArray());
        }
        List<Integer> key = KEYS.get(name).stream().map(names::indexOf).toList();
        ColumnDefinition[] definitions = columns.stream().map(TpchPlansIT::definition).toArray(ColumnDefinition[]::new);
        CatalogTable table = database.create(name, SORTED.contains(name) ? TableKind.SORTED : TableKind.HASH, key, definitions);
        database.insert(table, rows);

        String declared = columns.stream().map(column -> column.getColumnName() + " " + h2Type(column)).collect(Collectors.joining(", "));
        try (Statement statement = h2.createStatement()) {
            statement.execute("CREATE TABLE " + name + " (" + declared + ", PRIMARY KEY (" + String.join(", ", KEYS.get(name)) + "))");
        }
        String marks = columns.stream().map(_ -> "?").collect(Collectors.joining(", "));
        try (PreparedStatement insert = h2.prepareStatement("INSERT INTO " + name + " VALUES (" + marks + ")")) {
            for (@Nullable Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    boolean date = columns.get(i).getType().getBase() == TpchColumnType.Base.DATE;
                    insert.setObject(i + 1, date ? LocalDate.ofEpochDay((Integer) row[i]) : row[i]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static <E extends TpchEntity> Object value(TpchColumn<E> column, E entity) {
        return switch (column.getType().getBase()) {
            case INTEGER -> column.getInteger(entity);
            case IDENTIFIER -> column.getIdentifier(entity);
            case DATE -> column.getDate(entity);
            case DOUBLE -> BigDecimal.valueOf(column.getDouble(entity)).setScale(2, RoundingMode.HALF_UP);
            case VARCHAR -> column.getString(entity);
        };
    }

    private static ColumnDefinition definition(TpchColumn<?> column) {
        String name = column.getColumnName().toUpperCase(Locale.ROOT);
        return switch (column.getType().getBase()) {
            case INTEGER -> PlannedDatabase.column(name, SqlTypeName.INTEGER);
            case IDENTIFIER -> PlannedDatabase.column(name, SqlTypeName.BIGINT);
            case DATE -> PlannedDatabase.column(name, SqlTypeName.DATE);
            case DOUBLE -> PlannedDatabase.column(name, SqlTypeName.DECIMAL, 15, 2);
            case VARCHAR -> PlannedDatabase.column(name, SqlTypeName.VARCHAR, length(column), 0);
        };
    }

    private static String h2Type(TpchColumn<?> column) {
        return switch (column.getType().getBase()) {
            case INTEGER -> "INTEGER";
            case IDENTIFIER -> "BIGINT";
            case DATE -> "DATE";
            case DOUBLE -> "DECIMAL(15, 2)";
            case VARCHAR -> "VARCHAR(" + length(column) + ")";
        };
    }

    private static int length(TpchColumn<?> column) {
        return Math.toIntExact(column.getType().getPrecision().orElse(200L));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void agreesWithH2(int query) throws IOException, SQLException {
        String sql = text(query);

        QueryPlan plan = database.plan(sql);
        List<List<@Nullable Object>> rows = database.rows(plan);

        // H2 does not find the join inside the OR, and takes half a minute.
        List<List<@Nullable Object>> expected = ask(query == 19 ? sql.replace("WHERE (", "WHERE p_partkey = l_partkey AND ((") + ")" : sql);
        assertThat(rows).as(plan::explain).hasSameSizeAs(expected);
        for (int i = 0; i < rows.size(); i++) {
            for (int column = 0; column < rows.get(i).size(); column++) {
                Object found = rows.get(i).get(column);
                Object wanted = expected.get(i).get(column);
                assertThat(isSame(found, wanted)).as("row %s, column %s: %s, H2 says %s%n%s", i + 1, column + 1, found, wanted, plan.explain()).isTrue();
            }
        }
    }

    private static String text(int query) throws IOException {
        try (InputStream file = TpchPlansIT.class.getResourceAsStream("tpch/q%02d.sql".formatted(query))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<List<@Nullable Object>> ask(String sql) throws SQLException {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (Statement statement = h2.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    Object value = result.getObject(i);
                    row.add(value instanceof java.sql.Date date ? Math.toIntExact(date.toLocalDate().toEpochDay()) : value);
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
