package org.coconutdb.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import java.util.logging.Logger;
import org.coconutdb.jdbc.remote.RemoteSession;
import org.coconutdb.jdbc.remote.RemoteUrl;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionProvider;
import org.jspecify.annotations.Nullable;

/// The JDBC driver of CoconutDB, registered by itself through `META-INF/services`.
///
/// | URL | opens |
/// |---|---|
/// | `jdbc:coconut:mem:name` | a database in this process's memory, shared by all connections of that name; without a name, a private one |
/// | `jdbc:coconut:file:directory` | a durable database in a directory, used by this process alone |
/// | `jdbc:coconut://host:port,host:port/schema?property=value` | a server, the first of them that answers |
///
/// The first two need `coconut-sql` on the class path, where the driver finds it by `ServiceLoader`. May be used by any thread.
public final class CoconutDriver implements Driver {
    static final String PREFIX = "jdbc:coconut:";
    static final String FORMS = "jdbc:coconut:mem:name, jdbc:coconut:file:directory or jdbc:coconut://host:port";

    static {
        try {
            DriverManager.registerDriver(new CoconutDriver());
        } catch (SQLException failure) {
            throw new ExceptionInInitializerError(failure);
        }
    }

    @Override
    public @Nullable Connection connect(@Nullable String url, @Nullable Properties properties) throws SQLException {
        if (url == null) {
            throw Failures.cannotConnect("the URL is null: use " + FORMS);
        }
        if (!acceptsURL(url)) {
            return null; // DriverManager then asks the next driver
        }
        return open(url, properties == null ? new Properties() : properties);
    }

    /// Opens a connection; 08001 where the URL is none of ours.
    static CoconutConnection open(@Nullable String url, Properties properties) throws SQLException {
        if (url == null || !hasPrefix(url)) {
            throw Failures.cannotConnect("the URL " + url + " is not one of CoconutDB: use " + FORMS);
        }
        String rest = url.substring(PREFIX.length());
        if (rest.startsWith("//")) {
            RemoteUrl remote = RemoteUrl.parse(url, properties);
            return new CoconutConnection(remote.shown(), remote.user(), RemoteSession.open(remote));
        }
        boolean memory = startsWith(rest, "mem:");
        boolean file = startsWith(rest, "file:");
        boolean member = startsWith(rest, "member:");
        if (!memory && !file && !member) {
            throw Failures.cannotConnect("the URL " + url + " cannot be used: use " + FORMS);
        }
        if (file && rest.substring(rest.indexOf(':') + 1).isBlank()) {
            throw Failures.cannotConnect("the URL names no directory: write jdbc:coconut:file:directory");
        }
        String normalised = PREFIX + rest.substring(0, rest.indexOf(':')).toLowerCase(Locale.ROOT) + rest.substring(rest.indexOf(':'));
        SessionProvider provider = SessionProviders.find(normalised);
        Session session = provider.open(normalised, properties);
        return new CoconutConnection(url, properties.getProperty("user", ""), session);
    }

    /// A connection over a session that is open already, and is closed with it: for those who open sessions themselves.
    public static Connection connection(String url, String user, Session session) throws SQLException {
        return new CoconutConnection(url, user, session);
    }

    private static boolean hasPrefix(String url) {
        return startsWith(url, PREFIX);
    }

    private static boolean startsWith(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    @Override
    public boolean acceptsURL(@Nullable String url) throws SQLException {
        if (url == null) {
            throw Failures.cannotConnect("the URL is null: use " + FORMS);
        }
        return hasPrefix(url);
    }

    /// Those of a server's URL; an embedded database needs none.
    @Override
    public DriverPropertyInfo[] getPropertyInfo(@Nullable String url, @Nullable Properties properties) {
        return url == null || !startsWith(url, PREFIX + "//") ? new DriverPropertyInfo[0]
                : RemoteUrl.describe(properties == null ? new Properties() : properties);
    }

    @Override
    public int getMajorVersion() {
        return DriverVersion.MAJOR;
    }

    @Override
    public int getMinorVersion() {
        return DriverVersion.MINOR;
    }

    /// False: compliance asks for transactions of several statements.
    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    /// The parent of the driver's loggers; the driver itself logs nothing.
    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.coconutdb.jdbc");
    }
}
