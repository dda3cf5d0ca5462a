package org.coconutdb.sql.access;

import java.util.List;
import java.util.Set;

/// What can be granted.
public enum Privilege {
    SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, USAGE, CREATE;

    /// Those that can be granted of single columns.
    static final Set<Privilege> OF_COLUMNS = Set.of(SELECT, INSERT, UPDATE, REFERENCES);

    /// Those that an object can have granted: what ALL PRIVILEGES means.
    public static List<Privilege> of(ObjectKind kind) {
        return switch (kind) {
            case TABLE -> List.of(SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES);
            case SEQUENCE -> List.of(USAGE);
            case SCHEMA -> List.of(USAGE, CREATE);
        };
    }

    public boolean isOfColumns() {
        return OF_COLUMNS.contains(this);
    }
}
