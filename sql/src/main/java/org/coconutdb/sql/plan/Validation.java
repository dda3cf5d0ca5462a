package org.coconutdb.sql.plan;

import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.config.CalciteConnectionConfig;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.validate.SqlConformance;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidator;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// How names and types are checked, and what a statement that fails the check is answered.
final class Validation {
    /// GROUP BY and ORDER BY take aliases and ordinals, `!=` and `%` are known; arithmetic is checked.
    static final SqlConformance CONFORMANCE = SqlConformanceEnum.LENIENT;

    /// Quoted names keep their case and unquoted ones arrive in upper case, so that comparing exactly is right.
    static final CalciteConnectionConfig CONNECTION_CONFIG = connectionConfig();

    private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

    private Validation() {}

    static SqlValidator validator(CalciteCatalogReader catalogReader, RelDataTypeFactory typeFactory) {
        return validator(catalogReader, typeFactory, true, null);
    }

    /// @param rewrites whether COALESCE and such become CASE
    /// @param reads notes what the query names; null where nobody has to know
    static SqlValidator validator(
            CalciteCatalogReader catalogReader,
            RelDataTypeFactory typeFactory,
            boolean rewrites,
            @Nullable ReadNeeds reads) {
        SqlValidator.Config config =
                SqlValidator.Config.DEFAULT
                        .withConformance(CONFORMANCE)
                        .withDefaultNullCollation(NullCollation.HIGH)
                        .withIdentifierExpansion(true)
                        .withCallRewrite(rewrites)
                        .withTypeCoercionEnabled(true)
                        .withTypeCoercionFactory(Coercion::new);
        // Not those of schemas, which have none: each name of a column would be looked for among them.
        return new StatementValidator(Functions.TABLE, catalogReader, typeFactory, config, reads);
    }

    private static CalciteConnectionConfig connectionConfig() {
        Properties properties = new Properties();
        properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "true");
        return new CalciteConnectionConfigImpl(properties);
    }

    /// What Calcite says of a statement, with our code. Names that it quotes become facts.
    static CoconutException translate(CalciteContextException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String text = StatementTypes.withoutCharset(String.valueOf(cause.getMessage()));
        CoconutException translated = CoconutException.of(code(text), cause).with("detail", text);
        if (failure.getPosLine() > 0) {
            translated.with("line", failure.getPosLine()).with("column", failure.getPosColumn());
        }
        String mend = mend(translated.code(), quoted(text));
        return mend == null ? translated : translated.mend(mend);
    }

    private static ErrorCode code(String text) {
        if (text.startsWith("Object '") || text.startsWith("Table '")) {
            return ErrorCode.UNDEFINED_TABLE;
        }
        if ((text.startsWith("Column '") && text.contains("not found")) || text.startsWith("Unknown target column")
                || text.startsWith("Unknown field")) {
            return ErrorCode.UNDEFINED_COLUMN;
        }
        if (text.startsWith("No match found for function signature")) {
            return ErrorCode.UNDEFINED_FUNCTION;
        }
        if (text.startsWith("ROWS value must be a non-negative")) {
            return ErrorCode.INVALID_FRAME_SIZE;
        }
        if (text.startsWith("Cannot apply") || text.contains("not comparable") || text.contains("incompatible type")
                || text.startsWith("Type mismatch") || text.startsWith("Cannot assign") || text.contains("Cast function cannot convert")
                || text.startsWith("Values passed to") || text.startsWith("Illegal mixing of types")
                || text.startsWith("Parameters must be of the same type")) {
            return ErrorCode.TYPE_MISMATCH;
        }
        if (text.startsWith("Column '") && text.contains("has no default value and does not allow NULLs")) {
            return ErrorCode.NULL_NOT_ALLOWED;
        }
        if (text.contains("more than once") || text.startsWith("Duplicate")) {
            return ErrorCode.DUPLICATE_COLUMN;
        }
        return ErrorCode.INVALID_STATEMENT;
    }

    private static @Nullable String mend(ErrorCode code, @Nullable String name) {
        return switch (code) {
            case UNDEFINED_TABLE ->
                    "Check its spelling and schema; a name in double quotes keeps its case, any other is read in upper case.";
            case UNDEFINED_COLUMN -> "Check its spelling; a name in double quotes keeps its case, any other is read in upper case.";
            case UNDEFINED_FUNCTION -> "Check its spelling and the number and types of its arguments.";
            case TYPE_MISMATCH -> "CAST one side to the other's type.";
            case INVALID_FRAME_SIZE -> "Count with whole numbers from 0 on; FOLLOWING counts the other way.";
            case NULL_NOT_ALLOWED -> "Give a value for " + (name == null ? "the column" : name) + ".";
            default -> null;
        };
    }

    private static @Nullable String quoted(String text) {
        Matcher matcher = QUOTED.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }
}
