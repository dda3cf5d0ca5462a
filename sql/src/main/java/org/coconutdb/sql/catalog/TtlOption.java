package org.coconutdb.sql.catalog;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.coconutdb.sql.parser.OptionClause;
import org.jspecify.annotations.Nullable;

/// The option `TTL`, of tables and of statements that write rows: time to live.
public final class TtlOption {
    public static final int SECONDS_MAX = Durations.SECONDS_MAX;

    static final String NAME = "TTL";
    static final String EXAMPLE = "WITH (TTL = 60)";
    private static final String NEVER = "never expires";

    private TtlOption() {}

    /// What a statement's WITH (…) gives it, null where there is none. INVALID_STATEMENT for any other option.
    public static @Nullable SqlNode of(List<OptionClause> options) {
        return new WithOptions(options, List.of(NAME)).get(NAME);
    }

    /// The seconds that a number or an interval gives. INVALID_ARGUMENT where they are out of bounds, or it is something else.
    public static int seconds(SqlNode value) {
        return Durations.seconds(NAME, value, NEVER);
    }

    /// The seconds as they are. INVALID_ARGUMENT where they are out of bounds.
    public static int requireWithin(long seconds) {
        return Durations.requireWithin(NAME, seconds, NEVER);
    }
}
