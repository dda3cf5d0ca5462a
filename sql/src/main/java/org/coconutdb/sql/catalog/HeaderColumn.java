package org.coconutdb.sql.catalog;

import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// What a table of the meta space shows of each record beside its key, in this order.
public enum HeaderColumn {
    /// What the record is; so far all are rows.
    OBJECT_TYPE(SqlTypeName.VARCHAR, false) {
        @Override
        public Object value(RecordView record) {
            return "ROW";
        }
    },
    /// When the row was inserted.
    CREATED_AT(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, false) {
        @Override
        public Object value(RecordView record) {
            return millis(record.createdAtMicros());
        }
    },
    /// When the row was last written.
    UPDATED_AT(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, false) {
        @Override
        public Object value(RecordView record) {
            return millis(record.updatedAtMicros());
        }
    },
    /// When a lookup last found the row, to about a second.
    READ_AT(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, true) {
        @Override
        public @Nullable Object value(RecordView record) {
            long seconds = record.readAtSeconds();
            return seconds == 0 ? null : seconds * 1_000L;
        }
    },
    /// Place of the row's last commit in the order of all commits.
    COMMIT_TIMESTAMP(SqlTypeName.BIGINT, false) {
        @Override
        public Object value(RecordView record) {
            return record.commitTimestamp();
        }
    },
    /// Where the row lies: in memory or on disk.
    STORAGE(SqlTypeName.VARCHAR, false) {
        @Override
        public Object value(RecordView record) {
            return record.isCold() ? "COLD" : "HOT";
        }
    },
    /// Time to live from the last write on.
    TTL_SECONDS(SqlTypeName.INTEGER, true) {
        @Override
        public @Nullable Object value(RecordView record) {
            return record.ttlSeconds() == 0 ? null : record.ttlSeconds();
        }
    },
    /// When that time is over.
    EXPIRES_AT(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, true) {
        @Override
        public @Nullable Object value(RecordView record) {
            return record.ttlSeconds() == 0 ? null : millis(record.updatedAtMicros() + record.ttlSeconds() * 1_000_000L);
        }
    },
    /// Bytes of the row as it is stored, without its key and header.
    ROW_BYTES(SqlTypeName.INTEGER, false) {
        @Override
        public Object value(RecordView record) {
            return record.rowLength();
        }
    };

    private final SqlTypeName type;
    private final boolean nullable;

    HeaderColumn(SqlTypeName type, boolean nullable) {
        this.type = type;
        this.nullable = nullable;
    }

    /// The column under a name, which differs from the usual one where a column of the key has that.
    ColumnDefinition definition(String name) {
        int precision = type == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE ? CoconutTypeSystem.FRACTION_DIGITS_MAX : -1;
        return new ColumnDefinition(name, type, precision, 0, nullable);
    }

    /// The column of a record, in Calcite's internal representation.
    public abstract @Nullable Object value(RecordView record);

    private static long millis(long micros) {
        return Math.floorDiv(micros, 1_000L);
    }
}
