package org.coconutdb.bench;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// TPC-H's 22 queries over JDBC beside other databases in memory, by turns, all but Ignite in one process; answers are compared. Then what planning them takes.
/// Arguments: the directory of the
/// queries' texts (q01.sql to q22.sql), the scale factor, rounds, seconds that a query may take, and peers ([Database]; all but Ignite by
/// default).
public final class TpchSideBySide {
    private static final int BATCH_ROWS = 5_000;
    private static final int QUERIES = 22;
    private static final int PLANS = 15;

    private enum Database {
        COCONUT("jdbc:coconut:mem:tpch"),
        H2("jdbc:h2:mem:tpch"),
        HSQLDB("jdbc:hsqldb:mem:tpch"),
        IGNITE("");

        final String url;

        Database(String url) {
            this.url = url;
        }

    }

    private static final Map<String, String> KEYS = Map.of(
            "LINEITEM", "PRIMARY KEY (l_orderkey, l_linenumber)) USING SORTED",
            "ORDERS", "PRIMARY KEY (o_orderkey)) USING HASH",
            "CUSTOMER", "PRIMARY KEY (c_custkey)) USING HASH",
            "PART", "PRIMARY KEY (p_partkey)) USING HASH",
            "PARTSUPP", "PRIMARY KEY (ps_partkey, ps_suppkey)) USING SORTED",
            "SUPPLIER", "PRIMARY KEY (s_suppkey)) USING HASH",
            "NATION", "PRIMARY KEY (n_nationkey)) USING HASH",
            "REGION", "PRIMARY KEY (r_regionkey)) USING HASH");

    /// A database with its connection and what was measured of it: milliseconds by query and round; NaN where it did not answer in time.
    private static final class Side {
        final Database database;
        final double[][] millis;
        Connection connection;
        @Nullable IgniteNode node;

        Side(Database database, int rounds) throws SQLException {
            this.database = database;
            this.millis = new double[QUERIES][rounds];
            this.connection = connect();
        }

        private Connection connect() throws SQLException {
            if (database != Database.IGNITE) {
                return DriverManager.getConnection(database.url);
            }
            IgniteNode started = IgniteNode.start();
            node = started;
            return started.connection();
        }

        /// Ends what does not come back, with all that it had. False where only the end of this process would.
        boolean restart() throws SQLException {
            IgniteNode stuck = node;
            if (stuck == null) {
                return false;
            }
            stuck.close();
            connection = connect();
            return true;
        }

        double median(int query) {
            double[] sorted = millis[query].clone();
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }
    }

    // Behind the seconds that a query may take by its own timeout.
    private static final int GRACE_SECONDS = 5;

    private final Path texts;
    private final double scale;
    private final int secondsMax;
    private final List<Side> sides = new ArrayList<>();

    private TpchSideBySide(Path texts, double scale, int secondsMax) {
        this.texts = texts;
        this.scale = scale;
        this.secondsMax = secondsMax;
    }

