package org.coconutdb.sql.session;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.parser.AccessAction;

/// A statement about roles, owners or privileges. Who may run it is asked when it runs, by the roles that there are then. Audited.
///
/// @param schema of names without one
record AccessStatement(AccessAction action, String schema) implements CompiledStatement.Definition {
    @Override
    public void run(Database database, ExecutionSignal signal) {
        Viewer by = signal.viewer();
        try {
            database.catalog().changeAccess(by, action, schema);
        } catch (CoconutException failure) {
            database.audit().note("access change refused", by.role(), AccessText.of(action) + ": " + failure.code(), "");
            throw failure;
        }
        database.audit().note("access changed", by.role(), AccessText.of(action), "");
    }
}
