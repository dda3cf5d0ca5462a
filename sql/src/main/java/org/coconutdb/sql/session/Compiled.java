package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.sql.access.Need;

/// A compiled statement, and what one must be allowed to run it. Immutable; any thread.
///
/// @param isSecret whether its text is told to nobody: it has, or may have, a password
record Compiled(CompiledStatement statement, List<Need> needs, boolean isSecret) {
    Compiled {
        needs = List.copyOf(needs);
    }
}
