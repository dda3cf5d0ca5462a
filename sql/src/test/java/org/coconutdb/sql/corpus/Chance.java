package org.coconutdb.sql.corpus;

import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// Random choices of the corpus, all from one seed.
final class Chance {
    private static final List<String> TEXTS = List.of("", " ", "a", "b", "ab", "abc", "a ", " a", "A", "é", "日本", "it's", "a_b", "%", "x%y",
            "null");
    private static final List<String> DATES = List.of("2026-01-31", "2026-02-01", "2024-02-29", "1970-01-01", "1969-12-31", "0001-01-01",
            "9999-12-31");
    private static final List<String> TIMES = List.of("2026-01-31 12:00:00", "2026-01-31 12:00:00.25", "1970-01-01 00:00:00",
            "1969-12-31 23:59:59.999", "2024-02-29 00:00:00");

    // Readings of Berlin's clocks that are skipped, shown twice, and some of the times above.
    private static final List<String> MOMENTS = List.of("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00.250Z",
            "2026-03-29T03:30:00+02:00",
            "2026-03-29T00:59:59.999Z", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "1970-01-01T00:00:00+01:00",
            "1969-12-31T18:59:59.999-05:00");

    private final RandomGenerator random;

    Chance(long seed) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /// True once in so many times.
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    @SafeVarargs
    final <T> T pick(T... of) {
        return of[random.nextInt(of.length)];
    }

    <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /// A value that fits a column or literal of the type; few different ones, so that they meet.
    ///
    /// @param type a column's, such as `SMALLINT`
    /// @param edges whether the largest and smallest may come
    Object value(String type, boolean edges) {
        boolean edge = edges && oneIn(25);
        return switch (type) {
            case "SMALLINT" -> edge ? pick(Short.MAX_VALUE, Short.MIN_VALUE).intValue() : small();
            case "INT" -> edge ? pick(Integer.MAX_VALUE, Integer.MIN_VALUE) : small();
            case "BIGINT" -> edge ? pick(Long.MAX_VALUE, Long.MIN_VALUE, 1L << 53) : (Long) (long) small();
            case "DECIMAL(10, 2)" -> edge ? new BigDecimal(pick("99999999.99", "-99999999.99"))
                    : new BigDecimal(pick("0.00", "1.00", "1.50", "2.00", "-1.25", "3.10", "0.01"));
            case "DOUBLE PRECISION" -> edge ? pick(1e15, -1e-5) : pick(0.0, 1.0, 1.5, -2.25, 3.0, 0.125);
            case "VARCHAR(8)" -> pick(TEXTS);
            case "BOOLEAN" -> random.nextBoolean();
            case "DATE" -> LocalDate.parse(pick(DATES));
            case "TIMESTAMP WITH TIME ZONE" -> OffsetDateTime.parse(pick(MOMENTS));
            case "TIMESTAMP" -> Timestamp.valueOf(pick(TIMES)).toLocalDateTime();
            default -> throw new IllegalArgumentException(type);
        };
    }

    /// Such a value to be written in a query: no text that ends with a space, which equals the one without it between two literals.
    Object literal(String type, boolean edges) {
        Object value = value(type, edges);
        return value instanceof String text ? text.stripTrailing() : value;
    }

    @Nullable
    Object valueOrNull(String type, int oneNullIn) {
        return oneIn(oneNullIn) ? null : value(type, true);
    }

    private int small() {
        return oneIn(6) ? pick(-1, 0, 10, 100) : random.nextInt(5);
    }
}
