package org.coconutdb.jdbc.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZonedTextsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({"2026-03-29 01:30:00+01:00, 2026-03-29T00:30:00Z", "2026-03-29T01:30+01, 2026-03-29T00:30:00Z",
            "2026-03-29 01:30:00 +0100, 2026-03-29T00:30:00Z", "2026-03-29 01:30:00Z, 2026-03-29T01:30:00Z",
            "2026-03-29 01:30:00 Europe/Berlin, 2026-03-29T00:30:00Z", "2026-03-29 01:30:00 america/new_york, 2026-03-29T05:30:00Z",
            "2026-03-29 01:30:00.125+05:30, 2026-03-28T20:00:00.125Z", "2026-10-25T02:30:00+01:00[Europe/Berlin], 2026-10-25T01:30:00Z",
            "2026-07-01, 2026-06-30T22:00:00Z", "2026-7-1 4:05, 2026-07-01T02:05:00Z", "2026-07-01 UTC, 2026-07-01T00:00:00Z"})
    void textsAreReadWithAndWithoutZones(String text, Instant moment) {
        assertThat(ZonedTexts.read(text, BERLIN)).isEqualTo(moment);
        assertThat(ZonedTexts.namesZone(text)).isEqualTo(ZonedTexts.read(text, ZoneId.of("Asia/Tokyo")).equals(moment));
    }

    @Test
    void aTimeThatTheClockSkipsIsAsMuchLaterAndOneThatItShowsTwiceTheFirst() {
        assertThat(ZonedTexts.read("2026-03-29 02:30:00", BERLIN)).isEqualTo("2026-03-29T01:30:00Z");
        assertThat(ZonedTexts.read("2026-10-25 02:30:00", BERLIN)).isEqualTo("2026-10-25T00:30:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2026", "2026-13-01", "2026-02-30 00:00:00", "2026-01-01 25:00", "2026-01-01 00:00:00 Europe/Berlim",
            "2026-01-01 00:00:00+19:00", "2026-01-01 00:00:00+1:2", "noon"})
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> ZonedTexts.read(text, BERLIN)).isInstanceOf(DateTimeException.class);
    }

    @Test
    void theyAreWrittenWithTheDistanceFromUtc() {
        Instant moment = Instant.parse("2026-03-29T01:00:00.5Z");

        assertThat(ZonedTexts.write(moment, BERLIN)).isEqualTo("2026-03-29 03:00:00.5+02:00");
        assertThat(ZonedTexts.write(Instant.parse("2026-03-29T01:00:00Z"), BERLIN)).isEqualTo("2026-03-29 03:00:00+02:00");
        assertThat(ZonedTexts.write(LocalTime.of(10, 0))).isEqualTo("10:00:00");
        assertThat(ZonedTexts.write(LocalTime.of(10, 0, 1, 120_000_000))).isEqualTo("10:00:01.12");
        assertThat(ZonedTexts.write(LocalDateTime.of(2026, 1, 2, 10, 0))).isEqualTo("2026-01-02 10:00:00");
        assertThat(ZonedTexts.write(moment, ZoneOffset.UTC)).isEqualTo("2026-03-29 01:00:00.5+00:00");
        // Before 1893 Berlin had its own mean time.
        assertThat(ZonedTexts.write(Instant.parse("1890-01-01T00:00:00Z"), BERLIN)).isEqualTo("1890-01-01 00:53:28+00:53:28");
    }

    @Test
    void whatIsWrittenInAnyZoneIsReadBack() {
        long seed = Long.getLong("seed", 20_260_329L);
        Random random = new Random(seed);
        List<String> zones = TimeZones.known().stream().sorted().toList();
        for (int i = 0; i < 20_000; i++) {
            Instant moment = Instant.ofEpochMilli(random.nextLong(-60_000_000_000_000L, 250_000_000_000_000L));
            ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
            String text = ZonedTexts.write(moment, zone);
            String failure = "seed " + seed + ": " + text + " in " + zone;

            assertThat(ZonedTexts.read(text, BERLIN)).as(failure).isEqualTo(moment);
            ZonedDateTime reading = moment.atZone(zone);
            assertThat(text).as(failure).startsWith(reading.format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss")));
        }
    }

    @Test
    void zonesHaveNamesInAnyCaseAndDistances() {
        assertThat(TimeZones.find("europe/BERLIN")).contains(BERLIN);
        assertThat(TimeZones.find(" +02:00 ")).contains(ZoneOffset.ofHours(2));
        assertThat(TimeZones.find("-3")).contains(ZoneOffset.ofHours(-3));
        assertThat(TimeZones.find("+0530")).contains(ZoneOffset.ofHoursMinutes(5, 30));
        assertThat(TimeZones.find("utc")).contains(ZoneId.of("UTC"));
        assertThat(TimeZones.find("z")).contains(ZoneOffset.UTC);
        assertThat(TimeZones.find("Europe/Berlim")).isEmpty();
        assertThat(TimeZones.find("+19")).isEmpty();
        assertThat(TimeZones.find("")).isEmpty();
    }
}
