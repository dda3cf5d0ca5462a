package org.coconutdb.sql.session;

import java.time.ZoneId;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.ReadPolicy;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.parser.SessionSetting;

/// What a session has been told to do by default. One thread.
final class SessionSettings {
    private final Catalog catalog;
    private final ZoneId firstTimeZone;
    private String schema;
    // Other threads may ask for it.
    private volatile ZoneId timeZone;
    private final ReadPolicy firstReads;
    private ReadPolicy reads;

    /// UNDEFINED_SCHEMA.
    SessionSettings(Catalog catalog, String schema, ZoneId timeZone, ReadPolicy reads) {
        this.catalog = catalog;
        this.schema = known(schema);
        this.firstTimeZone = timeZone;
        this.timeZone = timeZone;
        this.firstReads = reads;
        this.reads = reads;
    }

    private String known(String name) {
        if (!catalog.snapshot().schemas().contains(name)) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SCHEMA)
                    .with("schema", name)
                    .mend("Schemas are " + String.join(", ", catalog.snapshot().schemas()) + ".");
        }
        return name;
    }

    /// Where names without a schema are looked up.
    String schema() {
        return schema;
    }

    /// In which clocks are read.
    ZoneId timeZone() {
        return timeZone;
    }

    /// On what reads of a replicated database rest.
    ReadPolicy reads() {
        return reads;
    }

    void apply(SessionSetting setting) {
        switch (setting) {
            case SessionSetting.Schema(String name) -> schema = known(name);
            case SessionSetting.TimeZone(ZoneId zone) -> timeZone = zone == null ? firstTimeZone : zone;
            case SessionSetting.Read(ReadPolicy policy) -> reads = policy == null ? firstReads : policy;
        }
    }
}
