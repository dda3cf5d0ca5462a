package org.coconutdb.sql.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;

/// The documents say what the code does.
class DocumentsTest {
    private static final Pattern SQL_BLOCK = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

    private static String read(String name) throws IOException {
        return Files.readString(Path.of(System.getProperty("coconut.root"), "docs", name));
    }

    @Test
    void everyExampleOfTheSqlPageRuns() throws IOException, SQLException {
        List<String> statements = new ArrayList<>();
        for (MatchResult block : SQL_BLOCK.matcher(read("sql.md")).results().toList()) {
            for (String statement : block.group(1).split(";\\s*\n")) {
                statements.add(statement);
            }
        }
        assertThat(statements).hasSizeGreaterThan(20);
        int rowsRead = 0;
        try (Connection connection = DriverManager.getConnection("jdbc:coconut:mem:;memory.lock=off"); Statement statement = connection
                .createStatement()) {
            for (String sql : statements) {
                try {
                    if (statement.execute(sql)) {
                        try (ResultSet rows = statement.getResultSet()) {
                            while (rows.next()) {
                                rows.getObject(1);
                                rowsRead++;
                            }
                        }
                    }
                } catch (SQLException failure) {
                    throw new AssertionError(sql, failure);
                }
            }
        }
        assertThat(rowsRead).isGreaterThan(20);
    }

    @Test
    void thePageOfErrorsListsEveryCode() throws IOException {
        String page = read("errors.md");
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(page).contains("| `" + code.sqlState() + "` | `" + code.name() + "` | " + code.message() + " | "
                    + code.category().name().toLowerCase(java.util.Locale.ROOT) + " |");
        }
        assertThat(page.lines().filter(line -> line.startsWith("| `"))).hasSize(ErrorCode.values().length);
    }
}
