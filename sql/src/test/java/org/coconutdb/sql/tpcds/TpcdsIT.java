package org.coconutdb.sql.tpcds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trino.tpcds.Table;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The queries of TPC-DS at scale factor 0.01 through the JDBC driver, against DuckDB on the same rows.
///
/// `-Dseed=…` has them ask for other values, `-Dtpcds.query=…` runs one.
class TpcdsIT {
    private static final long SEED = Long.parseUnsignedLong(System.getProperty("seed", "c0c0"), 16);
    private static final Pattern DAYS = Pattern.compile("(?i)([+-])\\s*(\\d+)\\s+days");

    private static Connection coconut;
    private static Connection duck;
    private static Distributions distributions;
    private static int answered;

    @BeforeAll
    static void fill(@TempDir Path folder) throws SQLException, IOException {
        coconut = DriverManager.getConnection("jdbc:coconut:mem:tpcds");
        duck = DriverManager.getConnection("jdbc:duckdb:");
        execute(duck, "SET default_null_order = 'nulls_last_on_asc_first_on_desc'");
        for (Table table : TpcdsTables.all()) {
            Path file = folder.resolve(table.getName() + ".csv");
            TpcdsTables.write(table, file);
            String create = TpcdsTables.create(table);
            execute(coconut, create);
            execute(coconut, "COPY " + table.getName() + " FROM '" + file + "'");
            execute(duck, create.substring(0, create.indexOf(" USING")));
            execute(duck, "COPY " + table.getName() + " FROM '" + file + "' (HEADER FALSE)");
            execute(coconut, "ANALYZE " + table.getName());
        }
        distributions = new Distributions(duck);
    }

    @AfterAll
    static void close() throws SQLException {
        if (System.getProperty("tpcds.query") == null) {
            assertThat(answered).as("queries that answered rows").isGreaterThan(60);
        }
        duck.close();
        coconut.close();
    }

    static Stream<Integer> queries() {
        String given = System.getProperty("tpcds.query");
        return given == null ? IntStream.rangeClosed(1, 99).boxed() : Stream.of(Integer.valueOf(given));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void agreesWithDuckDb(int query) throws IOException, SQLException {
        for (String text : QueryTemplate.read(query).statements(new Random(SEED + query), distributions)) {
            String sql = dialect(text);
            List<List<@Nullable Object>> expected = ask(duck, sql);
            if (expected.stream().anyMatch(row -> row.contains(Double.NaN))) {
                // Zero divided by zero, which the standard refuses.
                assertThatThrownBy(() -> ask(coconut, sql)).as(sql).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure
                        .getSQLState()).isEqualTo("22012"));
                continue;
            }

            List<List<@Nullable Object>> rows = ask(coconut, sql);

            assertThat(rows).as(sql).hasSameSizeAs(expected);
            for (List<@Nullable Object> wanted : expected) {
                // Mostly the first: only values that are rounded otherwise are sorted otherwise.
                Iterator<List<@Nullable Object>> found = rows.iterator();
                boolean isFound = false;
                while (!isFound && found.hasNext()) {
                    isFound = isSame(found.next(), wanted);
                }
                assertThat(isFound).as("%s, of DuckDB's answer to %s, which has %s more in ours: %s", wanted, sql, rows.size(), rows)
                        .isTrue();
                found.remove();
            }
            answered += expected.isEmpty() ? 0 : 1;
        }
    }

    /// The templates' SQL is that of no database, they name one column as no table has it, and DuckDB divides whole numbers into fractions.
    private static String dialect(String template) {
        return DAYS.matcher(template).replaceAll("$1 INTERVAL '$2' DAY")
                .replaceAll("\\bat\\b", "am")
                .replaceAll("c_last_review_date\\b", "c_last_review_date_sk")
                // Which way 0.575 is rounded, differs.
                .replaceAll("(?i)round\\((ss_qty.*?) *,2\\)", "($1)")
                .replaceAll("(?i)((?:household_demographics\\.)?\\b(?:inv_after|hd_dep_count|ss_qty)) */", "1.0000 * $1 /");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<List<@Nullable Object>> ask(Connection connection, String sql) throws SQLException {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            ResultSet result = statement.executeQuery(sql);
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(comparable(result.getObject(i)));
                }
                rows.add(row);
            }
        }
        rows.sort(Comparator.comparing(row -> row.stream().map(TpcdsIT::key).toList().toString()));
        return rows;
    }

    private static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Double number when number.isNaN() -> number;
            case Number number -> new BigDecimal(number.toString());
            default -> value.toString().strip();
        };
    }

    /// Near enough that sums of floating point numbers in another order stand in the same place.
    private static String key(@Nullable Object value) {
        return value instanceof BigDecimal number ? String.format(Locale.ROOT, "%.4e", number) : String.valueOf(value);
    }

    private static boolean isSame(List<@Nullable Object> found, List<@Nullable Object> wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!isSame(found.get(i), wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(@Nullable Object found, @Nullable Object wanted) {
        if (found instanceof BigDecimal a && wanted instanceof BigDecimal b) {
            double difference = Math.abs(a.doubleValue() - b.doubleValue());
            return difference <= 1e-6 + 1e-4 * Math.abs(b.doubleValue());
        }
        return found == null ? wanted == null : found.equals(wanted);
    }
}
