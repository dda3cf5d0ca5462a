package org.coconutdb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each type of a session, read by each getter: the answer, or the SQLSTATE of the refusal behind a `!`.
class ConversionsTest {
    private static final UUID SOME_UUID = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
    private static final Map<String, Object> SOURCES = new LinkedHashMap<>();

    static {
        SOURCES.put("TRUE", true);
        SOURCES.put("FALSE", false);
        SOURCES.put("byte", (byte) 7);
        SOURCES.put("short", (short) -300);
        SOURCES.put("int", 70_000);
        SOURCES.put("long", 5_000_000_000L);
        SOURCES.put("long-min", Long.MIN_VALUE);
        SOURCES.put("float", 1.5f);
        SOURCES.put("double", 1e300);
        SOURCES.put("double-nan", Double.NaN);
        SOURCES.put("decimal", new BigDecimal("-12.75"));
        SOURCES.put("decimal-0", new BigDecimal("0.00"));
        SOURCES.put("decimal-big", new BigDecimal("9223372036854775808"));
        SOURCES.put("'42'", " 42 ");
        SOURCES.put("'abc'", "abc");
        SOURCES.put("'yes'", "yes");
        SOURCES.put("'1e99'", "1e99");
        SOURCES.put("bytes", new byte[] {10, 11});
        SOURCES.put("date", LocalDate.of(2024, 2, 29));
        SOURCES.put("time", LocalTime.of(13, 14, 15, 678_000_000));
        SOURCES.put("timestamp", LocalDateTime.of(2024, 2, 29, 13, 14, 15, 600_000_000));
        SOURCES.put("uuid", SOME_UUID);
    }

    private static final String MATRIX = """
            source      | Boolean | Byte   | Short  | Int    | Long                 | Float  | Double  | BigDecimal           | Bytes
            TRUE        | true    | 1      | 1      | 1      | 1                    | 1.0    | 1.0     | 1                    | !07006
            FALSE       | false   | 0      | 0      | 0      | 0                    | 0.0    | 0.0     | 0                    | !07006
            byte        | true    | 7      | 7      | 7      | 7                    | 7.0    | 7.0     | 7                    | !07006
            short       | true    | !22003 | -300   | -300   | -300                 | -300.0 | -300.0  | -300                 | !07006
            int         | true    | !22003 | !22003 | 70000  | 70000                | 70000.0| 70000.0 | 70000                | !07006
            long        | true    | !22003 | !22003 | !22003 | 5000000000           | 5.0E9  | 5.0E9   | 5000000000           | !07006
            long-min    | true    | !22003 | !22003 | !22003 | -9223372036854775808 | -9.223372E18 | -9.223372036854776E18 | -9223372036854775808 | !07006
            float       | true    | 1      | 1      | 1      | 1                    | 1.5    | 1.5     | 1.5                  | !07006
            double      | true    | !22003 | !22003 | !22003 | !22003               | !22003 | 1.0E300 | 1.0E+300             | !07006
            double-nan  | true    | !22003 | !22003 | !22003 | !22003               | NaN    | NaN     | !22003               | !07006
            decimal     | true    | -12    | -12    | -12    | -12                  | -12.75 | -12.75  | -12.75               | !07006
            decimal-0   | false   | 0      | 0      | 0      | 0                    | 0.0    | 0.0     | 0.00                 | !07006
            decimal-big | true    | !22003 | !22003 | !22003 | !22003               | 9.223372E18 | 9.223372036854776E18 | 9223372036854775808 | !07006
            '42'        | !22018  | 42     | 42     | 42     | 42                   | 42.0   | 42.0    | 42                   | 20343220
            'abc'       | !22018  | !22018 | !22018 | !22018 | !22018               | !22018 | !22018  | !22018               | 616263
            'yes'       | true    | !22018 | !22018 | !22018 | !22018               | !22018 | !22018  | !22018               | 796573
            '1e99'      | !22018  | !22003 | !22003 | !22003 | !22003               | !22003 | 1.0E99  | 1E+99                | 31653939
            bytes       | !07006  | !07006 | !07006 | !07006 | !07006               | !07006 | !07006  | !07006               | 0a0b
            date        | !07006  | !07006 | !07006 | !07006 | !07006               | !07006 | !07006  | !07006               | !07006
            time        | !07006  | !07006 | !07006 | !07006 | !07006               | !07006 | !07006  | !07006               | !07006
            timestamp   | !07006  | !07006 | !07006 | !07006 | !07006               | !07006 | !07006  | !07006               | !07006
            uuid        | !07006  | !07006 | !07006 | !07006 | !07006               | !07006 | !07006  | !07006               | 123e4567e89b12d3a456426614174000
            ---
            source      | String                  | Date       | Time     | Timestamp             | UUID
            TRUE        | true                    | !07006     | !07006   | !07006                | !07006
            FALSE       | false                   | !07006     | !07006   | !07006                | !07006
            byte        | 7                       | !07006     | !07006   | !07006                | !07006
            short       | -300                    | !07006     | !07006   | !07006                | !07006
            int         | 70000                   | !07006     | !07006   | !07006                | !07006
            long        | 5000000000              | !07006     | !07006   | !07006                | !07006
            long-min    | -9223372036854775808    | !07006     | !07006   | !07006                | !07006
            float       | 1.5                     | !07006     | !07006   | !07006                | !07006
            double      | 1.0E300                 | !07006     | !07006   | !07006                | !07006
            double-nan  | NaN                     | !07006     | !07006   | !07006                | !07006
            decimal     | -12.75                  | !07006     | !07006   | !07006                | !07006
            decimal-0   | 0.00                    | !07006     | !07006   | !07006                | !07006
            decimal-big | 9223372036854775808     | !07006     | !07006   | !07006                | !07006
            '42'        | 42                      | !22007     | !22007   | !22007                | !22018
            'abc'       | abc                     | !22007     | !22007   | !22007                | !22018
            'yes'       | yes                     | !22007     | !22007   | !22007                | !22018
            '1e99'      | 1e99                    | !22007     | !22007   | !22007                | !22018
            bytes       | 0a0b                    | !07006     | !07006   | !07006                | !07006
            date        | 2024-02-29              | 2024-02-29 | !07006   | 2024-02-29 00:00:00.0 | !07006
            time        | 13:14:15.678            | !07006     | 13:14:15 | 1970-01-01 13:14:15.678 | !07006
            timestamp   | 2024-02-29 13:14:15.6   | 2024-02-29 | 13:14:15 | 2024-02-29 13:14:15.6 | !07006
            uuid        | 123e4567-e89b-12d3-a456-426614174000 | !07006 | !07006 | !07006          | 123e4567-e89b-12d3-a456-426614174000
            """;

