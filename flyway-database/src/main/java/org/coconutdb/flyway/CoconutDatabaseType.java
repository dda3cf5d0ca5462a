package org.coconutdb.flyway;

import java.sql.Connection;
import java.sql.Types;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.database.base.BaseDatabaseType;
import org.flywaydb.core.internal.database.base.Database;
import org.flywaydb.core.internal.jdbc.JdbcConnectionFactory;
import org.flywaydb.core.internal.jdbc.StatementInterceptor;
import org.flywaydb.core.internal.parser.Parser;
import org.flywaydb.core.internal.parser.ParsingContext;

/// Knows a CoconutDB by its URL and its product name. Found by `ServiceLoader`, which needs it public.
public final class CoconutDatabaseType extends BaseDatabaseType {
    @Override
    public String getName() {
        return "CoconutDB";
    }

    @Override
    public int getNullType() {
        return Types.NULL;
    }

    @Override
    public boolean handlesJDBCUrl(String url) {
        return url.startsWith("jdbc:coconut:");
    }

    @Override
    public String getDriverClass(String url, ClassLoader loader) {
        return "org.coconutdb.jdbc.CoconutDriver";
    }

    @Override
    public boolean handlesDatabaseProductNameAndVersion(String product, String version, Connection connection) {
        return product.startsWith("CoconutDB");
    }

    @Override
    public Database<?> createDatabase(Configuration configuration, JdbcConnectionFactory connections, StatementInterceptor interceptor) {
        return new CoconutDatabase(configuration, connections, interceptor);
    }

    @Override
    public Parser createParser(Configuration configuration, ResourceProvider resources, ParsingContext context) {
        return new CoconutParser(configuration, context);
    }
}
