package org.coconutdb.sql.session;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.Role;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.jspecify.annotations.Nullable;

/// Whose a session is. One thread.
final class SessionUser {
    private final Catalog catalog;
    private final @Nullable Role login;
    private Viewer viewer = Viewer.OWNER;
    private long version = -1;

    /// @param login the role as it was when it logged in; null: the database's owner
    SessionUser(Catalog catalog, @Nullable Role login) {
        this.catalog = catalog;
        this.login = login;
    }

    /// Null: the database's owner.
    @Nullable
    String name() {
        return login == null ? null : login.name();
    }

    /// With what it may do now. INVALID_AUTHORIZATION where it was dropped, or has another password than the one that it logged in with.
    Viewer viewer() {
        if (login == null) {
            return Viewer.OWNER;
        }
        CatalogSnapshot now = catalog.snapshot();
        if (now.version() != version) {
            Viewer current = now.access().viewer(login.name());
            if (now.access().roles().find(login.name()).map(Role::stamp).orElse(-1L) != login.stamp()) {
                throw CoconutException.of(ErrorCode.INVALID_AUTHORIZATION)
                        .with("user", login.name())
                        .mend("The user has another password by now: log in again.");
            }
            viewer = current;
            version = now.version();
        }
        return viewer;
    }
}
