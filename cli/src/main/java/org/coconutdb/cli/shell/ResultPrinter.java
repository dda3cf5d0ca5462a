package org.coconutdb.cli.shell;

import java.io.PrintStream;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Writes answers of queries in an [OutputFormat]. Streams: of a table it holds as many rows as it measures columns by.
public final class ResultPrinter {
    /// Rows that a table's column widths are taken from; later rows that are wider stand out of line.
    private static final int MEASURED_ROWS = 1000;

    private final PrintStream out;

    public ResultPrinter(PrintStream out) {
        this.out = out;
    }

    /// Writes all rows and answers how many there were.
    public long print(ResultSet rows, OutputFormat format) throws SQLException {
        return switch (format) {
            case TABLE -> table(rows, "");
            case CSV -> separated(rows, true);
            case TSV -> separated(rows, false);
            case JSON -> json(rows);
            case VERTICAL -> vertical(rows);
        };
    }

    /// Writes all rows as a table, each line behind the indent.
    public long table(ResultSet rows, String indent) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        int count = columns.getColumnCount();
        int[] widths = new int[count];
        boolean[] right = new boolean[count];
        String[] labels = new String[count];
        for (int i = 0; i < count; i++) {
            labels[i] = printable(columns.getColumnLabel(i + 1));
            widths[i] = width(labels[i]);
            right[i] = isNumeric(columns.getColumnType(i + 1));
        }
        List<String[]> measured = new ArrayList<>();
        boolean more = true;
        while (measured.size() < MEASURED_ROWS && (more = rows.next())) {
            String[] cells = cells(rows, count);
            for (int i = 0; i < count; i++) {
                widths[i] = Math.max(widths[i], width(cells[i]));
            }
            measured.add(cells);
        }
        StringBuilder frame = new StringBuilder(indent).append('+');
        for (int width : widths) {
            frame.append("-".repeat(width + 2)).append('+');
        }
        out.println(frame);
        line(indent, labels, widths, new boolean[count]);
        out.println(frame);
        for (String[] cells : measured) {
            line(indent, cells, widths, right);
        }
        long written = measured.size();
        while (more && (more = rows.next())) {
            line(indent, cells(rows, count), widths, right);
            written++;
        }
        out.println(frame);
        return written;
    }

    private static String[] cells(ResultSet rows, int count) throws SQLException {
        String[] cells = new String[count];
        for (int i = 0; i < count; i++) {
            String text = text(value(rows, i + 1));
            cells[i] = text == null ? "NULL" : printable(text);
        }
        return cells;
    }

    private void line(String indent, String[] cells, int[] widths, boolean[] right) {
        StringBuilder line = new StringBuilder(indent).append('|');
        for (int i = 0; i < cells.length; i++) {
            String padding = " ".repeat(Math.max(0, widths[i] - width(cells[i])));
            line.append(' ').append(right[i] ? padding : "").append(cells[i]).append(right[i] ? "" : padding).append(" |");
        }
        out.println(line);
    }

    private long vertical(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        int count = columns.getColumnCount();
        int labelWidth = 0;
        for (int i = 1; i <= count; i++) {
            labelWidth = Math.max(labelWidth, width(columns.getColumnLabel(i)));
        }
        long written = 0;
        while (rows.next()) {
            written++;
            out.println("-[ " + written + " ]-");
            String[] cells = cells(rows, count);
            for (int i = 0; i < count; i++) {
                String label = columns.getColumnLabel(i + 1);
                out.println(label + " ".repeat(labelWidth - width(label)) + " | " + cells[i]);
            }
        }
        return written;
    }

    private long separated(ResultSet rows, boolean csv) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        int count = columns.getColumnCount();
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            line.append(i > 1 ? separator(csv) : "").append(field(columns.getColumnLabel(i), csv));
        }
        out.println(line);
        long written = 0;
        while (rows.next()) {
            line.setLength(0);
            for (int i = 1; i <= count; i++) {
                line.append(i > 1 ? separator(csv) : "").append(field(text(value(rows, i)), csv));
            }
            out.println(line);
            written++;
        }
        return written;
    }

    private static String separator(boolean csv) {
        return csv ? "," : "\t";
    }

    private static String field(@Nullable String text, boolean csv) {
        if (text == null) {
            return csv ? "" : "\\N";
        }
        if (!csv) {
            return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
        }
        boolean quoted = text.isEmpty() || text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    private long json(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        int count = columns.getColumnCount();
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = jsonString(columns.getColumnLabel(i + 1));
        }
        long written = 0;
        while (rows.next()) {
            StringBuilder line = new StringBuilder("{");
            for (int i = 0; i < count; i++) {
                line.append(i > 0 ? "," : "").append(names[i]).append(':').append(jsonValue(value(rows, i + 1)));
            }
            out.println(line.append('}'));
            written++;
        }
        return written;
    }

    private static String jsonValue(@Nullable Object value) throws SQLException {
        return switch (value) {
            case Array array -> jsonValue(array.getArray());
            case byte[] bytes -> jsonString(String.valueOf(text(bytes)));
            case Object[] elements -> {
                StringJoiner joiner = new StringJoiner(",", "[", "]");
                for (Object element : elements) {
                    joiner.add(jsonValue(element));
                }
                yield joiner.toString();
            }
            case null -> "null";
            case Boolean truth -> truth.toString();
            // JSON has no NaN and no infinities.
            case Double number -> Double.isFinite(number) ? number.toString() : jsonString(number.toString());
            case Float number -> Float.isFinite(number) ? number.toString() : jsonString(number.toString());
            case java.math.BigDecimal number -> number.toPlainString();
            case Number number -> number.toString();
            default -> jsonString(String.valueOf(text(value)));
        };
    }

    private static String jsonString(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ') {
                        quoted.append("\\u").append(HexFormat.of().toHexDigits(c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /// Points on the time line as SQL writes them.
    private static @Nullable Object value(ResultSet rows, int column) throws SQLException {
        Object value = rows.getObject(column);
        return value instanceof OffsetDateTime ? rows.getString(column) : value;
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case byte[] bytes -> HexFormat.of().withUpperCase().formatHex(bytes);
            case java.math.BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }

    /// A cell must not break its line, nor send the terminal commands.
    private static String printable(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder clean = new StringBuilder();
        text.chars().forEach(c -> {
            switch (c) {
                case '\n' -> clean.append("\\n");
                case '\r' -> clean.append("\\r");
                case '\t' -> clean.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        clean.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
                    } else {
                        clean.append((char) c);
                    }
                }
            }
        });
        return clean.toString();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private static boolean isNumeric(int jdbcType) {
        return switch (jdbcType) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.FLOAT, Types.DOUBLE, Types.DECIMAL,
                    Types.NUMERIC -> true;
            default -> false;
        };
    }
}
