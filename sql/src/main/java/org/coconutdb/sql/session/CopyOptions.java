package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.NearestName;
import org.coconutdb.sql.parser.OptionClause;
import org.coconutdb.sql.parser.SqlCopy;
import org.jspecify.annotations.Nullable;

/// How COPY reads or writes a CSV file.
///
/// @param header what the first line is
/// @param nullText what NULL looks like, without quotes
/// @param rowsPerCommit rows of a transaction, where COPY FROM is none of the session's
record CopyOptions(Header header, char delimiter, char quote, String nullText, int rowsPerCommit) {
    /// What the first line is.
    enum Header {
        /// A row.
        NONE,
        /// The columns' names, in any order.
        NAMES,
        /// The columns' names, in their order.
        MATCH
    }

    static final int ROWS_PER_COMMIT = 10_000;
    static final int ROWS_PER_COMMIT_MAX = 1_000_000;

    private static final List<String> KNOWN = List.of("FORMAT", "HEADER", "DELIMITER", "NULL", "QUOTE", "ESCAPE", "ENCODING",
            "ROWS_PER_COMMIT");
    // PostgreSQL's others.
    private static final Map<String, String> NOT_YET = Map.of(
            "ON_ERROR", "COPY stops at the first row that is refused: mend it in the file.",
            "REJECT_LIMIT", "COPY stops at the first row that is refused: mend it in the file.",
            "LOG_VERBOSITY", "COPY stops at the first row that is refused: mend it in the file.",
            "FREEZE", "Leave it out.",
            "DEFAULT", "Leave the column out of the file: then its rows have the column's DEFAULT.",
            "FORCE_QUOTE", "Leave it out: what needs quotes has them.",
            "FORCE_NOT_NULL", "Write the empty string as \"\".",
            "FORCE_NULL", "Write NULL without quotes.");

    /// INVALID_STATEMENT for an option that is none or has a value that cannot be, NOT_SUPPORTED for those that other databases have.
    static CopyOptions of(SqlCopy copy) {
        Map<String, OptionClause> given = new HashMap<>();
        for (OptionClause option : copy.options()) {
            String name = option.name().getSimple().toUpperCase(Locale.ROOT);
            if (NOT_YET.containsKey(name)) {
                throw at(CoconutException.of(ErrorCode.NOT_SUPPORTED).with("option", name), option).mend(NOT_YET.get(name));
            }
            if (!KNOWN.contains(name)) {
                String nearest = NearestName.of(name, KNOWN).map(other -> "Did you mean " + other + "? ").orElse("");
                throw refused(option).mend("COPY has no such option. " + nearest + "Known are " + String.join(", ", KNOWN)
                        + ", as in WITH (FORMAT CSV, HEADER true).");
            }
            if (given.put(name, option) != null) {
                throw refused(option).mend("Give the option once.");
            }
        }
        requireCsv(given.get("FORMAT"));
        char delimiter = sign(given.get("DELIMITER"), ',');
        char quote = sign(given.get("QUOTE"), '"');
        if (delimiter == quote) {
            throw CoconutException.of(ErrorCode.INVALID_STATEMENT).with("delimiter", delimiter).mend("DELIMITER and QUOTE must differ.");
        }
        OptionClause escape = given.get("ESCAPE");
        if (escape != null && sign(escape, quote) != quote) {
            throw at(CoconutException.of(ErrorCode.NOT_SUPPORTED).with("option", "ESCAPE"), escape)
                    .mend("A quote inside of quotes is written twice: leave ESCAPE out.");
        }
        OptionClause encoding = given.get("ENCODING");
        if (encoding != null && !List.of("UTF8", "UTF-8").contains(word(encoding))) {
            throw at(CoconutException.of(ErrorCode.NOT_SUPPORTED).with("option", "ENCODING"), encoding)
                    .mend("Files are UTF-8: convert it, such as with iconv -t UTF-8.");
        }
        return new CopyOptions(header(given.get("HEADER"), copy.isFrom()), delimiter, quote, nullText(given.get("NULL"), delimiter, quote),
                rowsPerCommit(given.get("ROWS_PER_COMMIT"), copy.isFrom()));
    }

