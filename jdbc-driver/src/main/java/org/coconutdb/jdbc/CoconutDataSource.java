package org.coconutdb.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A data source for one URL, set by bean properties. Each call opens a connection: pools go on top.
///
/// Set it up in one thread; then any thread may ask it for connections.
public final class CoconutDataSource implements DataSource {
    private volatile @Nullable String url;
    private volatile String user = "";
    private volatile String password = "";
    private volatile @Nullable PrintWriter logWriter;
    private volatile int loginTimeoutSeconds;

    public CoconutDataSource() {}

    public CoconutDataSource(String url) {
        setUrl(url);
    }

    /// One of the forms that [CoconutDriver] lists.
    public void setUrl(String url) {
        this.url = Objects.requireNonNull(url, "url");
    }

    public @Nullable String getUrl() {
        return url;
    }

    public void setUser(@Nullable String user) {
        this.user = user == null ? "" : user;
    }

    public String getUser() {
        return user;
    }

    public void setPassword(@Nullable String password) {
        this.password = password == null ? "" : password;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(user, password);
    }

    @Override
    public Connection getConnection(@Nullable String username, @Nullable String secret) throws SQLException {
        String target = url;
        if (target == null) {
            throw Failures.cannotConnect("the data source has no URL: call setUrl with " + CoconutDriver.FORMS);
        }
        Properties properties = new Properties();
        if (username != null && !username.isEmpty()) {
            properties.setProperty("user", username);
        }
        if (secret != null && !secret.isEmpty()) {
            properties.setProperty("password", secret);
        }
        if (loginTimeoutSeconds > 0 && target.startsWith(CoconutDriver.PREFIX + "//")) {
            properties.setProperty("connect.timeout", loginTimeoutSeconds + "s");
        }
        return CoconutDriver.open(target, properties);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return logWriter;
    }

    /// Kept, and not written to: the driver logs nothing.
    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        logWriter = out;
    }

    /// How long to wait for each host of a server's URL, where the URL does not say so itself. Without effect for an embedded database.
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        if (seconds < 0) {
            throw Failures.invalidArgument("the login timeout must be 0 or more seconds, was " + seconds);
        }
        loginTimeoutSeconds = seconds;
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeoutSeconds;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.coconutdb.jdbc");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Wrappers.unwrap(this, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return Wrappers.isWrapperFor(this, type);
    }
}