    record Cell(String source, String getter, String expected) {
        @Override
        public String toString() {
            return source + " as " + getter + " = " + expected;
        }
    }

    static Stream<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (String part : MATRIX.split("---\n", -1)) {
            List<String> lines = part.lines().toList();
            String[] getters = lines.get(0).split("\\|", -1);
            for (String line : lines.subList(1, lines.size())) {
                String[] words = line.split("\\|", -1);
                for (int i = 1; i < getters.length; i++) {
                    cells.add(new Cell(words[0].strip(), getters[i].strip(), words[i].strip()));
                }
            }
        }
        return cells.stream();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void everyGetterAnswersOrRefusesEveryType(Cell cell) throws Exception {
        ResultSet rows = row(SOURCES.get(cell.source()));

        String outcome = outcome(() -> get(rows, cell.getter()));
        String asClass = outcome(() -> rows.getObject(1, classOf(cell.getter())));

        assertThat(outcome).isEqualTo(cell.expected());
        assertThat(asClass).as("getObject with the class").isEqualTo(cell.expected());
    }

    @Test
    void theMatrixHasEveryType() {
        assertThat(cells().map(Cell::source).distinct()).containsExactlyInAnyOrderElementsOf(SOURCES.keySet());
    }

    private interface Getter {
        Object get() throws SQLException;
    }

