package org.coconutdb.sql.catalog;

import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalLong;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.OptionClause;

/// What WITH (…) says of a table: `TTL`, the time to live of its rows, `HOT_MEMORY`, how much of it may be in memory, and `COLD_AFTER`,
/// how long a row stays there that nobody uses.
///
/// @param ttlSeconds 0: for ever
public record TableOptions(int ttlSeconds, StorageOptions storage) {
    private static final String HOT_MEMORY = "HOT_MEMORY";
    private static final String COLD_AFTER = "COLD_AFTER";
    private static final List<String> NAMES = List.of(TtlOption.NAME, HOT_MEMORY, COLD_AFTER);

    /// INVALID_STATEMENT for options that there are not, INVALID_ARGUMENT for values that cannot be.
    static TableOptions of(List<OptionClause> clauses) {
        WithOptions options = new WithOptions(clauses, NAMES);
        SqlNode ttl = options.get(TtlOption.NAME);
        SqlNode hot = options.get(HOT_MEMORY);
        SqlNode cold = options.get(COLD_AFTER);
        return new TableOptions(ttl == null ? 0 : TtlOption.seconds(ttl),
                new StorageOptions(hot == null ? 0 : bytes(hot), cold == null ? 0 : Durations.seconds(COLD_AFTER, cold, "never")));
    }

    private static long bytes(SqlNode value) {
        OptionalLong bytes = switch (value) {
            case SqlCharStringLiteral text -> Sizes.parse(text.getValueAs(String.class));
            case SqlNumericLiteral number -> whole(number.getValueAs(BigDecimal.class));
            default -> OptionalLong.empty();
        };
        if (bytes.isEmpty() || (bytes.getAsLong() != 0 && bytes.getAsLong() < StorageOptions.HOT_BYTES_MIN)) {
            throw WithOptions.at(CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("option", HOT_MEMORY).with("value", value), value)
                    .mend("Write a size such as '64MB' or '2 GB', 1MB at least, or 0 for no budget.");
        }
        return bytes.getAsLong();
    }

    private static OptionalLong whole(BigDecimal number) {
        try {
            return OptionalLong.of(number.longValueExact());
        } catch (ArithmeticException _) {
            return OptionalLong.empty();
        }
    }
}
