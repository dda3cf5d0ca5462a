package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jspecify.annotations.Nullable;

/// Decimals of up to 38 digits compared with `BigDecimal`: whatever is answered is right to its last digit, and what is refused does not fit.
class DecimalsRandomTest {
    private static final int DIGITS_MAX = 38;
    private static final long SEED = Long.parseUnsignedLong(System.getProperty("seed", "D3C1"), 16);
    private static final int ROUNDS = Integer.getInteger("decimals.rounds", 25);
    private static final int ROWS = 12;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        System.out.println("rerun: mvnw -pl sql test -Dtest=DecimalsRandomTest -Dseed=" + Long.toHexString(SEED));
        client = SqlClient.open("jdbc:coconut:mem:;memory.lock=off;blocks=1");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    private record Type(int precision, int scale) {
        String sql() {
            return "DECIMAL(" + precision + ", " + scale + ")";
        }
    }

    private Type type() {
        int precision = random.nextInt(4) == 0 ? DIGITS_MAX : 1 + random.nextInt(DIGITS_MAX);
        return new Type(precision, random.nextInt(precision + 1));
    }

    /// Often with all of the type's digits, at times the largest or 0.
    private BigDecimal value(Type type) {
        BigInteger bound = BigInteger.TEN.pow(type.precision());
        BigInteger digits = switch (random.nextInt(8)) {
            case 0 -> BigInteger.ZERO;
            case 1 -> bound.subtract(BigInteger.ONE);
            case 2 -> BigInteger.valueOf(random.nextInt(10));
            default -> new BigInteger(bound.bitLength() + 8, new java.util.Random(random.nextLong())).mod(
                    BigInteger.TEN.pow(1 + random.nextInt(type.precision())));
        };
        return new BigDecimal(random.nextBoolean() ? digits : digits.negate(), type.scale());
    }

    /// What an operation gives exactly; null: it is not to be carried out.
    private interface Exact {
        @Nullable
        BigDecimal of(BigDecimal a, BigDecimal b);
    }

