package org.coconutdb.sql.session;

import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionProvider;
import org.coconutdb.sql.access.Role;
import org.coconutdb.sql.access.Roles;

/// Sessions on databases in this process: `jdbc:coconut:mem:name` and `jdbc:coconut:file:directory`.
public final class EmbeddedProvider implements SessionProvider {
    /// Names of the properties that a database is opened with: all but those of a single session.
    public static List<String> databaseProperties() {
        return ConnectionUrl.ofDatabase();
    }

    @Override
    public boolean accepts(String url) {
        return ConnectionUrl.accepts(url);
    }

    @Override
    public Session open(String url, Properties properties) throws SQLException {
        try {
            ConnectionUrl parsed = ConnectionUrl.parse(url, properties);
            Databases.Share share = Databases.instance().open(parsed);
            try {
                Roles roles = share.database().catalog().snapshot().access().roles();
                Credentials credentials = parsed.credentials();
                // Where there are no users, names that programs give out of habit mean nothing.
                Role login = credentials == null || !roles.hasUsers() ? null : credentials.verify(roles);
                return new EmbeddedSession(share, login, parsed);
            } catch (Throwable failure) {
                share.close();
                throw failure;
            }
        } catch (RuntimeException | Error failure) {
            throw SqlErrors.of(failure, null);
        }
    }
}
