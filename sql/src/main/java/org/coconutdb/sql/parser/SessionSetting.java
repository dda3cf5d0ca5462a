package org.coconutdb.sql.parser;

import java.time.ZoneId;
import org.coconutdb.engine.transaction.ReadPolicy;
import org.jspecify.annotations.Nullable;

/// What SET says of a session.
public sealed interface SessionSetting {
    /// SET SCHEMA: where names without a schema are looked up from now on.
    record Schema(String name) implements SessionSetting {}

    /// SET TIME ZONE: in which clocks are read from now on.
    ///
    /// @param zone null: the one that the session began with
    record TimeZone(@Nullable ZoneId zone) implements SessionSetting {}

    /// SET READ: on what reads of a replicated database rest from now on.
    ///
    /// @param policy null: the one that the session began with
    record Read(@Nullable ReadPolicy policy) implements SessionSetting {}
}