    private static void requireCsv(@Nullable OptionClause format) {
        if (format == null || word(format).equals("CSV")) {
            return;
        }
        if (List.of("TEXT", "BINARY", "PARQUET").contains(word(format))) {
            throw at(CoconutException.of(ErrorCode.NOT_SUPPORTED).with("option", "FORMAT " + word(format)), format)
                    .mend("Convert the file, and use FORMAT CSV.");
        }
        throw refused(format).mend("Write FORMAT CSV, or leave it out.");
    }

    private static Header header(@Nullable OptionClause option, boolean isFrom) {
        if (option == null) {
            return Header.NONE;
        }
        return switch (word(option)) {
            case "TRUE", "ON", "1" -> Header.NAMES;
            case "FALSE", "OFF", "0" -> Header.NONE;
            case "MATCH" -> {
                if (!isFrom) {
                    throw refused(option).mend("HEADER MATCH is for COPY FROM: write HEADER true.");
                }
                yield Header.MATCH;
            }
            default -> throw refused(option).mend("Write HEADER true, false or MATCH.");
        };
    }

    private static char sign(@Nullable OptionClause option, char otherwise) {
        if (option == null) {
            return otherwise;
        }
        String text = text(option);
        if (text == null || text.length() != 1 || text.charAt(0) == '\n' || text.charAt(0) == '\r'
                || Character.isSurrogate(text.charAt(0))) {
            throw refused(option).mend("Write one character in single quotes, such as " + option.name().getSimple() + " ';'. A tab is U&'\\0009'.");
        }
        return text.charAt(0);
    }

    private static String nullText(@Nullable OptionClause option, char delimiter, char quote) {
        if (option == null) {
            return "";
        }
        String text = text(option);
        if (text == null || text.indexOf(delimiter) >= 0 || text.indexOf(quote) >= 0 || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw refused(option).mend("Write a text in single quotes without delimiter, quote and line break, such as NULL '\\N'.");
        }
        return text;
    }

    private static int rowsPerCommit(@Nullable OptionClause option, boolean isFrom) {
        if (option == null) {
            return ROWS_PER_COMMIT;
        }
        if (!isFrom) {
            throw refused(option).mend("ROWS_PER_COMMIT is for COPY FROM: leave it out.");
        }
        if (option.value() instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.DECIMAL) {
            BigDecimal rows = literal.bigDecimalValue();
            if (rows != null && rows.scale() <= 0 && rows.signum() > 0 && rows.compareTo(BigDecimal.valueOf(ROWS_PER_COMMIT_MAX)) <= 0) {
                return rows.intValueExact();
            }
        }
        throw refused(option).mend("Write a number from 1 to " + ROWS_PER_COMMIT_MAX + ".");
    }

    /// The value where it is text in quotes.
    private static @Nullable String text(OptionClause option) {
        return option.value() instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.CHAR
                ? literal.getValueAs(String.class)
                : null;
    }

    /// The value as a word, whether it stands in quotes or not.
    private static String word(OptionClause option) {
        String text = text(option);
        SqlNode value = option.value();
        String word = text != null ? text : value instanceof SqlIdentifier name ? name.toString() : String.valueOf(value);
        return word.toUpperCase(Locale.ROOT);
    }

    private static CoconutException refused(OptionClause option) {
        return at(CoconutException.of(ErrorCode.INVALID_STATEMENT).with("option", option.name().getSimple()), option);
    }

    private static CoconutException at(CoconutException error, OptionClause option) {
        return error.with("line", option.value().getParserPosition().getLineNum())
                .with("column", option.value().getParserPosition().getColumnNum());
    }
}
