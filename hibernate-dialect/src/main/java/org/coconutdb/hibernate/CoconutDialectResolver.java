package org.coconutdb.hibernate;

import org.hibernate.dialect.Dialect;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolutionInfo;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolver;
import org.jspecify.annotations.Nullable;

/// Knows a CoconutDB by its product name. Found by `ServiceLoader`, which needs it public.
public final class CoconutDialectResolver implements DialectResolver {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable Dialect resolveDialect(DialectResolutionInfo info) {
        return "CoconutDB".equals(info.getDatabaseName()) ? new CoconutDialect(info) : null;
    }
}
