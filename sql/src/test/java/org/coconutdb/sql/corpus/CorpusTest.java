package org.coconutdb.sql.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random queries over random tables: H2 and SQLite give the same answers, and so does CoconutDB asked in other ways.
///
/// Each run prints the defects that it finds made small, with all that it takes to see them again. What SQL means differently elsewhere is
/// not written, or is marked in [Expressions] and [QueryWriter] where it is ([Piece#notFor]):
///
/// - H2 has no FULL JOIN and no GROUPING SETS, neither peer has INTERSECT ALL and EXCEPT ALL;
/// - SQLite has no quantified comparisons, BETWEEN SYMMETRIC, IS UNKNOWN and decimals, and changes only ASCII letters by UPPER and LOWER;
/// - texts that are written out are CHAR, which compares as if filled up with spaces: none ends with one;
/// - functions count characters beyond U+FFFF as two, and H2's LIKE does: none are used;
/// - values for which one side is refused (22xxx) are not compared: no order of evaluation is promised.
class CorpusTest {
    private static final int QUERIES = Integer.getInteger("corpus.queries", 20);
    private static final int QUERIES_OF_TABLES = 15;

    /// Many queries show one defect; it is enough to have made some of them small.
    private static final int ALIKE_MAX = 2;

    private final Statistics statistics = new Statistics();
    private final Map<String, Integer> alike = new TreeMap<>();
    private final List<String> defects = new ArrayList<>();

    static Stream<String> seeds() {
        String given = System.getProperty("seed");
        return given == null ? Stream.of("c0c0", "beef", "f00d") : Stream.of(given);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void allWaysOfAskingAgree(String seed) throws SQLException {
        Chance chance = new Chance(Long.parseUnsignedLong(seed, 16));
        for (int done = 0; done < QUERIES; done += QUERIES_OF_TABLES) {
            Tables tables = Tables.random(chance);
            try (Databases databases = new Databases(tables)) {
                Checks checks = new Checks(databases, statistics);
                QueryWriter writer = new QueryWriter(tables, chance);
                for (int i = done; i < Math.min(QUERIES, done + QUERIES_OF_TABLES); i++) {
                    Piece query = writer.query();
                    Difference difference = checks.of(query);
                    if (difference != null && isNew(difference)) {
                        defects.add(Shrinking.text(query, tables, difference));
                    }
                }
            }
        }

        assertNoDefects("allWaysOfAskingAgree", seed);
        assertThat(statistics.count(Peer.H2)).as(statistics.toString()).isGreaterThan(QUERIES / 3);
        assertThat(statistics.count(Peer.SQLITE)).as(statistics.toString()).isGreaterThan(QUERIES / 4);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theWholeIsWhatItsPartsAre(String seed) throws SQLException {
        Chance chance = new Chance(Long.parseUnsignedLong(seed, 16) + 1);
        for (int done = 0; done < QUERIES; done += QUERIES_OF_TABLES) {
            Tables tables = Tables.random(chance);
            try (Databases databases = new Databases(tables)) {
                Partitions partitions = new Partitions(databases.plain, statistics);
                QueryWriter writer = new QueryWriter(tables, chance);
                // Each asks seven queries.
                for (int i = done; i < Math.min(QUERIES, done + QUERIES_OF_TABLES); i += 3) {
                    Difference difference = partitions.of(writer.selection());
                    if (difference != null && isNew(difference)) {
                        defects.add(tables.text() + difference.what() + ": " + difference.text());
                    }
                }
            }
        }

        assertNoDefects("theWholeIsWhatItsPartsAre", seed);
        assertThat(statistics.count(Peer.COCONUT)).as(statistics.toString()).isGreaterThan(QUERIES / 3);
    }

    private boolean isNew(Difference difference) {
        return alike.merge(difference.what(), 1, Integer::sum) <= ALIKE_MAX;
    }

    private void assertNoDefects(String test, String seed) {
        if (!defects.isEmpty()) {
            throw new AssertionError("rerun: ./mvnw -pl sql -am test -Dtest='CorpusTest#" + test + "' -Dseed=" + seed + " -Dcorpus.queries="
                    + QUERIES + " -Dsurefire.failIfNoSpecifiedTests=false\n" + alike + "\n\n" + String.join("\n\n", defects));
        }
    }
}
