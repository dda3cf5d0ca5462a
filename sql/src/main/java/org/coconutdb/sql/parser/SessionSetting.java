package org.coconutdb.sql.parser;

/// What SET says of a session.
public sealed interface SessionSetting {
    /// SET SCHEMA: where names without a schema are looked up from now on.
    record Schema(String name) implements SessionSetting {}
}
