package org.coconutdb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.coconutdb.sql.plan.PlannedDatabase.column;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Plans of statements, as data: `plans.txt` beside this class holds `query` and `plan`, a blank line between entries, lines that
/// begin with `#` are comments. A change of plan shows in the diff of that file.
class PlanFilesTest {
    private static final StringBuilder FOUND = new StringBuilder();
    private static PlannedDatabase database;

    record Entry(String query, String plan) {
        @Override
        public String toString() {
            return query;
        }
    }

    @BeforeAll
    static void fill() {
        database = new PlannedDatabase();
        CatalogTable users = database.create("USERS", TableKind.HASH, List.of(0),
                column("ID", SqlTypeName.BIGINT), column("NAME", SqlTypeName.VARCHAR, 40, 0), column("CITY", SqlTypeName.CHAR, 8, 0),
                column("AGE", SqlTypeName.INTEGER));
        CatalogTable orders = database.create("ORDERS", TableKind.SORTED, List.of(0, 1),
                column("USER_ID", SqlTypeName.BIGINT), column("NUMBER", SqlTypeName.INTEGER), column("TOTAL", SqlTypeName.DECIMAL, 12, 2),
                column("DAY", SqlTypeName.DATE));
        CatalogTable events = database.create("EVENTS", TableKind.SORTED, List.of(0),
                column("NAME", SqlTypeName.VARCHAR, 40, 0), column("HITS", SqlTypeName.INTEGER));
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<@Nullable Object[]> more = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            rows.add(new @Nullable Object[] {(long) i, "user " + i, "city    ", i % 7 == 0 ? null : i % 90});
            for (int n = 0; n < 5; n++) {
                more.add(new @Nullable Object[] {(long) i, n, BigDecimal.valueOf(i * 100L + n, 2), 18_000 + i});
            }
        }
        database.insert(users, rows);
        database.insert(orders, more);
        database.insert(events, List.of(new @Nullable Object[] {"start", 1}, new @Nullable Object[] {"stop", 2}));
    }

    @AfterAll
    static void close() throws IOException {
        database.close();
        // What the plans are now, to be compared with plans.txt and copied where the change is right.
        Files.writeString(Path.of("target", "plans.txt"), FOUND);
    }

    static Stream<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (InputStream file = PlanFilesTest.class.getResourceAsStream("plans.txt")) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            for (String block : text.replaceAll("(?m)^#.*\n", "").split("\n\n+")) {
                int plan = block.indexOf("\nplan\n");
                if (!block.isBlank()) {
                    entries.add(new Entry(block.substring("query\n".length(), plan).strip(), block.substring(plan + 6).stripTrailing()));
                }
            }
        }
        return entries.stream();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void aStatementHasItsPlan(Entry entry) {
        String plan = database.explain(entry.query());
        FOUND.append("query\n").append(entry.query()).append("\nplan\n").append(plan).append("\n\n");

        assertThat(plan).isEqualTo(entry.plan());
    }
}
