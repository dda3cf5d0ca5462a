package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.coconutdb.sql.plan.PlannedDatabase.column;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.avatica.util.DateTimeUtils;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random conditions on random rows: what `WHERE condition` finds by lookups, ranges and conditions in place must be the rows for which
/// Calcite's own operators say that the condition is true, asked as `SELECT key, (condition)`. And where the key answers ORDER BY, the
/// rows must come in that order.
class ConditionsTest {
    private static final int ROWS = 80;
    private static final int CONDITIONS = Integer.getInteger("conditions", 12);

    private static final ColumnDefinition[] COLUMNS = {
            column("B", SqlTypeName.BOOLEAN),
            column("I1", SqlTypeName.TINYINT),
            column("I4", SqlTypeName.INTEGER),
            column("I8", SqlTypeName.BIGINT),
            column("D", SqlTypeName.DECIMAL, 6, 2),
            column("DD", SqlTypeName.DECIMAL, 30, 3),
            column("R", SqlTypeName.REAL),
            column("F", SqlTypeName.DOUBLE),
            column("C", SqlTypeName.CHAR, 3, 0),
            column("V", SqlTypeName.VARCHAR, 5, 0),
            column("X", SqlTypeName.VARBINARY, 4, 0),
            column("DT", SqlTypeName.DATE),
            column("TM", SqlTypeName.TIME, 3, 0),
            column("TS", SqlTypeName.TIMESTAMP, 3, 0),
            column("U", SqlTypeName.UUID),
    };

    /// @param key positions in [#COLUMNS]
    record Case(TableKind kind, List<Integer> key, long seed) {
        @Override
        public String toString() {
            return kind + " by " + key.stream().map(column -> COLUMNS[column].name()).toList() + ", -Dseed=" + Long.toHexString(seed);
        }
    }

