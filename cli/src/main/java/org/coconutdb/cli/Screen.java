package org.coconutdb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;

/// Where a command reads and writes, and what the other end can show. Output is UTF-8.
///
/// The launcher knows which streams are terminals and how wide they are, and says so in the environment
/// (`COCONUT_TERMINAL`: a list of `in`, `out`, `err`; `COLUMNS`); the JVM alone cannot tell them apart.
public final class Screen {
    /// Bounds of a command's environment that matter to what it shows.
    ///
    /// @param interactive standard input is a terminal
    /// @param terminal standard output is a terminal: progress bars may rewrite their line
    /// @param colours standard output shows ANSI colours
    /// @param columns width of a line
    public record Facts(boolean interactive, boolean terminal, boolean colours, int columns) {
        /// A pipe or a file.
        public static final Facts PLAIN = new Facts(false, false, false, 100);

        static Facts of(Map<String, String> environment) {
            String terminals = " " + environment.getOrDefault("COCONUT_TERMINAL", "") + " ";
            boolean terminal = terminals.contains(" out ");
            boolean dumb = "dumb".equals(environment.getOrDefault("TERM", "dumb"));
            // https://no-color.org: present and not empty means no colours.
            boolean refused = !environment.getOrDefault("NO_COLOR", "").isEmpty();
            return new Facts(terminals.contains(" in "), terminal && !dumb, terminal && !dumb && !refused, columns(environment));
        }

        private static int columns(Map<String, String> environment) {
            try {
                return Math.clamp(Integer.parseInt(environment.getOrDefault("COLUMNS", "100").strip()), 40, 400);
            } catch (NumberFormatException _) {
                return PLAIN.columns;
            }
        }
    }

    /// What a piece of text is, for its colour.
    public enum Style {
        HEADING("1"), COMMAND("36"), GOOD("32"), WARNING("33"), FAULT("31"), QUIET("2");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    private static final int BAR_COLUMNS = 28;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Facts facts;

    public Screen(InputStream in, PrintStream out, PrintStream err, Facts facts) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.facts = facts;
    }

    static Screen ofProcess() {
        return new Screen(System.in,
                new PrintStream(System.out, false, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                Facts.of(System.getenv()));
    }

    public Facts facts() {
        return facts;
    }

    public boolean colours() {
        return facts.colours();
    }

    public int columns() {
        return facts.columns();
    }

    public InputStream in() {
        return in;
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }

    public void println(String line) {
        out.println(line);
    }

    public void println() {
        out.println();
    }

    public void flush() {
        out.flush();
        err.flush();
    }

    /// The text in its colour, or as it is where colours are not shown.
    public String styled(Style style, String text) {
        return facts.colours() ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }

    /// A bar for a share of work that is done, 0 to 1.
    public String bar(double done) {
        int filled = (int) (Math.clamp(done, 0, 1) * BAR_COLUMNS);
        return styled(Style.GOOD, "#".repeat(filled)) + styled(Style.QUIET, ".".repeat(BAR_COLUMNS - filled));
    }

    /// Writes a line over the one at hand; for terminals.
    public void rewriteLine(String line) {
        out.print("\r" + line + "\u001b[K");
        out.flush();
    }

    /// Says on standard error why a command failed: the SQLSTATE first where there is one, never a stack trace.
    public void error(Throwable failure) {
        out.flush();
        err.println(explain(failure));
    }

    static String explain(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getName() : failure.getMessage();
        return switch (failure) {
            case SQLException sql -> "error " + (sql.getSQLState() == null ? "" : sql.getSQLState() + ": ") + message;
            case CommandException _ -> message;
            case IOException io -> "error: " + kind(io) + message;
            default -> "error: " + failure.getClass().getName() + ": " + message;
        };
    }

    private static String kind(IOException failure) {
        return switch (failure) {
            case java.nio.file.NoSuchFileException _ -> "no such file: ";
            case java.nio.file.AccessDeniedException _ -> "access denied: ";
            default -> "";
        };
    }
}
