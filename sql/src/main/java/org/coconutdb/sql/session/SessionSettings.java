package org.coconutdb.sql.session;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.parser.SessionSetting;

/// What a session has been told to do by default. One thread.
final class SessionSettings {
    private final Catalog catalog;
    private String schema;

    /// UNDEFINED_SCHEMA.
    SessionSettings(Catalog catalog, String schema) {
        this.catalog = catalog;
        this.schema = known(schema);
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

    void apply(SessionSetting setting) {
        if (setting instanceof SessionSetting.Schema(String name)) {
            schema = known(name);
        }
    }
}
