package org.coconutdb.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// `java.sql.Wrapper` for objects that wrap nothing but themselves.
final class Wrappers {
    private Wrappers() {}

    static <T> T unwrap(Object self, @Nullable Class<T> type) throws SQLException {
        if (isWrapperFor(self, type) && type != null) {
            return type.cast(self);
        }
        throw Failures.invalidArgument(self.getClass().getName() + " wraps no " + (type == null ? "null" : type.getName()));
    }

    static boolean isWrapperFor(Object self, @Nullable Class<?> type) throws SQLException {
        if (type == null) {
            throw Failures.invalidArgument("the type to unwrap is null");
        }
        return type.isInstance(self);
    }
}
