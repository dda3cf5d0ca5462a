package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Moments and readings around the changes of clocks of random zones, compared with `java.time`.
class ZonedRandomTest {
    private static final long SEED = Long.parseUnsignedLong(System.getProperty("seed", "20A5"), 16);
    private static final int ROWS = 400;
    private static final int ROUNDS = Integer.getInteger("zones.rounds", 6);
    private static final int COMPARISONS = 25;
    private static final List<String> ZONES = List.copyOf(new TreeSet<>(ZoneId.getAvailableZoneIds()));

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    private final List<Row> rows = new ArrayList<>();
    private SqlClient client;

    private record Row(ZoneId zone, Instant moment, LocalDateTime reading) {}

    @BeforeEach
    void connect() throws SQLException {
        System.out.println("rerun: mvnw -pl sql test -Dtest=ZonedRandomTest -Dseed=" + Long.toHexString(SEED));
        client = SqlClient.open("jdbc:coconut:mem:;memory.lock=off;blocks=2");
        client.execute("CREATE TABLE r (id INT PRIMARY KEY, zone VARCHAR(60), moment TIMESTAMPTZ, reading TIMESTAMP)",
                "CREATE INDEX r_moment ON r (moment)", "CREATE INDEX r_reading ON r (reading)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    private ZoneId zone() {
        return switch (random.nextInt(8)) {
            case 0 -> ZoneId.of("Europe/Berlin");
            case 1 -> ZoneId.of("America/New_York");
            case 2 -> ZoneOffset.ofTotalSeconds(random.nextInt(-18 * 60, 18 * 60 + 1) * 60);
            default -> ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        };
    }

    /// Near a change of the zone's clock, mostly.
    private Instant moment(ZoneId zone) {
        Instant any = Instant.ofEpochMilli(random.nextLong(-3_000_000_000_000L, 4_000_000_000_000L));
        ZoneOffsetTransition change = zone.getRules().nextTransition(any);
        return change == null || random.nextInt(4) == 0 ? any : change.getInstant().plusMillis(random.nextLong(-9_000_000, 9_000_000));
    }

    private void fill(ZoneId near) throws SQLException {
        client.execute("TRUNCATE TABLE r");
        rows.clear();
        try (PreparedStatement insert = client.connection().prepareStatement("INSERT INTO r VALUES (?, ?, ?, ?)")) {
            for (int i = 0; i < ROWS; i++) {
                ZoneId own = zone();
                Row row = new Row(own, moment(random.nextBoolean() ? own : near), moment(near).atZone(near).toLocalDateTime().plusMinutes(
                        random
                                .nextInt(-90, 90)));
                rows.add(row);
                insert.setInt(1, i);
                insert.setString(2, row.zone.getId());
                insert.setObject(3, row.moment);
                insert.setObject(4, row.reading);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static ZonedDateTime at(Row row, ZoneId zone) {
        return row.moment.atZone(zone);
    }

    @Test
    void valuesAreThoseOfJavaTime() throws SQLException {
        for (int round = 0; round < ROUNDS; round++) {
            ZoneId session = zone();
            client.execute("SET TIME ZONE '" + session + "'");
            fill(session);
            String query =
                    "SELECT id, moment AT TIME ZONE zone, reading AT TIME ZONE zone, moment AT LOCAL, reading AT LOCAL, CAST(moment AS DATE), "
                            + "EXTRACT(HOUR FROM moment), FLOOR(moment TO DAY), moment + INTERVAL '1' DAY, moment - INTERVAL '1' MONTH, "
                            + "moment + INTERVAL '36' HOUR, EXTRACT(TIMEZONE FROM moment), CAST(CAST(moment AS VARCHAR) AS TIMESTAMPTZ) = moment, moment FROM r";
            try (Statement statement = client.connection().createStatement(); ResultSet found = statement.executeQuery(query)) {
                while (found.next()) {
                    Row row = rows.get(found.getInt(1));
                    String what = "seed " + Long.toHexString(SEED) + ", session in " + session + ": " + row;
                    ZonedDateTime local = at(row, session);
                    assertThat(found.getObject(2, LocalDateTime.class)).as(what).isEqualTo(at(row, row.zone).toLocalDateTime());
                    assertThat(found.getObject(3, Instant.class)).as(what).isEqualTo(row.reading.atZone(row.zone).toInstant());
                    assertThat(found.getObject(4, LocalDateTime.class)).as(what).isEqualTo(local.toLocalDateTime());
                    assertThat(found.getObject(5, Instant.class)).as(what).isEqualTo(row.reading.atZone(session).toInstant());
                    assertThat(found.getObject(6, LocalDate.class)).as(what).isEqualTo(local.toLocalDate());
                    assertThat(found.getInt(7)).as(what).isEqualTo(local.getHour());
                    assertThat(found.getObject(8, Instant.class)).as(what)
                            .isEqualTo(ZonedDateTime.ofLocal(local.toLocalDateTime().truncatedTo(ChronoUnit.DAYS), session, local
                                    .getOffset())
                                    .toInstant());
                    assertThat(found.getObject(9, Instant.class)).as(what).isEqualTo(local.plusDays(1).toInstant());
                    assertThat(found.getObject(10, Instant.class)).as(what).isEqualTo(local.minusMonths(1).toInstant());
                    assertThat(found.getObject(11, Instant.class)).as(what).isEqualTo(row.moment.plus(36, ChronoUnit.HOURS));
                    assertThat(found.getInt(12)).as(what).isEqualTo(local.getOffset().getTotalSeconds());
                    assertThat(found.getBoolean(13)).as(what).isTrue();
                    assertThat(found.getObject(14, ZonedDateTime.class)).as(what).isEqualTo(local);
                }
            }
        }
    }

    /// Both are found by indexes, and a reading that a clock skips is of a later moment than the one behind it.
    @Test
    void comparisonsOfReadingsWithMomentsAreThoseOfTheirMoments() throws SQLException {
        for (int round = 0; round < ROUNDS; round++) {
            ZoneId session = zone();
            client.execute("SET TIME ZONE '" + session + "'");
            fill(session);
            for (String operator : List.of("=", "<", "<=", ">", ">=", "<>")) {
                String ofReadings = "SELECT COUNT(*) FROM r WHERE reading " + operator + " CAST(? AS TIMESTAMPTZ)";
                String ofMoments = "SELECT COUNT(*) FROM r WHERE moment " + operator + " CAST(? AS TIMESTAMP)";
                try (PreparedStatement readings = client.connection().prepareStatement(ofReadings);
                        PreparedStatement moments = client.connection().prepareStatement(ofMoments)) {
                    for (int i = 0; i < COMPARISONS; i++) {
                        Row row = rows.get(random.nextInt(ROWS));
                        Instant moment = random.nextInt(3) == 0 ? row.moment : row.reading.atZone(session).toInstant().plusMillis(random
                                .nextInt(
                                        -1, 2));
                        LocalDateTime reading = random.nextInt(3) == 0 ? row.reading : moment.atZone(session).toLocalDateTime();
                        String what = "seed " + Long.toHexString(SEED) + ", session in " + session + " " + operator + " ";
                        assertThat(count(readings, moment)).as(what + moment)
                                .isEqualTo(rows.stream().filter(other -> holds(other.reading.atZone(session).toInstant(), operator, moment))
                                        .count());
                        assertThat(count(moments, reading)).as(what + reading)
                                .isEqualTo(rows.stream().filter(other -> holds(other.moment, operator, reading.atZone(session).toInstant()))
                                        .count());
                    }
                }
            }
        }
    }

    private static long count(PreparedStatement query, Object value) throws SQLException {
        query.setObject(1, value);
        try (ResultSet found = query.executeQuery()) {
            found.next();
            return found.getLong(1);
        }
    }

    private static boolean holds(Instant left, String operator, Instant right) {
        int order = left.compareTo(right);
        return switch (operator) {
            case "=" -> order == 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> order != 0;
        };
    }
}
