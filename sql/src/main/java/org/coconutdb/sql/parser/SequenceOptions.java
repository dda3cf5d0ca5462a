package org.coconutdb.sql.parser;

import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// The options behind a sequence's name, or those in the parentheses of an identity column, as they were written. The parser fills it in.
public final class SequenceOptions {
    /// What can be said once each.
    public enum Option {
        START("START WITH"),
        INCREMENT("INCREMENT BY"),
        MINVALUE("MINVALUE"),
        MAXVALUE("MAXVALUE"),
        CYCLE("CYCLE"),
        CACHE("CACHE");

        private final String text;

        Option(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private final Map<Option, SqlParserPos> said = new EnumMap<>(Option.class);
    private final Map<Option, BigInteger> numbers = new EnumMap<>(Option.class);
    private @Nullable SqlDataTypeSpec type;
    private boolean cycle;

    /// AS type.
    public void type(SqlDataTypeSpec spec) {
        type = spec;
    }

    /// An option with its number.
    public void number(Option option, BigInteger value, SqlParserPos position) {
        once(option, position);
        numbers.put(option, value);
    }

    /// NO MINVALUE, NO MAXVALUE, NO CYCLE, NO CACHE, and CYCLE.
    public void flag(Option option, boolean on, SqlParserPos position) {
        once(option, position);
        cycle |= on && option == Option.CYCLE;
        if (!on && option == Option.CACHE) {
            numbers.put(option, BigInteger.ONE);
        }
    }

    private void once(Option option, SqlParserPos position) {
        if (said.put(option, position) != null) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .mend("Say " + option.text() + " once.");
        }
    }

    public @Nullable SqlDataTypeSpec type() {
        return type;
    }

    /// Null where none was given.
    public @Nullable BigInteger number(Option option) {
        return numbers.get(option);
    }

    public boolean cycle() {
        return cycle;
    }

    void unparse(SqlWriter writer) {
        if (type != null) {
            writer.keyword("AS");
            type.unparse(writer, 0, 0);
        }
        numbers.forEach((option, value) -> {
            writer.keyword(option.text());
            writer.literal(value.toString());
        });
        if (cycle) {
            writer.keyword("CYCLE");
        }
    }
}