    /// Prints milliseconds a query, and who answers otherwise than the first.
    public static void main(String[] arguments) throws Exception {
        double scale = Double.parseDouble(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        TpchSideBySide run = new TpchSideBySide(Path.of(arguments[0]), scale, Integer.parseInt(arguments[3]));
        List<Database> databases = arguments.length > 4
                ? Arrays.stream(arguments).skip(4).map(Database::valueOf).toList()
                : List.of(Database.COCONUT, Database.H2, Database.HSQLDB);
        for (Database database : databases) {
            run.sides.add(new Side(database, rounds));
        }
        run.fill(run.sides);
        run.measure(rounds);
        run.print();
        run.plan();
        for (Side side : run.sides) {
            side.connection.close();
            if (side.node != null) {
                side.node.close();
            }
        }
        // What never came back is still at it.
        System.exit(0);
    }

    private void fill(List<Side> empty) throws SQLException {
        for (TpchTable<?> table : TpchTable.getTables()) {
            fill(table, empty);
        }
    }

    private <E extends TpchEntity> void fill(TpchTable<E> source, List<Side> empty) throws SQLException {
        String name = source.getTableName().toUpperCase(Locale.ROOT);
        List<TpchColumn<E>> columns = source.getColumns();
        String declared = columns.stream().map(column -> column.getColumnName() + " " + type(column)).collect(Collectors.joining(", "));
        String create = "CREATE TABLE " + name + " (" + declared + ", " + KEYS.get(name);
        String marks = ", ?".repeat(columns.size()).substring(2);
        for (Side side : empty) {
            try (Statement statement = side.connection.createStatement()) {
                statement.execute(side.database == Database.COCONUT ? create : create.substring(0, create.indexOf(" USING")));
            }
            try (PreparedStatement insert = side.connection.prepareStatement("INSERT INTO " + name + " VALUES (" + marks + ")")) {
                int waiting = 0;
                for (E entity : source.createGenerator(scale, 1, 1)) {
                    for (int i = 0; i < columns.size(); i++) {
                        insert.setObject(i + 1, value(columns.get(i), entity, side.database));
                    }
                    insert.addBatch();
                    if (++waiting == BATCH_ROWS) {
                        insert.executeBatch();
                        waiting = 0;
                    }
                }
                if (waiting > 0) {
                    insert.executeBatch();
                }
            }
        }
    }

    private static <E extends TpchEntity> Object value(TpchColumn<E> column, E entity, Database database) {
        return switch (column.getType().getBase()) {
            case INTEGER -> column.getInteger(entity);
            case IDENTIFIER -> column.getIdentifier(entity);
            // Ignite takes a LocalDate for an object of no SQL type.
            case DATE -> database == Database.IGNITE ? Date.valueOf(LocalDate.ofEpochDay(column.getDate(entity))) : LocalDate.ofEpochDay(
                    column.getDate(entity));
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

    private void measure(int rounds) throws IOException, SQLException {
        for (int query = 0; query < QUERIES; query++) {
            String sql = Files.readString(texts.resolve(String.format(Locale.ROOT, "q%02d.sql", query + 1)));
            // Once to compare and to warm up.
            List<List<@Nullable Object>> expected = null;
            for (Side side : sides) {
                List<List<@Nullable Object>> rows = ask(side, sql);
                if (rows == null) {
                    Arrays.fill(side.millis[query], Double.NaN);
                } else if (expected == null) {
                    expected = rows;
                } else if (!isSame(expected, rows)) {
                    System.out.printf(Locale.ROOT, "q%02d: %s answers otherwise than %s%n", query + 1, side.database, sides
                            .getFirst().database);
                }
            }
            for (int round = 0; round < rounds; round++) {
                for (Side side : sides) {
                    if (!Double.isNaN(side.millis[query][round])) {
                        long start = System.nanoTime();
                        ask(side, sql);
                        side.millis[query][round] = (System.nanoTime() - start) / 1e6;
                    }
                }
            }
            System.out.printf(Locale.ROOT, "q%02d%s%n", query + 1, line(query));
        }
    }

    private String line(int query) {
        return sides.stream()
                .map(side -> String.format(Locale.ROOT, "  %s %.0f ms", side.database, side.median(query)))
                .collect(Collectors.joining());
    }

    private void print() {
        for (Side side : sides) {
            double total = 0;
            int answered = 0;
            double ofFirst = 0;
            for (int query = 0; query < QUERIES; query++) {
                if (!Double.isNaN(side.median(query))) {
                    answered++;
                    total += side.median(query);
                    ofFirst += sides.getFirst().median(query);
                }
            }
            System.out.printf(Locale.ROOT, "%-8s %2d queries in %.0f ms, %.2f × %s at the same ones%n", side.database, answered, total,
                    total / ofFirst, sides.getFirst().database);
        }
    }

    /// What planning takes, code and all: EXPLAIN of a text that never was before.
    private void plan() throws IOException, SQLException {
        for (Side side : sides) {
            if (side.database == Database.COCONUT) {
                double[] medians = new double[QUERIES];
                for (int query = 0; query < QUERIES; query++) {
                    String sql = Files.readString(texts.resolve(String.format(Locale.ROOT, "q%02d.sql", query + 1)));
                    double[] millis = new double[PLANS];
                    for (int i = 0; i < PLANS; i++) {
                        long start = System.nanoTime();
                        try (Statement statement = side.connection.createStatement()) {
                            statement.executeQuery("EXPLAIN SELECT * FROM (" + sql.strip() + ") AS never" + i);
                        }
                        millis[i] = (System.nanoTime() - start) / 1e6;
                    }
                    Arrays.sort(millis);
                    medians[query] = millis[PLANS / 2];
                }
                System.out.println("EXPLAIN by query, ms, medians of " + PLANS + ": " + Arrays.stream(medians).mapToObj(millis -> String
                        .format(Locale.ROOT,
                                "%.0f", millis)).collect(Collectors.joining(" ")));
            }
        }
    }

    /// Null where it took too long, or failed.
    private @Nullable List<List<@Nullable Object>> ask(Side side, String sql) throws SQLException {
        FutureTask<@Nullable List<List<@Nullable Object>>> asking = new FutureTask<>(() -> askNow(side, sql));
        // Not a virtual thread: it may never end.
        Thread.ofPlatform().daemon().start(asking);
        try {
            return asking.get(secondsMax + GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            System.out.println(side.database + ": did not come back in " + (secondsMax + GRACE_SECONDS) + " s");
            if (side.restart()) {
                fill(List.of(side));
            }
            return null;
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private @Nullable List<List<@Nullable Object>> askNow(Side side, String sql) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (Statement statement = side.connection.createStatement()) {
            statement.setQueryTimeout(secondsMax);
            try (ResultSet result = statement.executeQuery(sql)) {
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    List<@Nullable Object> row = new ArrayList<>();
                    for (int i = 1; i <= columns; i++) {
                        row.add(result.getObject(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        } catch (SQLException failure) {
            System.out.println(side.database + ": " + String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
            return null;
        }
    }

    /// Numbers may differ in the digits that one of the two rounds away.
    private static boolean isSame(List<List<@Nullable Object>> left, List<List<@Nullable Object>> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int row = 0; row < left.size(); row++) {
            for (int column = 0; column < left.get(row).size(); column++) {
                Object one = left.get(row).get(column);
                Object other = right.get(row).get(column);
                boolean same = (one instanceof Number && other instanceof Number)
                        ? new BigDecimal(one.toString()).subtract(new BigDecimal(other.toString())).abs().doubleValue() <= 0.01
                        : String.valueOf(one).strip().equals(String.valueOf(other).strip());
                if (!same) {
                    return false;
                }
            }
        }
        return true;
    }
}
