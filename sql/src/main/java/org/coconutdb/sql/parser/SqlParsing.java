package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserImplFactory;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Text to statements. Unquoted names become upper case; names in double quotes stay as they are. Any thread.
///
/// Throws SYNTAX_ERROR with the place and with what could have stood there, NOT_SUPPORTED for syntax that is understood and not carried
/// out, STATEMENT_TOO_COMPLEX for statements nested too deeply; nothing else.
public final class SqlParsing {
    /// Characters of a statement at most.
    public static final int LENGTH_MAX = 16 << 20;

    // What comes later walks the tree by recursion, on threads with deep stacks that are sized for this.
    private static final int NESTING_MAX = 3000;
    // The parser recurses too. Most statements fit any stack; the rare one that does not is parsed again on a thread with this one, of
    // which the system hands out only what is used.
    private static final long DEEP_STACK_BYTES = 64L << 20;
    private static final int EXPECTED_MAX = 8;
    private static final Pattern EXPECTED = Pattern.compile("^ {4}(\\S.*?) \\.\\.\\.", Pattern.MULTILINE);
    private static final Pattern NAME_AFTER_SEPARATOR = Pattern.compile("[,(.]\\s*([A-Za-z_]+)\\b");
    private static final SqlParser.Config CONFIG = SqlParser.config()
            .withParserFactory(generatedParser())
            .withQuoting(Quoting.DOUBLE_QUOTE)
            .withUnquotedCasing(Casing.TO_UPPER)
            .withQuotedCasing(Casing.UNCHANGED)
            .withIdentifierMaxLength(128)
            .withConformance(SqlConformanceEnum.BABEL);

    private SqlParsing() {}

    /// The parser is generated from Calcite's grammar and ours (src/main/codegen) and compiled after this class, since it makes nodes of
    /// this package; so it is found by name.
    private static SqlParserImplFactory generatedParser() {
        try {
            Class<?> parser = Class.forName("org.coconutdb.sql.parser.generated.CoconutParserImpl");
            return (SqlParserImplFactory) parser.getField("FACTORY").get(null);
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException("the build did not generate the parser", failure);
        }
    }

    /// One statement; a semicolon behind it is allowed.
    public static SqlNode parse(String sql) {
        SqlNodeList statements = parseAll(sql);
        if (statements.size() != 1) {
            SqlParserPos second = statements.get(1).getParserPosition();
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", second.getLineNum())
                    .with("column", second.getColumnNum())
                    .with("statements", statements.size())
                    .mend("Execute one statement at a time.");
        }
        return statements.get(0);
    }

    /// Statements with semicolons between them; at least one.
    public static SqlNodeList parseAll(String sql) {
        if (sql.length() > LENGTH_MAX) {
            throw CoconutException.of(ErrorCode.STATEMENT_TOO_COMPLEX)
                    .with("characters", sql.length())
                    .with("charactersMax", LENGTH_MAX)
                    .mend("Use parameters and batches instead of long literals.");
        }
        SqlNodeList statements;
        try {
            statements = parseHere(sql);
        } catch (StackOverflowError _) {
            // Unwound whole: the parser keeps nothing outside of its stack.
            statements = parseWithDeepStack(sql);
        }
        if (isDeeperThan(statements, NESTING_MAX)) {
            throw tooComplex();
        }
        return statements;
    }

    /// Looks level by level, without recursion.
    private static boolean isDeeperThan(SqlNodeList statements, int levels) {
        List<SqlNode> level = List.of(statements);
        for (int depth = 0; !level.isEmpty(); depth++) {
            if (depth > levels) {
                return true;
            }
            List<SqlNode> next = new ArrayList<>();
            for (SqlNode node : level) {
                if (node instanceof SqlNodeList list) {
                    next.addAll(list);
                } else if (node instanceof SqlCall call) {
                    next.addAll(call.getOperandList());
                }
            }
            next.removeIf(Objects::isNull);
            level = next;
        }
        return false;
    }

