package org.coconutdb.sql.parser;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlAbstractParserImpl;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserImplFactory;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Text to statements. Unquoted names become upper case; names in double quotes stay as they are. Any thread.
///
/// Throws SYNTAX_ERROR with the place and with what could have stood there, NOT_SUPPORTED for syntax that is understood and not carried
/// out, STATEMENT_TOO_COMPLEX for statements nested too deeply, INVALID_ARGUMENT for a LIMIT or OFFSET beyond all rows; nothing else.
public final class SqlParsing {
    /// Characters of a statement at most.
    public static final int LENGTH_MAX = 16 << 20;

    // What comes later walks the tree by recursion, on threads with deep stacks that are sized for this.
    static final int NESTING_MAX = 3000;
    // The parser recurses too. Most statements fit any stack; the rare one that does not is parsed again on a thread with this one, of
    // which the system hands out only what is used.
    private static final long DEEP_STACK_BYTES = 64L << 20;
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

    /// An expression by itself, such as the one of [ExpressionClause#text].
    public static SqlNode parseExpression(String sql) {
        SqlCall row = ((SqlCall) parse("VALUES (" + sql + "\n)")).operand(0);
        return row.operand(0);
    }

    /// Statements with semicolons between them; at least one.
    public static SqlNodeList parseAll(String sql) {
        if (sql.length() > LENGTH_MAX) {
            throw CoconutException.of(ErrorCode.STATEMENT_TOO_COMPLEX)
                    .with("characters", sql.length())
                    .with("charactersMax", LENGTH_MAX)
                    .mend("Use parameters and batches instead of long literals.");
        }
        ChainBound.check(sql);
        SqlNodeList statements;
        try {
            statements = parseHere(sql);
        } catch (StackOverflowError _) {
            // Unwound whole: the parser keeps nothing outside of its stack.
            statements = parseWithDeepStack(sql);
        }
        TreeChecks.check(statements);
        return statements;
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

    static CoconutException tooComplex() {
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
        return SyntaxErrors.of(sql, failure, word -> Reserved.WORDS.isReservedWord(word));
    }

    /// A name as it is written: in double quotes where it needs them.
    public static String written(String name) {
        boolean isPlain = !name.isEmpty() && name.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')
                && name.charAt(0) >= 'A' && !Reserved.WORDS.isReservedWord(name);
        return isPlain && name.charAt(0) != '_' ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /// A text as it is written.
    public static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }

    /// Made by a parser of its own at the first error: it tries every word.
    private static final class Reserved {
        static final SqlAbstractParserImpl.Metadata WORDS = SqlParser.create("", CONFIG).getMetadata();
    }
}