    @Test
    void operationsOfTwoAreRightToTheLastDigit() throws SQLException {
        int answered = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Type left = type();
            Type right = type();
            client.execute("DROP TABLE IF EXISTS d",
                    "CREATE TABLE d (id INT PRIMARY KEY, a " + left.sql() + ", b " + right.sql() + ")");
            List<BigDecimal[]> rows = new ArrayList<>();
            try (PreparedStatement insert = client.connection().prepareStatement("INSERT INTO d VALUES (?, ?, ?)")) {
                for (int i = 0; i < ROWS; i++) {
                    BigDecimal[] row = {value(left), value(right)};
                    rows.add(row);
                    insert.setInt(1, i);
                    insert.setBigDecimal(2, row[0]);
                    insert.setBigDecimal(3, row[1]);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            List<Check> checks = List.of(
                    new Check("a + b", BigDecimal::add),
                    new Check("a - b", BigDecimal::subtract),
                    new Check("a * b", BigDecimal::multiply),
                    new Check("a / b", (a, b) -> b.signum() == 0 ? null : a.divide(b, 80, RoundingMode.HALF_EVEN)),
                    new Check("MOD(a, b)", (a, b) -> b.signum() == 0 ? null : a.remainder(b)),
                    new Check("-a", (a, b) -> a.negate()),
                    new Check("ABS(a)", (a, b) -> a.abs()),
                    new Check("SIGN(a)", (a, b) -> BigDecimal.valueOf(a.signum())),
                    new Check("GREATEST(a, b)", BigDecimal::max),
                    new Check("LEAST(a, b)", BigDecimal::min),
                    new Check("CEIL(a)", (a, b) -> a.setScale(0, RoundingMode.CEILING)),
                    new Check("FLOOR(a)", (a, b) -> a.setScale(0, RoundingMode.FLOOR)),
                    new Check("ROUND(a, 1)", (a, b) -> a.setScale(1, RoundingMode.HALF_UP)),
                    new Check("ROUND(a)", (a, b) -> a.setScale(0, RoundingMode.HALF_UP)),
                    new Check("TRUNC(a, 1)", (a, b) -> a.setScale(1, RoundingMode.DOWN)),
                    new Check("CAST(a AS " + right.sql() + ")", (a, b) -> a.setScale(right.scale(), RoundingMode.HALF_UP)),
                    new Check("CAST(CAST(a AS VARCHAR(60)) AS " + left.sql() + ")", (a, b) -> a),
                    new Check("CASE WHEN a < b THEN a ELSE b END", BigDecimal::min),
                    new Check("COALESCE(NULLIF(a, b), b)", (a, b) -> a));
            for (Check check : checks) {
                for (int i = 0; i < rows.size(); i++) {
                    BigDecimal[] row = rows.get(i);
                    int outcome = check.run(i, row[0], row[1], left, right);
                    answered += outcome > 0 ? 1 : 0;
                    refused += outcome < 0 ? 1 : 0;
                }
            }
            compareAndGather(rows);
        }
        System.out.println("seed " + Long.toHexString(SEED) + ": " + answered + " answered, " + refused + " refused");
        assertThat(answered).isGreaterThan(5 * refused);
    }

    /// 1: answered, -1: refused, 0: not carried out.
    private final class Check {
        private final String expression;
        private final Exact exact;

        Check(String expression, Exact exact) {
            this.expression = expression;
            this.exact = exact;
        }

        int run(int id, BigDecimal a, BigDecimal b, Type left, Type right) throws SQLException {
            BigDecimal expected = exact.of(a, b);
            if (expected == null) {
                return 0;
            }
            String of = expression + " of " + a.toPlainString() + " " + left.sql() + " and " + b.toPlainString() + " " + right.sql();
            try (PreparedStatement query = client.connection().prepareStatement("SELECT " + expression + " FROM d WHERE id = ?")) {
                int scale = query.getMetaData().getScale(1);
                int precision = query.getMetaData().getPrecision(1);
                query.setInt(1, id);
                try (ResultSet found = query.executeQuery()) {
                    assertThat(found.next()).isTrue();
                    BigDecimal answer = found.getBigDecimal(1);
                    assertThat(answer).as(of).isNotNull().isEqualByComparingTo(expected.setScale(scale, RoundingMode.HALF_UP));
                    assertThat(answer.precision() - answer.scale()).as(of).isLessThanOrEqualTo(DIGITS_MAX);
                    return 1;
                } catch (SQLException failure) {
                    assertThat(failure.getSQLState()).as(of + ": " + failure.getMessage()).isEqualTo("22003");
                    BigDecimal rounded = expected.setScale(scale, RoundingMode.HALF_UP);
                    assertThat(rounded.precision() - rounded.scale()).as(of + " as DECIMAL(" + precision + ", " + scale + ")")
                            .isGreaterThan(
                                    Math.min(precision, DIGITS_MAX) - scale);
                    return -1;
                }
            }
        }
    }

    @Test
    void numbersThatNoTypeHoldsBothOfAreComparedAsTheyAre() throws SQLException {
        client.execute("CREATE TABLE e (id INT PRIMARY KEY, a DECIMAL(38, 2), b DECIMAL(38, 30))",
                "INSERT INTO e VALUES (1, 1.00, 1.004), (2, 123456789012345678901234567890123456.78, 5), (3, 7, 7)");

        assertThat(client.rows("SELECT id, a < b, a = b, a IN (b, 8), a <> b FROM e ORDER BY id")).containsExactly(
                "1|true|false|false|true",
                "2|false|false|false|true", "3|false|true|true|false");
        assertThat(client.rows("SELECT x.id, y.id FROM e x JOIN e y ON x.a = y.b")).containsExactly("3|3");
        assertThat(client.rows("SELECT id FROM e WHERE a IN (1.004, 1.0000000001)")).isEmpty();
        assertThat(client.rows("SELECT COALESCE(b, a) FROM e WHERE id = 1")).containsExactly("1.004000000000000000000000000000");
        client.rowsRefused("SELECT CASE WHEN id > 2 THEN b ELSE a END FROM e", "22003");
    }

    private void compareAndGather(List<BigDecimal[]> rows) throws SQLException {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal max = rows.getFirst()[0];
        int less = 0;
        int equal = 0;
        for (BigDecimal[] row : rows) {
            sum = sum.add(row[0]);
            max = max.max(row[0]);
            less += row[0].compareTo(row[1]) < 0 ? 1 : 0;
            equal += row[0].compareTo(row[1]) == 0 ? 1 : 0;
        }
        assertThat(client.rows("SELECT COUNT(*) FILTER (WHERE a < b), COUNT(*) FILTER (WHERE a = b) FROM d")).containsExactly(less + "|"
                + equal);
        assertThat(new BigDecimal(client.rows("SELECT MAX(a) FROM d").getFirst())).isEqualByComparingTo(max);
        try (PreparedStatement query = client.connection().prepareStatement("SELECT SUM(a), AVG(a) FROM d")) {
            int scale = query.getMetaData().getScale(2);
            try (ResultSet found = query.executeQuery()) {
                found.next();
                assertThat(found.getBigDecimal(1)).isEqualByComparingTo(sum);
                assertThat(found.getBigDecimal(2)).isEqualByComparingTo(sum.divide(BigDecimal.valueOf(rows.size()), scale,
                        RoundingMode.HALF_UP));
            } catch (SQLException failure) {
                assertThat(failure.getSQLState()).as("sum of " + sum + ": " + failure.getMessage()).isEqualTo("22003");
            }
        }
        List<BigDecimal> ordered = client.rows("SELECT a FROM d ORDER BY a").stream().map(BigDecimal::new).toList();
        assertThat(ordered).usingElementComparator(BigDecimal::compareTo)
                .containsExactlyElementsOf(rows.stream().map(row -> row[0]).sorted().toList());
    }
}
