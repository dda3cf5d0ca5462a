package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.coconutdb.sql.SqlClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Arrays of all types, with NULLs, without elements and in each other: what is written is read back, from memory, from the log, from files, in
/// any order and by way of the disk.
class ArraysRandomTest {
    private static final int ROWS = 60;

    @TempDir private Path directory;

    /// @param sql of an element
    /// @param value one that is not NULL, as the session has it
    /// @param isText whether CAST to text and back gives the same
    private record Type(String sql, Function<Random, Object> value, boolean isText) {}

    private static final List<Type> TYPES = List.of(
            new Type("BOOLEAN", Random::nextBoolean, true),
            new Type("TINYINT", random -> (byte) random.nextInt(), true),
            new Type("SMALLINT", random -> (short) random.nextInt(), true),
            new Type("INTEGER", random -> random.nextBoolean() ? random.nextInt(10) : random.nextInt(), true),
            new Type("BIGINT", random -> random.nextBoolean() ? random.nextInt(10) : random.nextLong(), true),
            new Type("DECIMAL(12, 3)", random -> new BigDecimal(BigInteger.valueOf(random.nextInt()), 3), true),
            new Type("DECIMAL(38, 10)", random -> new BigDecimal(new BigInteger(120, random), 10), true),
            new Type("REAL", random -> (float) random.nextGaussian(), false),
            new Type("DOUBLE", random -> random.nextInt(8) == 0 ? -0.0 : random.nextGaussian(), false),
            new Type("CHAR(3)", random -> text(random, 3, true), true),
            new Type("VARCHAR(8)", random -> text(random, random.nextInt(9), false), true),
            new Type("BINARY(2)", random -> bytes(random, 2), false),
            new Type("VARBINARY(5)", random -> bytes(random, random.nextInt(6)), false),
            new Type("DATE", random -> LocalDate.of(1900 + random.nextInt(200), 1 + random.nextInt(12), 1 + random.nextInt(28)), true),
            new Type("TIME", random -> LocalTime.ofNanoOfDay(random.nextInt(86_400_000) * 1_000_000L), false),
            new Type("TIMESTAMP", random -> LocalDateTime.of(1900 + random.nextInt(200), 1 + random.nextInt(12), 1 + random.nextInt(28), 12,
                    random.nextInt(60), 1, random.nextInt(1000) * 1_000_000), false),
            new Type("TIMESTAMP WITH LOCAL TIME ZONE", random -> Instant.ofEpochMilli(random.nextLong(2_000_000_000_000L)), false),
            new Type("UUID", random -> new UUID(random.nextLong(), random.nextLong()), true),
            new Type("JSON", random -> "{\"a\": [" + random.nextInt() + ", null]}", false));

