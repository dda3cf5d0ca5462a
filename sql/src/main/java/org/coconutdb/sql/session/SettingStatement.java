package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.parser.SessionSetting;

/// SET of something of the session.
record SettingStatement(SessionSetting setting) implements CompiledStatement {
    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return List.of();
    }
}
