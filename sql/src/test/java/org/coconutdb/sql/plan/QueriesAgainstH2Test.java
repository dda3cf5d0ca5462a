package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.coconutdb.sql.plan.PlannedDatabase.column;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random queries (joins, aggregates, subqueries, set operations) on small tables with many NULLs: the same rows as H2's, in any order.
class QueriesAgainstH2Test {
    private static final int QUERIES = Integer.getInteger("queries", 25);
    private static final List<String> TABLES = List.of("T0", "T1", "T2");
    private static final List<String> NUMBERS = List.of("K", "A", "B");

    private static PlannedDatabase database;
    private static Connection h2;

    @BeforeAll
    static void fill() throws SQLException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        database = new PlannedDatabase();
        h2 = DriverManager.getConnection("jdbc:h2:mem:queries");
        for (String name : TABLES) {
            TableKind kind = "T1".equals(name) ? TableKind.HASH : TableKind.SORTED;
            CatalogTable table = database.create(name, kind, List.of(0),
                    column("K", SqlTypeName.INTEGER), column("A", SqlTypeName.INTEGER), column("B", SqlTypeName.BIGINT),
                    column("D", SqlTypeName.DECIMAL, 8, 2), column("S", SqlTypeName.VARCHAR, 8, 0));
            List<@Nullable Object[]> rows = new ArrayList<>();
            int count = "T0".equals(name) ? 25 : "T1".equals(name) ? 12 : 4;
            for (int k = 0; k < count; k++) {
                rows.add(new @Nullable Object[] {
                        k,
                        random.nextInt(4) == 0 ? null : random.nextInt(6),
                        random.nextInt(4) == 0 ? null : (Object) random.nextLong(5),
                        random.nextInt(4) == 0 ? null : BigDecimal.valueOf(random.nextLong(800), 2),
                        random.nextInt(4) == 0 ? null : List.of("x", "y", "xy", "").get(random.nextInt(4))});
            }
            database.insert(table, rows);
            try (Statement statement = h2.createStatement()) {
                statement.execute("CREATE TABLE " + name + " (K INTEGER PRIMARY KEY, A INTEGER, B BIGINT, D DECIMAL(8, 2), S VARCHAR(8))");
            }
            try (PreparedStatement insert = h2.prepareStatement("INSERT INTO " + name + " VALUES (?, ?, ?, ?, ?)")) {
                for (@Nullable Object[] row : rows) {
                    for (int i = 0; i < row.length; i++) {
                        insert.setObject(i + 1, row[i]);
                    }
                    insert.executeUpdate();
                }
            }
        }
    }

    @AfterAll
    static void close() throws SQLException {
        h2.close();
        database.close();
    }

    static Stream<String> seeds() {
        String given = System.getProperty("seed");
        return given == null ? Stream.of("c0c0", "beef", "f00d") : Stream.of(given);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aQueryFindsWhatH2Finds(String seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(Long.parseUnsignedLong(seed, 16));
        for (int i = 0; i < QUERIES; i++) {
            String sql = new Query(random).text();
            String rerun = sql + "\nrerun: ./mvnw -pl sql test -Dtest=QueriesAgainstH2Test -Dseed=" + seed + " -Dqueries=" + QUERIES;
            List<String> expected;
            try {
                expected = ask(sql);
            } catch (SQLException refused) {
                throw new AssertionError("H2: " + rerun, refused);
            }
            QueryPlan plan;
            List<String> found;
            try {
                plan = database.plan(sql);
                found = database.rows(plan).stream().map(QueriesAgainstH2Test::text).sorted().toList();
            } catch (RuntimeException failure) {
                throw new AssertionError(rerun, failure);
            }

            assertThat(found).as(() -> rerun + "\n" + plan.explain()).isEqualTo(expected);
        }
    }

    private static List<String> ask(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = h2.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getObject(i));
                }
                rows.add(text(row));
            }
        }
        rows.sort(null);
        return rows;
    }

    /// Numbers with four digits behind the point, whatever their type.
    private static String text(List<@Nullable Object> row) {
        StringBuilder text = new StringBuilder();
        for (Object value : row) {
            text.append(value instanceof Number number ? new BigDecimal(number.toString()).setScale(4, RoundingMode.HALF_UP).toPlainString()
                    : "" + value).append('|');
        }
        return text.toString();
    }

    /// Writes one query.
    private static final class Query {
        private final RandomGenerator random;
        private int aliases;

        Query(RandomGenerator random) {
            this.random = random;
        }

        String text() {
            if (random.nextInt(6) == 0) {
                String operation = pick(" UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT ");
                return "SELECT a, s FROM " + pick("T0", "T1") + " x WHERE " + condition(List.of("x"), 1) + operation + "SELECT a, s FROM "
                        + pick("T0", "T1", "T2") + " y WHERE " + condition(List.of("y"), 1);
            }
            List<String> aliasesHere = new ArrayList<>();
            StringBuilder from = new StringBuilder(table(aliasesHere));
            for (int i = random.nextInt(3); i > 0; i--) {
                String join = pick(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " JOIN ", " LEFT JOIN ");
                from.append(join).append(table(aliasesHere)).append(" ON ").append(joinCondition(aliasesHere));
            }
            String where = random.nextInt(4) == 0 ? "" : " WHERE " + condition(aliasesHere, 2);
            return switch (random.nextInt(6)) {
                case 4 -> window(aliasesHere) + from + where;
                case 5 -> {
                    String group = column(aliasesHere);
                    String second = column(aliasesHere);
                    yield "SELECT " + group + ", " + second + ", COUNT(*), SUM(" + number(aliasesHere) + ") FILTER (WHERE "
                            + condition(aliasesHere, 0) + ") FROM " + from + where + " GROUP BY " + group + ", " + second + " HAVING "
                            + pick("COUNT(*) > 0", "MAX(" + number(aliasesHere) + ") > 2", "SUM(" + number(aliasesHere) + ") IS NULL");
                }
                case 0 -> {
                    String group = column(aliasesHere);
                    yield "SELECT " + group + ", COUNT(*), SUM(" + number(aliasesHere) + "), MIN(" + column(aliasesHere) + "), MAX("
                            + number(aliasesHere) + "), AVG(" + number(aliasesHere) + "), COUNT(DISTINCT " + column(aliasesHere) + ") FROM "
                            + from + where + " GROUP BY " + group + (random.nextBoolean() ? " HAVING COUNT(*) > 1" : "");
                }
                case 1 -> "SELECT COUNT(*), SUM(" + number(aliasesHere) + "), COUNT(" + column(aliasesHere) + ") FROM " + from + where;
                case 2 -> "SELECT DISTINCT " + column(aliasesHere) + ", " + number(aliasesHere) + " + 1 FROM " + from + where;
                default -> "SELECT " + column(aliasesHere) + " AS c1, " + column(aliasesHere) + " AS c2, CASE WHEN "
                        + condition(aliasesHere, 1) + " THEN 1 ELSE 0 END AS c3, "
                        + (random.nextInt(3) == 0 ? scalar(aliasesHere) : "COALESCE(" + number(aliasesHere) + ", -1)") + " AS c4 FROM "
                        + from + where;
            };
        }

        /// Functions over windows whose order is whole: by the keys of all tables that take part.
        private String window(List<String> scope) {
            String keys = scope.stream().map(alias -> alias + ".k NULLS LAST").reduce((left, right) -> left + ", " + right).orElseThrow();
            String partition = random.nextBoolean() ? "PARTITION BY " + column(scope) + " " : "";
            String frame = pick("", " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
                    " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
                    " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING");
            String over = " OVER (" + partition + "ORDER BY " + keys;
            String coarse = " OVER (" + partition + "ORDER BY " + number(scope) + " DESC NULLS LAST";
            return "SELECT " + column(scope) + ", ROW_NUMBER()" + over + "), RANK()" + coarse + "), DENSE_RANK()" + coarse + "), "
                    + pick("SUM", "COUNT", "MIN", "MAX", "AVG", "FIRST_VALUE", "LAST_VALUE") + "(" + number(scope) + ")" + over + frame
                    + "), "
                    + pick("SUM", "COUNT", "MAX") + "(" + number(scope) + ")" + coarse + "), "
                    + pick("LAG", "LEAD") + "(" + column(scope) + ")" + over + ") FROM ";
        }

        private String table(List<String> into) {
            String alias = "r" + aliases++;
            into.add(alias);
            if (random.nextInt(5) == 0) {
                return "(SELECT k, a, b, d, s FROM " + pick("T0", "T1", "T2") + " i WHERE " + condition(List.of("i"), 1) + ") " + alias;
            }
            return pick("T0", "T1", "T2") + " " + alias;
        }

        private String joinCondition(List<String> scope) {
            String right = scope.getLast();
            String left = scope.get(random.nextInt(scope.size() - 1));
            String equal = left + "." + pick("k", "a", "b") + " = " + right + "." + pick("k", "a", "b");
            return switch (random.nextInt(5)) {
                case 0 -> equal + " AND " + condition(scope, 0);
                case 1 -> left + ".s = " + right + ".s";
                case 2 -> equal + " AND " + left + ".d < " + right + ".d";
                default -> equal;
            };
        }

        private String condition(List<String> scope, int depth) {
            if (depth > 0 && random.nextInt(3) == 0) {
                String left = condition(scope, depth - 1);
                return switch (random.nextInt(3)) {
                    case 0 -> "NOT (" + left + ")";
                    case 1 -> "(" + left + " OR " + condition(scope, depth - 1) + ")";
                    default -> "(" + left + " AND " + condition(scope, depth - 1) + ")";
                };
            }
            if (depth > 0 && random.nextInt(4) == 0) {
                return subquery(scope);
            }
            String number = number(scope);
            return switch (random.nextInt(9)) {
                case 0 -> column(scope) + pick(" IS NULL", " IS NOT NULL");
                case 1 -> number + pick(" IN ", " NOT IN ") + pick("(1, 2)", "(0, NULL, 3)", "(4)");
                case 2 -> number + pick(" BETWEEN ", " NOT BETWEEN ") + random.nextInt(5) + " AND " + random.nextInt(6);
                case 3 -> scope.get(random.nextInt(scope.size())) + ".s" + pick(" = 'x'", " <> 'xy'", " LIKE 'x%'", " > ''");
                case 4 -> number + pick(" = ", " <> ", " < ") + number(scope);
                case 5 -> scope.get(random.nextInt(scope.size())) + ".d" + pick(" > 3.5", " <= 2", " <> 1.00");
                case 6 -> scope.getFirst() + ".k" + pick(" = 3", " > 2", " IN (1, 3, 3, 9)", " BETWEEN 2 AND 6", " < 0");
                default -> number + pick(" = ", " > ", " >= ", " <> ") + random.nextInt(6);
            };
        }

        private String subquery(List<String> scope) {
            String alias = "r" + aliases++;
            String table = pick("T0", "T1", "T2");
            String outer = scope.get(random.nextInt(scope.size()));
            String correlated = random.nextBoolean()
                    ? alias + "." + pick("k", "a", "b") + " = " + outer + "." + pick("k", "a", "b")
                    : condition(List.of(alias), 0);
            return switch (random.nextInt(4)) {
                case 0 -> pick("EXISTS", "NOT EXISTS") + " (SELECT 1 FROM " + table + " " + alias + " WHERE " + correlated + ")";
                case 1 -> outer + "." + pick("k", "a", "b") + pick(" IN ", " NOT IN ") + "(SELECT " + alias + "." + pick("k", "a", "b")
                        + " FROM "
                        + table + " " + alias + " WHERE " + correlated + ")";
                case 2 -> outer + "." + pick("a", "b") + pick(" > ", " = ", " <= ") + "(SELECT " + pick("MAX", "MIN", "COUNT") + "(" + alias
                        + "."
                        + pick("k", "a", "b") + ") FROM " + table + " " + alias + " WHERE " + correlated + ")";
                default -> outer + "." + pick("a", "b") + pick(" > ALL ", " = ANY ", " < ANY ") + "(SELECT " + alias + "." + pick("a", "b")
                        + " FROM "
                        + table + " " + alias + " WHERE " + condition(List.of(alias), 0) + ")";
            };
        }

        private String scalar(List<String> scope) {
            String alias = "r" + aliases++;
            return "(SELECT " + pick("SUM", "COUNT", "MAX") + "(" + alias + "." + pick("k", "a", "b") + ") FROM " + pick("T0", "T1", "T2")
                    + " " + alias
                    + " WHERE " + alias + "." + pick("k", "a") + " = " + scope.get(random.nextInt(scope.size())) + "." + pick("k", "b")
                    + ")";
        }

        private String column(List<String> scope) {
            return scope.get(random.nextInt(scope.size())) + "." + pick("k", "a", "b", "d", "s");
        }

        private String number(List<String> scope) {
            return scope.get(random.nextInt(scope.size())) + "." + NUMBERS.get(random.nextInt(NUMBERS.size()));
        }

        private String pick(String... of) {
            return of[random.nextInt(of.length)];
        }
    }
}
