package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A process with a heap of 64 MB whose operators are given several times that: each answers, or refuses, and the process lives. `-Dheap.times=…` says how
/// many times.
class SmallHeapIT {
    private static final int HEAP_MB = 64;
    private static final int TIMES = Integer.getInteger("heap.times", 3);

    @Test
    void aSmallHeapIsEnough() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.add("@" + Path.of("../jvm.flags").toAbsolutePath().normalize());
        command.addAll(List.of("-Xmx" + HEAP_MB + "m", "-cp", System.getProperty("java.class.path"), Child.class.getName(), Integer
                .toString(
                        TIMES)));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String answers = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();

        System.out.print(answers);
        assertThat(code).as(answers).isZero();
        assertThat(answers.lines()).filteredOn(line -> line.startsWith("answered")).hasSize(6);
        assertThat(answers.lines()).filteredOn(line -> line.startsWith("refused 53200")).hasSize(4);
        assertThat(answers).contains("left 0, 0, 0");
    }

    static final class Child {
        private Child() {}

        /// @param arguments how many times the heap rows take
        public static void main(String[] arguments) throws SQLException {
            // A row takes about 200 bytes: a number, and a text of a hundred characters.
            long rows = Long.parseLong(arguments[0]) * HEAP_MB * (1L << 20) / 200;
            String series = "(SELECT i, LPAD(CAST(i AS VARCHAR), 100, 'x') AS t FROM TABLE(GENERATE_SERIES(1, " + rows + ")) AS s (i))";
            try (Connection database = DriverManager.getConnection("jdbc:coconut:mem:;memory.lock=off")) {
                is(database, "SELECT COUNT(*) FROM (SELECT t FROM " + series + " ORDER BY t DESC OFFSET 5)", rows - 5);
                is(database, "SELECT COUNT(*) FROM " + series + " a JOIN " + series + " b ON a.t = b.t", rows);
                is(database, "SELECT COUNT(*) FROM " + series + " a FULL JOIN " + series + " b ON a.i = b.i + 10", rows + 10);
                is(database, "SELECT COUNT(*) FROM (SELECT t, MAX(i), MIN(t) FROM " + series + " GROUP BY t)", rows);
                is(database, "SELECT COUNT(*) FROM (SELECT t FROM " + series + " EXCEPT SELECT t FROM " + series + " c WHERE i > 7)", 7);
                is(database, "SELECT MAX(r) FROM (SELECT ROW_NUMBER() OVER (PARTITION BY i / 10 ORDER BY t) AS r FROM " + series + ")", 10);
                refused(database, "SELECT SUM(i) OVER (ORDER BY i), t FROM " + series);
                refused(database, "SELECT LISTAGG(t, ',') FROM " + series);
                refused(database, "SELECT CARDINALITY(ARRAY(SELECT t FROM " + series + "))");
                refused(database, "WITH RECURSIVE n (i) AS (VALUES 1 UNION SELECT i + 1 FROM n WHERE i < " + rows
                        + ") SELECT COUNT(*) FROM n");
                System.out.println("left " + SpilledQueriesTest.memory(database));
            }
        }

        private static void is(Connection database, String sql, long expected) throws SQLException {
            try (Statement statement = database.createStatement(); ResultSet found = statement.executeQuery(sql)) {
                found.next();
                if (found.getLong(1) != expected) {
                    throw new AssertionError(sql + " answered " + found.getLong(1) + " and not " + expected);
                }
                System.out.println("answered " + sql);
            }
        }

        private static void refused(Connection database, String sql) throws SQLException {
            try (Statement statement = database.createStatement(); ResultSet found = statement.executeQuery(sql)) {
                while (found.next()) {
                    // Rows may come before it is refused.
                    found.getLong(1);
                }
                System.out.println("not refused: " + sql);
            } catch (SQLException refused) {
                System.out.println("refused " + refused.getSQLState() + " " + sql);
            }
        }
    }
}
