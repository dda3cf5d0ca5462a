package org.coconutdb.jdbc.session;

import java.sql.SQLException;
import java.util.Properties;

/// Opens sessions for URLs of one form; found by `ServiceLoader`.
public interface SessionProvider {
    /// Whether the URL is one of this provider's: `jdbc:coconut:mem:name`, `jdbc:coconut:file:dir`.
    boolean accepts(String url);

    /// Opens a session. 08001 where the URL or a property cannot be used, with what would be right.
    Session open(String url, Properties properties) throws SQLException;
}
