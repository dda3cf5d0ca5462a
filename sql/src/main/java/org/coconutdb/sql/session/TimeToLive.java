package org.coconutdb.sql.session;

import java.time.ZoneOffset;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.TtlOption;
import org.jspecify.annotations.Nullable;

/// The time to live of the rows that a statement writes.
///
/// @param constant seconds, 0 for ever, [#KEEP_SECONDS]
/// @param parameter index of the question mark that gives them instead; -1 for none
record TimeToLive(int constant, int parameter) {
    /// In place of seconds: as the row has it.
    static final int KEEP_SECONDS = Write.KEEP_TTL;
    /// Rows that are changed keep theirs.
    static final TimeToLive KEEP = new TimeToLive(KEEP_SECONDS, -1);

    private static final ColumnDefinition COLUMN = new ColumnDefinition("TTL", SqlTypeName.BIGINT, -1, 0, true);

    static TimeToLive ofSeconds(int seconds) {
        return new TimeToLive(seconds, -1);
    }

    /// What WITH (TTL = …) of a statement says.
    ///
    /// @param infos gets the question mark's, where it is one
    static TimeToLive of(SqlNode value, @Nullable ColumnInfo[] infos) {
        if (value instanceof SqlDynamicParam mark) {
            infos[mark.getIndex()] = ColumnInfos.parameter(mark.getIndex(), COLUMN);
            return new TimeToLive(0, mark.getIndex());
        }
        return ofSeconds(TtlOption.seconds(value));
    }

    /// The seconds in one execution.
    int seconds(@Nullable Object[] values) {
        if (parameter < 0) {
            return constant;
        }
        Object stored = StorageValues.of(COLUMN, values[parameter], ZoneOffset.UTC);
        if (stored == null) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("option", COLUMN.name())
                    .with("value", "NULL")
                    .mend("Give seconds; 0 means that the row never expires.");
        }
        return TtlOption.requireWithin((Long) stored);
    }
}