    private static String text(Random random, int length, boolean isPadded) {
        String[] pieces = {"a", "B", ",", "\"", "\\", "{", "}", "é", "€", "NULL", "\n", "'"};
        StringBuilder text = new StringBuilder();
        while (text.codePointCount(0, text.length()) < length) {
            String piece = pieces[random.nextInt(pieces.length)];
            text.append(text.length() + piece.length() <= length ? piece : "z");
        }
        // Spaces at the end would be cut, or filled up.
        return isPadded ? text.toString() : text.toString();
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static @Nullable Object array(Type type, int depth, Random random) {
        if (random.nextInt(8) == 0) {
            return null;
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (int left = random.nextInt(random.nextInt(6) == 0 ? 150 : 5); left > 0; left--) {
            values.add(depth > 1 ? array(type, depth - 1, random) : random.nextInt(5) == 0 ? null : type.value().apply(random));
        }
        return Collections.unmodifiableList(values);
    }

    static Stream<String> seeds() {
        String given = System.getProperty("seed");
        return given == null ? Stream.of("a11a", "5eed") : Stream.of(given);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsWrittenIsReadBack(String seed) throws SQLException {
        System.out.println("rerun: ./mvnw -pl sql test -Dtest=ArraysRandomTest -Dseed=" + seed);
        Random random = new Random(Long.parseUnsignedLong(seed, 16));
        String url = "jdbc:coconut:file:" + directory.resolve(seed) + ";memory.lock=off;blocks=2";
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        int[] depths = TYPES.stream().mapToInt(_ -> random.nextInt(4) == 0 ? 2 : 1).toArray();
        for (int i = 0; i < TYPES.size(); i++) {
            columns.add("c" + i + " " + TYPES.get(i).sql() + " ARRAY".repeat(depths[i]));
        }
        for (int id = 0; id < ROWS; id++) {
            @Nullable Object[] row = new @Nullable Object[TYPES.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = array(TYPES.get(i), depths[i], random);
            }
            rows.add(row);
        }
        try (SqlClient client = SqlClient.open(url)) {
            client.execute("CREATE TABLE t (id INT PRIMARY KEY, " + String.join(", ", columns) + ") USING SORTED");
            insert(client, rows);
            assertRead(client, rows, "SELECT * FROM t ORDER BY id");
            // Values that are there stay, whatever else changes.
            for (int change = 0; change < 20; change++) {
                int id = random.nextInt(ROWS);
                int column = random.nextInt(TYPES.size());
                Object value = array(TYPES.get(column), depths[column], random);
                rows.get(id)[column] = value;
                try (PreparedStatement update = client.connection().prepareStatement("UPDATE t SET c" + column + " = ? WHERE id = ?")) {
                    update.setObject(1, value);
                    update.setInt(2, id);
                    assertThat(update.executeUpdate()).isEqualTo(1);
                }
            }
            assertRead(client, rows, "SELECT * FROM t ORDER BY id");
        }
        try (SqlClient client = SqlClient.open(url)) {
            assertRead(client, rows, "SELECT * FROM t ORDER BY id");
            Path file = directory.resolve(seed + ".csv");
            client.execute("COPY t TO '" + file + "'", "CREATE TABLE u (id INT PRIMARY KEY, " + String.join(", ", columns) + ")",
                    "COPY u FROM '"
                            + file + "'");
            assertRead(client, rows, "SELECT * FROM u ORDER BY id");
            for (int i = 0; i < TYPES.size(); i++) {
                String type = TYPES.get(i).sql() + " ARRAY".repeat(depths[i]);
                String column = "c" + i;
                assertThat(client.rows("SELECT COUNT(*) FROM t JOIN u ON t.id = u.id AND t." + column + " = u." + column)).as(type)
                        .isEqualTo(client.rows("SELECT COUNT(" + column + ") FROM t"));
                assertThat(client.rows("SELECT COUNT(*) FROM t WHERE " + column + " IS DISTINCT FROM (SELECT u." + column
                        + " FROM u WHERE u.id = t.id)")).as(type).containsExactly("0");
                if (TYPES.get(i).isText()) {
                    assertThat(client.rows("SELECT id FROM t WHERE CAST(CAST(" + column + " AS VARCHAR) AS " + type + ") IS DISTINCT FROM "
                            + column)).as(type).isEmpty();
                }
                assertUnnested(client, rows, i);
            }
        }
        try (SqlClient client = SqlClient.open(url + ";query.memory=8MB")) {
            // Sorted by arrays, and more than there is memory for.
            assertRead(client, rows, "SELECT * FROM (SELECT t.* FROM t, GENERATE_SERIES(1, 20) AS g (n) ORDER BY c3, n LIMIT 100000) AS s "
                    + "ORDER BY id", 20);
            assertThat(client.rows("SELECT spilled_bytes_ever > 0 FROM \"SYSTEM\".query_memory")).containsExactly("true");
        }
    }

    private static void insert(SqlClient client, List<@Nullable Object[]> rows) throws SQLException {
        String marks = ", ?".repeat(TYPES.size());
        try (PreparedStatement insert = client.connection().prepareStatement("INSERT INTO t VALUES (?" + marks + ")")) {
            for (int id = 0; id < rows.size(); id++) {
                insert.setInt(1, id);
                for (int i = 0; i < TYPES.size(); i++) {
                    insert.setObject(i + 2, rows.get(id)[i]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void assertRead(SqlClient client, List<@Nullable Object[]> rows, String query) throws SQLException {
        assertRead(client, rows, query, 1);
    }

    private static void assertRead(SqlClient client, List<@Nullable Object[]> rows, String query, int times) throws SQLException {
        try (PreparedStatement statement = client.connection().prepareStatement(query); ResultSet found = statement.executeQuery()) {
            for (@Nullable Object[] row : rows) {
                for (int time = 0; time < times; time++) {
                    assertThat(found.next()).isTrue();
                    for (int i = 0; i < row.length; i++) {
                        assertThat(comparable(found.getObject("c" + i, List.class))).as("row %s, %s", found.getInt("id"), TYPES.get(i)
                                .sql())
                                .isEqualTo(comparable(row[i]));
                    }
                }
            }
            assertThat(found.next()).isFalse();
        }
    }

    /// UNNEST and ARRAY_AGG are the inverse of each other.
    private static void assertUnnested(SqlClient client, List<@Nullable Object[]> rows, int column) throws SQLException {
        String query = "SELECT id, ARRAY_AGG(x ORDER BY o) AS a FROM t, UNNEST(c" + column
                + ") WITH ORDINALITY AS u (x, o) GROUP BY id ORDER BY id";
        try (PreparedStatement statement = client.connection().prepareStatement(query); ResultSet found = statement.executeQuery()) {
            for (int id = 0; id < rows.size(); id++) {
                if (rows.get(id)[column] instanceof List<?> array && !array.isEmpty()) {
                    assertThat(found.next()).isTrue();
                    assertThat(found.getInt("id")).isEqualTo(id);
                    assertThat(comparable(found.getObject("a", List.class))).as(query).isEqualTo(comparable(array));
                }
            }
            assertThat(found.next()).isFalse();
        }
    }

    /// Bytes as text, since arrays of Java are like no others; -0.0 is kept apart from 0.0.
    private static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case List<?> list -> list.stream().map(ArraysRandomTest::comparable).toList();
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case BigDecimal decimal -> decimal.setScale(Math.max(0, decimal.scale()), RoundingMode.UNNECESSARY);
            default -> value;
        };
    }
}