    private static SqlNodeList parseWithDeepStack(String sql) {
        FutureTask<SqlNodeList> task = new FutureTask<>(() -> parseHere(sql));
        new Thread(null, task, "coconut-parser", DEEP_STACK_BYTES).start();
        try {
            return task.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED, interrupted);
        } catch (ExecutionException failure) {
            throw switch (failure.getCause()) {
                case CoconutException known -> known;
                case StackOverflowError _ -> tooComplex();
                case null, default -> syntaxError(sql, failure);
            };
        }
    }

    private static SqlNodeList parseHere(String sql) {
        try {
            SqlNodeList statements = SqlParser.create(sql, CONFIG).parseStmtList();
            if (statements.isEmpty()) {
                throw CoconutException.of(ErrorCode.SYNTAX_ERROR).mend("The statement is empty.");
            }
            return statements;
        } catch (SqlParseException failure) {
            throw syntaxError(sql, failure);
        } catch (CoconutException known) {
            throw known;
        } catch (RuntimeException failure) {
            throw syntaxError(sql, failure);
        }
    }

    private static CoconutException tooComplex() {
        return CoconutException.of(ErrorCode.STATEMENT_TOO_COMPLEX)
                .with("nestingMax", NESTING_MAX)
                .mend("Nest less deeply; a list of values can be an IN list or a VALUES table.");
    }

    private static CoconutException syntaxError(String sql, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CoconutException known) {
                return known;
            }
            if (cause instanceof StackOverflowError overflow) {
                throw overflow;
            }
        }
        CoconutException error = CoconutException.of(ErrorCode.SYNTAX_ERROR, failure);
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof SqlParseException parse && parse.getPos() != null) {
            SqlParserPos position = parse.getPos();
            error.with("line", position.getLineNum()).with("column", position.getColumnNum()).with("found", found(sql, position));
        }
        String reserved = failure instanceof SqlParseException parse && parse.getPos() != null ? reservedName(sql, parse.getPos()) : null;
        if (reserved != null) {
            return error.mend("'" + reserved + "' is a reserved word: as a name it stands in double quotes, \"" + reserved + "\".");
        }
        if (message.startsWith("Encountered") || message.startsWith("Incorrect syntax")) {
            List<String> expected = EXPECTED.matcher(message)
                    .results()
                    .map(match -> match.group(1).replace("\"", ""))
                    .filter(word -> !word.contains("_PREFIX") && !word.startsWith("<UNSIGNED") && !word.startsWith("<BRACKET"))
                    .distinct()
                    .toList();
            if (!expected.isEmpty() && expected.size() <= EXPECTED_MAX) {
                return error.mend("Expected: " + String.join(", ", expected) + ".");
            }
        } else {
            int end = message.indexOf('\n');
            error.with("reason", shorten(end < 0 ? message : message.substring(0, end)));
        }
        return error.mend("Look at what stands there and before it; docs/sql.md has the syntax.");
    }

    /// The word at the place, and whether the statement ends behind it.
    private static String found(String sql, SqlParserPos position) {
        int start = offset(sql, position.getLineNum(), position.getColumnNum());
        int end = Math.min(sql.length(), Math.max(start, offset(sql, position.getEndLineNum(), position.getEndColumnNum()) + 1));
        String word = "'" + shorten(sql.substring(start, end)) + "'";
        String rest = sql.substring(end);
        return rest.isBlank() || rest.strip().equals(";") ? word + " at the end of the statement" : word;
    }

    /// A reserved word that stands where a name would, behind a comma or a parenthesis; null where there is none.
    private static @Nullable String reservedName(String sql, SqlParserPos position) {
        int start = offset(sql, position.getLineNum(), position.getColumnNum());
        Matcher name = NAME_AFTER_SEPARATOR.matcher(sql).region(start, sql.length());
        if (!name.lookingAt()) {
            return null;
        }
        String word = name.group(1).toUpperCase(Locale.ROOT);
        return SqlParser.create("", CONFIG).getMetadata().isReservedWord(word) ? word : null;
    }

    private static int offset(String sql, int line, int column) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            int newline = sql.indexOf('\n', start);
            if (newline < 0) {
                break;
            }
            start = newline + 1;
        }
        return Math.clamp(start + column - 1L, 0, sql.length());
    }

    private static String shorten(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
