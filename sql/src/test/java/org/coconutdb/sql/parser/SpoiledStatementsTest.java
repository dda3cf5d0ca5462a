package org.coconutdb.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.calcite.sql.SqlNode;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpoiledStatementsTest {
    private static final int ROUNDS = 150;
    private static final String SIGNS = "()',;\"*-+/=<>.?[]{}|&^%$#@!~` \n\r\t\0é𝄞\\\uD800:";
    private static final List<String> PIECES = List.of("SELECT", "(SELECT 1)", "ON CONFLICT", "PRIMARY KEY", "CASE", "END", "NULL", "''",
            "\"\"", "/*", "*/", "--", "/*+", "X'0", "U&'\\0041'", "_latin1'é'", "1e400", "1e999999999999", ".5", "99999999999999999999",
            "DATE 'x'", "INTERVAL '1' DAY", "{fn", "{d '2024-01-01'}", "?", "::", "CAST(", "OVER (", "EXPLAIN", "VALUES", "LATERAL",
            "USING",
            "CREATE VIEW", "MULTISET[1]", "ROW(1)", "BETWEEN 1 AND", "NOT NULL");

    static LongStream seeds() {
        String chosen = System.getProperty("seed");
        return chosen == null ? LongStream.rangeClosed(1, 8) : LongStream.of(Long.parseLong(chosen, 16));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void spoiledStatementsGiveCleanErrors(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String sql = spoiled(random);
            String rerun = "-Dtest=SpoiledStatementsTest -Dseed=" + Long.toHexString(seed) + " round " + round + ": " + sql;
            try {
                for (SqlNode statement : SqlParsing.parseAll(sql)) {
                    if (statement instanceof SqlCreateCoconutTable table) {
                        TableDefinition definition = TableDefinitions.of(table, "PUBLIC");
                        assertThat(TableDefinition.fromBytes(definition.toBytes())).as(rerun).isEqualTo(definition);
                    }
                }
            } catch (CoconutException error) {
                assertThat(error.code().category()).as(rerun).isEqualTo(ErrorCode.Category.CALLER);
                assertThat(error.getMessage()).as(rerun).hasSizeLessThan(800).doesNotContain("Was expecting", "\uD800");
            } catch (RuntimeException | Error failure) {
                throw new AssertionError(rerun, failure);
            }
        }
    }

    private static String spoiled(Random random) {
        List<String> statements = SqlParsingTest.statements();
        StringBuilder sql = new StringBuilder(statements.get(random.nextInt(statements.size())));
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(sql.length() + 1);
            switch (random.nextInt(6)) {
                case 0 -> sql.insert(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
                case 1 -> sql.delete(at, Math.min(sql.length(), at + 1 + random.nextInt(6)));
                case 2 -> sql.insert(at, " " + PIECES.get(random.nextInt(PIECES.size())) + " ");
                case 3 -> sql.setLength(Math.max(1, at));
                case 4 -> shuffleWords(sql, random);
                default -> sql.append(random.nextBoolean() ? "; " : " ").append(statements.get(random.nextInt(statements.size())));
            }
        }
        return sql.toString();
    }

    /// Two words change places, or one comes twice.
    private static void shuffleWords(StringBuilder sql, Random random) {
        List<String> words = new ArrayList<>(List.of(sql.toString().split(" ")));
        if (words.isEmpty()) {
            return;
        }
        int from = random.nextInt(words.size());
        int to = random.nextInt(words.size());
        if (random.nextBoolean()) {
            words.add(to, words.get(from));
        } else {
            words.set(to, words.set(from, words.get(to)));
        }
        sql.setLength(0);
        sql.append(String.join(" ", words));
    }
}