    static Stream<Case> cases() {
        String given = System.getProperty("seed");
        long seed = given == null ? 0xC0C0 : Long.parseUnsignedLong(given, 16);
        List<List<Integer>> keys = List.of(
                List.of(2), List.of(3, 9), List.of(8, 4), List.of(11, 13), List.of(7), List.of(6, 2), List.of(14), List.of(0, 1, 2),
                List.of(10), List.of(9, 2), List.of(5, 8), List.of(2, 3), List.of(12, 0, 9));
        return keys.stream().flatMap(key -> Arrays.stream(TableKind.values()).map(kind -> new Case(kind, key, seed)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whereFindsWhatCalciteSaysIsTrue(Case given) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(given.seed() ^ given.key().hashCode());
        try (PlannedDatabase database = new PlannedDatabase()) {
            CatalogTable table = database.create("T", given.kind(), given.key(), COLUMNS);
            database.insert(table, rows(random, given.key()));
            String keys = String.join(", ", given.key().stream().map(column -> COLUMNS[column].name()).toList());

            for (int i = 0; i < CONDITIONS; i++) {
                List<@Nullable Object> parameters = new ArrayList<>();
                String condition = condition(random, given.key(), 2, parameters);
                String rerun = condition + " with " + parameters
                        + "\nrerun: ./mvnw -pl sql test -Dtest=ConditionsTest -Dseed=" + Long.toHexString(given.seed());
                boolean descending = random.nextBoolean();
                String order = given.key().stream()
                        .map(column -> COLUMNS[column].name() + (descending ? " DESC" : ""))
                        .reduce((left, right) -> left + ", " + right)
                        .orElseThrow();

                List<List<@Nullable Object>> asked;
                try {
                    asked = database.rows("SELECT " + keys + ", (" + condition + ") FROM T ORDER BY " + order, parameters.toArray());
                } catch (RuntimeException failure) {
                    throw new AssertionError(rerun, failure);
                }
                List<List<@Nullable Object>> expected = asked.stream()
                        .filter(row -> Boolean.TRUE.equals(row.getLast()))
                        .map(row -> row.subList(0, row.size() - 1))
                        .toList();
                List<List<@Nullable Object>> found;
                QueryPlan plan = database.plan("SELECT " + keys + " FROM T WHERE " + condition + " ORDER BY " + order);
                try {
                    found = database.rows(plan, parameters.toArray());
                } catch (RuntimeException failure) {
                    throw new AssertionError(rerun + "\n" + plan.explain(), failure);
                }

                assertThat(found).as(() -> rerun + "\n" + plan.explain()).isEqualTo(expected);
            }
        }
    }

    private static List<@Nullable Object[]> rows(RandomGenerator random, List<Integer> key) {
        Map<List<@Nullable Object>, @Nullable Object[]> rows = new HashMap<>();
        for (int i = 0; i < ROWS; i++) {
            @Nullable Object[] row = new Object[COLUMNS.length];
            for (int column = 0; column < row.length; column++) {
                row[column] = !key.contains(column) && random.nextInt(5) == 0 ? null : value(random, column);
            }
            rows.put(key.stream().map(column -> row[column] instanceof byte[] bytes ? new ByteString(bytes) : row[column]).toList(), row);
        }
        return new ArrayList<>(rows.values());
    }

    /// A stored value; few of each type, so that conditions meet them.
    private static Object value(RandomGenerator random, int column) {
        return switch (COLUMNS[column].type()) {
            case BOOLEAN -> random.nextBoolean();
            case TINYINT -> (byte) random.nextInt(-5, 6);
            case INTEGER -> random.nextInt(10) == 0 ? (random.nextBoolean() ? Integer.MAX_VALUE : Integer.MIN_VALUE) : random.nextInt(-9,
                    10);
            case BIGINT -> random.nextInt(10) == 0 ? (random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE) : random.nextLong(-9, 10);
            case DECIMAL -> BigDecimal.valueOf(random.nextLong(-9, 10) * (random.nextBoolean() ? 50 : 100), 2).setScale(COLUMNS[column]
                    .scale());
            case REAL -> random.nextInt(8) == 0 ? -0.0f : random.nextInt(-9, 10) / (random.nextBoolean() ? 2f : 10f);
            case DOUBLE -> random.nextInt(8) == 0 ? Double.POSITIVE_INFINITY : random.nextInt(-9, 10) / (random.nextBoolean() ? 2d : 10d);
            case CHAR -> (text(random) + "   ").substring(0, 3);
            case VARCHAR -> text(random);
            case VARBINARY -> bytes(random);
            case DATE -> random.nextInt(-5, 6);
            case TIME -> random.nextInt(0, 5) * 500;
            case TIMESTAMP -> random.nextLong(-5, 6) * 500;
            case UUID -> uuid(random);
            default -> throw new IllegalArgumentException();
        };
    }

    private static String text(RandomGenerator random) {
        return List.of("", "a", "a ", "ab", "abc", "b", "B", "é", "a%", "zz", "\u0001").get(random.nextInt(11));
    }

    private static byte[] bytes(RandomGenerator random) {
        return List.of(new byte[0], new byte[] {0}, new byte[] {0, 0}, new byte[] {1}, new byte[] {-1}, new byte[] {-1, 0}, new byte[] {0,
                1})
                .get(random.nextInt(7));
    }

    private static UUID uuid(RandomGenerator random) {
        return new UUID(random.nextInt(-1, 2), random.nextInt(-1, 2));
    }

    private static String condition(RandomGenerator random, List<Integer> key, int depth, List<@Nullable Object> parameters) {
        if (depth > 0 && random.nextInt(3) > 0) {
            String left = condition(random, key, depth - 1, parameters);
            return switch (random.nextInt(6)) {
                case 0 -> "NOT (" + left + ")";
                case 1, 2 -> "(" + left + " OR " + condition(random, key, depth - 1, parameters) + ")";
                default -> "(" + left + " AND " + condition(random, key, depth - 1, parameters) + ")";
            };
        }
        if (random.nextInt(4) == 0) {
            // All columns of the key, so that lookups get their share.
            List<String> parts = new ArrayList<>();
            for (int column : key) {
                boolean one = random.nextInt(3) > 0;
                parts.add(COLUMNS[column].name() + (one ? " = " + operand(random, column, parameters) : in(random, column, parameters)));
            }
            return "(" + String.join(" AND ", parts) + ")";
        }
        int column = random.nextInt(3) > 0 ? key.get(random.nextInt(key.size())) : random.nextInt(COLUMNS.length);
        return simple(random, column, parameters);
    }

    private static String in(RandomGenerator random, int column, List<@Nullable Object> parameters) {
        List<String> values = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            values.add(random.nextInt(12) == 0 ? "NULL" : operand(random, column, parameters));
        }
        if (values.stream().allMatch("NULL"::equals)) {
            values.add(literal(random, column));
        }
        return (random.nextInt(4) == 0 ? " NOT IN (" : " IN (") + String.join(", ", values) + ")";
    }

    private static String simple(RandomGenerator random, int column, List<@Nullable Object> parameters) {
        String name = COLUMNS[column].name();
        return switch (random.nextInt(11)) {
            case 0 -> name + " IS " + (random.nextBoolean() ? "NOT " : "") + "NULL";
            case 1, 2 -> name + in(random, column, parameters);
            case 3 -> name + (random.nextBoolean() ? " BETWEEN " : " NOT BETWEEN ") + operand(random, column, parameters) + " AND "
                    + operand(random, column, parameters);
            case 4 -> operand(random, column, parameters) + comparison(random) + name;
            case 5 -> COLUMNS[column].type() == SqlTypeName.VARCHAR || COLUMNS[column].type() == SqlTypeName.CHAR
                    ? name + " LIKE '" + List.of("a%", "%", "ab%", "a_", "", "%b", "é%").get(random.nextInt(7)) + "'"
                    : name + comparison(random) + name;
            case 6 -> {
                int other = random.nextInt(COLUMNS.length);
                yield COLUMNS[other].type().getFamily() == COLUMNS[column].type().getFamily()
                        ? name + comparison(random) + COLUMNS[other].name()
                        : name + " IS NOT DISTINCT FROM " + literal(random, column);
            }
            default -> name + comparison(random) + operand(random, column, parameters);
        };
    }

    private static String comparison(RandomGenerator random) {
        return List.of(" = ", " = ", " <> ", " < ", " <= ", " > ", " >= ").get(random.nextInt(7));
    }

    private static String operand(RandomGenerator random, int column, List<@Nullable Object> parameters) {
        if (random.nextInt(4) > 0) {
            return literal(random, column);
        }
        Object value = value(random, column);
        parameters.add(random.nextInt(10) == 0 ? null : value instanceof byte[] bytes ? new ByteString(bytes) : value);
        // Typed, so that it has the column's type wherever it stands.
        return "CAST(? AS " + type(column) + ")";
    }

    private static String type(int column) {
        ColumnDefinition definition = COLUMNS[column];
        return switch (definition.type()) {
            case DECIMAL -> "DECIMAL(" + definition.precision() + ", " + definition.scale() + ")";
            case CHAR, VARCHAR, VARBINARY, TIME, TIMESTAMP -> definition.type() + "(" + definition.precision() + ")";
            default -> definition.type().getName();
        };
    }

    /// A literal that can be compared with the column, now and then one that no value of the column can equal.
    private static String literal(RandomGenerator random, int column) {
        boolean odd = random.nextInt(5) == 0;
        Object value = value(random, column);
        return switch (COLUMNS[column].type()) {
            case TINYINT, INTEGER, BIGINT, DECIMAL -> odd
                    ? List.of("1.5", "5000000000", "-99999999999999999999", "0.001", "CAST(3 AS BIGINT)", "CAST(2 AS DECIMAL(10, 4))",
                            "1e0",
                            "2.5e0", "1000", "-2147483649", "CAST(NULL AS INTEGER)").get(random.nextInt(11))
                    : value instanceof BigDecimal decimal ? decimal.toPlainString()
                    : Long.valueOf(((Number) value).longValue()).equals(Long.MIN_VALUE) ? "-9223372036854775807" : value.toString();
            case REAL, DOUBLE -> odd ? List.of("1", "0.5", "1e40", "CAST(0.1 AS REAL)", "0.1").get(random.nextInt(5))
                    : ((Number) value).doubleValue() == Double.POSITIVE_INFINITY ? "1e308" : value + "e0";
            case CHAR, VARCHAR -> odd ? List.of("'a  '", "'abcdefgh'", "CAST('a' AS CHAR(2))", "CAST('ab' AS VARCHAR(9))", "' '").get(random
                    .nextInt(5))
                    : "'" + value + "'";
            case VARBINARY -> "X'" + HexFormat.of().formatHex((byte[]) value) + "'";
            case DATE -> "DATE '" + DateTimeUtils.unixDateToString((Integer) value) + "'";
            case TIME -> "TIME '" + DateTimeUtils.unixTimeToString((Integer) value, 3) + "'";
            case TIMESTAMP -> "TIMESTAMP '" + DateTimeUtils.unixTimestampToString((Long) value, 3) + "'";
            case UUID -> "CAST('" + value + "' AS UUID)";
            default -> value.toString().toUpperCase(java.util.Locale.ROOT);
        };
    }
}
