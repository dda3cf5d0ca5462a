package org.coconutdb.sql.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A page of the documentation: its fenced examples and its tables.
public final class MarkdownExamples {
    private static final Pattern FENCE = Pattern.compile("(?m)^```(\\w*)\\n(.*?)^```$", Pattern.DOTALL);
    private static final Pattern FAILS = Pattern.compile("-- fails with (\\w{5})");

    /// A statement of a `sql` block.
    ///
    /// @param line of the block's first line in the page
    /// @param sqlState that it is refused with; null where it works
    /// @param answer the `text` block behind its block, where it is the block's last statement; null where the page shows none
    public record Example(int line, String sql, @Nullable String sqlState, @Nullable String answer) {}

    private MarkdownExamples() {}

    /// A page in the folder `docs`, seen from a module's folder, where tests run.
    public static String read(String name) throws IOException {
        return Files.readString(Path.of("..", "docs", name));
    }

    public static List<Example> examples(String page) {
        List<Example> examples = new ArrayList<>();
        Matcher fence = FENCE.matcher(page);
        while (fence.find()) {
            int line = (int) page.substring(0, fence.start()).lines().count() + 1;
            switch (fence.group(1)) {
                case "sql" -> addStatements(line, fence.group(2), examples);
                case "text" -> {
                    Example shown = examples.removeLast();
                    examples.add(new Example(shown.line(), shown.sql(), shown.sqlState(), fence.group(2).stripTrailing()));
                }
                default -> {
                    // Nothing to run.
                }
            }
        }
        return examples;
    }

    private static void addStatements(int line, String block, List<Example> examples) {
        for (String text : block.split(";\\n", -1)) {
            if (!text.isBlank()) {
                Matcher fails = FAILS.matcher(text);
                examples.add(new Example(line, text.strip(), fails.find() ? fails.group(1) : null, null));
            }
        }
    }

    /// Rows of the table whose first column has this title: their cells, without the marks of code.
    public static List<List<String>> table(String page, String firstTitle) {
        List<List<String>> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : page.lines().toList()) {
            if (!line.startsWith("|")) {
                inside = false;
            } else if (line.startsWith("| " + firstTitle + " |")) {
                inside = true;
            } else if (inside && !line.startsWith("| ---")) {
                List<String> cells = new ArrayList<>();
                for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|", -1)) {
                    cells.add(cell.replace("`", "").strip());
                }
                rows.add(cells);
            }
        }
        return rows;
    }
}
