package org.coconutdb.cli.shell;

import java.util.Properties;

/// Who logs in to a database.
///
/// @param user empty: nobody, or who stands in the URL
public record Login(String user, String password) {
    public static final Login NONE = new Login("", "");

    public Properties properties() {
        Properties properties = new Properties();
        if (!user.isEmpty()) {
            properties.setProperty("user", user);
            properties.setProperty("password", password);
        }
        return properties;
    }

    /// Without the secret.
    @Override
    public String toString() {
        return user;
    }
}
