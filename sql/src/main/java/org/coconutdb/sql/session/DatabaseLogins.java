package org.coconutdb.sql.session;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.sql.access.DigestKey;
import org.coconutdb.sql.access.Role;
import org.coconutdb.sql.access.Roles;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.parser.AccessAction;
import org.jspecify.annotations.Nullable;

/// Who can log in to a database in this process, for what serves it to others. Keeps the database open until it is closed. Any thread.
public final class DatabaseLogins implements AutoCloseable {
    /// A user who has logged in, by the password that it had then.
    ///
    /// @param user as the database knows it
    /// @param stamp of that password
    public record Login(String user, long stamp) {}

    private final String url;
    private final Databases.Share share;
    private final ServedCluster cluster;

    private DatabaseLogins(String url, Databases.Share share) {
        this.url = url;
        this.share = share;
        this.cluster = new ServedCluster(share.database().engine());
    }

    /// Opens the database; URL and properties as those of [EmbeddedProvider#open].
    public static DatabaseLogins open(String url, Properties properties) throws SQLException {
        return telling(() -> new DatabaseLogins(url, Databases.instance().open(ConnectionUrl.parse(url, properties))));
    }

    private static <T> T telling(Supplier<T> work) throws SQLException {
        try {
            return work.get();
        } catch (RuntimeException | Error failure) {
            throw SqlErrors.of(failure, null);
        }
    }

    private Catalog catalog() {
        return share.database().catalog();
    }

    private Roles roles() {
        return catalog().snapshot().access().roles();
    }

    /// The cluster that the database may be a host of.
    public ServedCluster cluster() {
        return cluster;
    }

    /// Whether anybody can log in.
    public boolean hasUsers() {
        return roles().hasUsers();
    }

    /// Makes a user who may do everything.
    ///
    /// @param user read as SQL reads a name
    public void createAdmin(String user, String password) throws SQLException {
        SqlIdentifier name = new SqlIdentifier(Credentials.name(user), SqlParserPos.ZERO);
        SqlIdentifier admin = new SqlIdentifier(Roles.ADMIN, SqlParserPos.ZERO);
        boolean _ = telling(() -> {
            catalog().changeAccess(Viewer.OWNER, new AccessAction.CreateRole(name, true, false, password, false), "PUBLIC");
            catalog().changeAccess(Viewer.OWNER, new AccessAction.Memberships(true, List.of(admin), List.of(name), false),
                    "PUBLIC");
            return true;
        });
        audit("access changed", null, "CREATE USER " + name + "; GRANT ADMIN TO " + name, "");
    }

    /// 28P01 where they are wrong. Takes some 50 ms of a core, whatever is wrong.
    public Login logIn(String user, String password) throws SQLException {
        return telling(() -> {
            Role role = new Credentials(user, password).verify(roles());
            return new Login(role.name(), role.stamp());
        });
    }

    /// A user whom DIGEST knows, and what the user's client proves to have.
    ///
    /// @param key SHA-256 of user, realm and password, in hexadecimal
    public record Digest(Login login, String key) {}

    /// The realm of [Digest].
    public static String digestRealm() {
        return DigestKey.REALM;
    }

    /// In hexadecimal.
    public static String sha256(String text) {
        return DigestKey.sha256(text);
    }

    /// Whether DIGEST knows anybody.
    public boolean hasDigests() {
        return roles().hasDigests();
    }

    /// Empty where DIGEST does not know the user.
    ///
    /// @param user as the client has written it
    public Optional<Digest> digest(String user) {
        return roles().find(name(user)).flatMap(role -> Optional.ofNullable(role.digestKey(user)).map(key -> new Digest(new Login(role
                .name(), role.stamp()), key)));
    }

    /// The login of a user whom something else has verified. 28000 where there is no such user.
    ///
    /// @param user in any case; users whose names have small letters are not found
    public Login logInVerified(String user) throws SQLException {
        return telling(() -> {
            Role role = roles().find(user.toUpperCase(Locale.ROOT)).filter(Role::isUser).orElseThrow(() -> CoconutException.of(
                    ErrorCode.INVALID_AUTHORIZATION)
                    .with("user", user)
                    .mend("This database has no user of the name: CREATE USER makes one, without a password if there is to be none."));
            return new Login(role.name(), role.stamp());
        });
    }

    /// A user's name as the database knows it.
    public static String name(String written) {
        return Credentials.name(written);
    }

    /// Whether the user is there, and has the password that it had.
    public boolean isCurrent(Login login) {
        return roles().find(login.user()).map(Role::stamp).orElse(-1L) == login.stamp();
    }

    /// A session of whoever logged in. 28000 where the login is no longer good.
    ///
    /// @param login null: the database's owner, who may do everything
    public Session open(@Nullable Login login, Properties properties) throws SQLException {
        return telling(() -> {
            Role role = null;
            if (login != null) {
                role = roles().find(login.user()).filter(found -> found.stamp() == login.stamp()).orElse(null);
                if (role == null) {
                    throw noLonger(login);
                }
            }
            ConnectionUrl parsed = ConnectionUrl.parse(url, properties);
            Databases.Share own = Databases.instance().open(parsed);
            try {
                return new EmbeddedSession(own, role, parsed);
            } catch (Throwable failure) {
                own.close();
                throw failure;
            }
        });
    }

    private static CoconutException noLonger(Login login) {
        return CoconutException.of(ErrorCode.INVALID_AUTHORIZATION)
                .with("user", login.user())
                .mend("The user was dropped, or has another password by now: log in again.");
    }

    /// Logs an event, and keeps it for SYSTEM.AUDIT.
    ///
    /// @param user null: the database's owner
    /// @param address of the client
    public void audit(String event, @Nullable String user, String detail, String address) {
        share.database().audit().note(event, user, detail, address);
    }

    @Override
    public void close() throws SQLException {
        boolean _ = telling(() -> {
            share.close();
            return true;
        });
    }
}