    private static String outcome(Getter getter) {
        try {
            Object value = getter.get();
            return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value).strip();
        } catch (SQLException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return "!" + refused.getSQLState();
        }
    }

    private static Object get(ResultSet rows, String getter) throws SQLException {
        return switch (getter) {
            case "Boolean" -> rows.getBoolean(1);
            case "Byte" -> rows.getByte(1);
            case "Short" -> rows.getShort(1);
            case "Int" -> rows.getInt(1);
            case "Long" -> rows.getLong(1);
            case "Float" -> rows.getFloat(1);
            case "Double" -> rows.getDouble(1);
            case "BigDecimal" -> rows.getBigDecimal(1);
            case "Bytes" -> rows.getBytes(1);
            case "String" -> rows.getString(1);
            case "Date" -> rows.getDate(1);
            case "Time" -> rows.getTime(1);
            case "Timestamp" -> rows.getTimestamp(1);
            case "UUID" -> rows.getObject(1, UUID.class);
            default -> throw new AssertionError(getter);
        };
    }

    private static Class<?> classOf(String getter) {
        return switch (getter) {
            case "Boolean" -> boolean.class;
            case "Byte" -> byte.class;
            case "Short" -> Short.class;
            case "Int" -> int.class;
            case "Long" -> Long.class;
            case "Float" -> Float.class;
            case "Double" -> Double.class;
            case "BigDecimal" -> BigDecimal.class;
            case "Bytes" -> byte[].class;
            case "String" -> String.class;
            case "Date" -> Date.class;
            case "Time" -> Time.class;
            case "Timestamp" -> Timestamp.class;
            case "UUID" -> UUID.class;
            default -> throw new AssertionError(getter);
        };
    }

    private static ResultSet row(Object value) throws SQLException {
        return row(value, Types.OTHER);
    }

    private static ResultSet row(Object value, int jdbcType) throws SQLException {
        CoconutConnection connection = new CoconutConnection("jdbc:coconut:mem:x", "", new FakeSession());
        ResultSet rows = new CoconutResultSet(connection, null, List.of(FakeSession.column("C", jdbcType, "T")),
                new ListRowCursor(Collections.singletonList(new Object[] {value})), 0, 0, connection.timeZone());
        rows.next();
        return rows;
    }

    @Test
    void nullIsZeroFalseOrNullByEveryGetter() throws SQLException {
        ResultSet rows = row(null);

        assertThat(rows.getInt(1)).isZero();
        assertThat(rows.wasNull()).isTrue();
        assertThat(rows.getBoolean(1)).isFalse();
        assertThat(rows.getDouble(1)).isZero();
        assertThat(rows.getString(1)).isNull();
        assertThat(rows.getBigDecimal(1)).isNull();
        assertThat(rows.getBytes(1)).isNull();
        assertThat(rows.getDate(1)).isNull();
        assertThat(rows.getObject(1)).isNull();
        assertThat(rows.getObject(1, LocalDate.class)).isNull();
        assertThat(rows.getCharacterStream(1)).isNull();
    }

    @Test
    void hugeExponentsAreRefusedQuickly() {
        Object huge = "1e999999999";

        SQLException asLong = catchThrowableOfType(SQLException.class, () -> row(huge).getLong(1));
        SQLException asBigInteger = catchThrowableOfType(SQLException.class, () -> row(huge).getObject(1, BigInteger.class));

        assertThat(asLong.getSQLState()).isEqualTo("22003");
        assertThat(asBigInteger.getSQLState()).isEqualTo("22003");
        assertThat(asLong.getMessage()).contains("1e999999999").contains("BIGINT");
    }

    @Test
    void smallIntegersComeAsIntegerFromGetObjectAsJdbcWantsIt() throws SQLException {
        assertThat(row((byte) 7, Types.TINYINT).getObject(1)).isEqualTo(7);
        assertThat(row((short) 7, Types.SMALLINT).getObject(1)).isEqualTo(7);
        assertThat(row(LocalDate.of(2024, 2, 29), Types.DATE).getObject(1)).isEqualTo(Date.valueOf("2024-02-29"));
        assertThat(row(SOME_UUID, Types.OTHER).getObject(1)).isEqualTo(SOME_UUID);
    }

    @Test
    void aUuidComesFromItsTextAndItsBytesAndFromNothingElse() throws SQLException {
        byte[] bytes = row(SOME_UUID).getBytes(1);

        assertThat(row(bytes).getObject(1, UUID.class)).isEqualTo(SOME_UUID);
        assertThat(row(" " + SOME_UUID + " ").getObject(1, UUID.class)).isEqualTo(SOME_UUID);
        assertThat(catchThrowableOfType(SQLException.class, () -> row("1-1-1-1-1").getObject(1, UUID.class)).getSQLState())
                .isEqualTo("22018");
    }

    @Test
    void aClassThatNothingBecomesIsRefused() {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> row(1).getObject(1, Thread.class));

        assertThat(refused.getSQLState()).isEqualTo("07006");
        assertThat(refused.getMessage()).contains("java.lang.Thread");
    }

    @Test
    void longValuesAreShortenedInMessages() {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> row("x".repeat(100_000)).getInt(1));

        assertThat(refused.getSQLState()).isEqualTo("22018");
        assertThat(refused.getMessage()).hasSizeLessThan(200);
    }
}
