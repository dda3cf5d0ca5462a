package org.coconutdb.sql.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.sql.docs.MarkdownExamples.Example;
import org.junit.jupiter.api.Test;

/// `docs/sql.md` says what is true.
class SqlPageTest {
    private static final String URL = "jdbc:coconut:mem:;memory.lock=off;blocks=2";

    @Test
    void everyExampleAnswersWhatThePageShows() throws Exception {
        List<Example> examples = MarkdownExamples.examples(MarkdownExamples.read("sql.md"));
        assertThat(examples).hasSizeGreaterThan(40);

        List<String> differences = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(URL); Statement statement = connection.createStatement()) {
            for (Example example : examples) {
                String expected = example.sqlState() == null ? example.answer() : "refused with " + example.sqlState();
                String answer = run(statement, example.sql());
                boolean same = expected == null ? !answer.startsWith("refused") : answer.startsWith(expected) && (example.sqlState() != null
                        || answer.equals(expected));
                if (!same) {
                    differences.add("sql.md, line " + example.line() + ":\n" + example.sql() + "\nshould give\n" + expected
                            + "\nand gives\n"
                            + answer + "\n");
                }
            }
        }

        assertThat(String.join("\n", differences)).isEmpty();
    }

    private static String run(Statement statement, String sql) {
        try {
            if (!statement.execute(sql)) {
                return "";
            }
            StringBuilder text = new StringBuilder();
            try (ResultSet rows = statement.getResultSet()) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    for (int i = 1; i <= columns; i++) {
                        text.append(i == 1 ? "" : " | ").append(rows.getString(i) == null ? "NULL" : rows.getString(i));
                    }
                    text.append('\n');
                }
            }
            return text.toString().stripTrailing();
        } catch (SQLException refused) {
            return "refused with " + refused.getSQLState() + ": " + refused.getMessage();
        }
    }

    @Test
    void theTableOfTypesIsTheDatabases() throws SQLException, IOException, ReflectiveOperationException {
        List<String> documented = new ArrayList<>();
        for (List<String> row : MarkdownExamples.table(MarkdownExamples.read("sql.md"), "type")) {
            Field jdbcType = Types.class.getField(row.get(2));
            documented.add(row.get(0) + " " + jdbcType.getInt(null));
        }

        List<String> known = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(URL); ResultSet types = metadata(connection).getTypeInfo()) {
            while (types.next()) {
                known.add(types.getString("TYPE_NAME") + " " + types.getInt("DATA_TYPE"));
            }
        }

        assertThat(documented).containsExactlyInAnyOrderElementsOf(known);
    }

    @Test
    void theTableOfTypesNamesTheClassesThatGetObjectAnswers() throws SQLException, IOException {
        List<String> differences = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(URL); Statement statement = connection.createStatement()) {
            for (List<String> row : MarkdownExamples.table(MarkdownExamples.read("sql.md"), "type")) {
                try (ResultSet rows = statement.executeQuery("SELECT CAST(NULL AS " + row.get(0) + ")")) {
                    String className = rows.getMetaData().getColumnClassName(1);
                    String simple = className.equals("[B") ? "byte[]" : className;
                    if (!simple.equals(row.get(1)) && !simple.endsWith("." + row.get(1))) {
                        differences.add(row.get(0) + ": the page says " + row.get(1) + ", metadata " + simple);
                    }
                }
            }
        }

        assertThat(differences).isEmpty();
    }

    private static DatabaseMetaData metadata(Connection connection) throws SQLException {
        return connection.getMetaData();
    }
}
