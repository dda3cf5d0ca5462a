package org.coconutdb.avatica.connection;

import java.time.Duration;

/// Bounds of what a server keeps.
///
/// @param connections that are open at once; one more is refused with 53300
/// @param statements of a connection that are open at once; one more is refused with 53400
/// @param pageBytes of rows that are sent at once, before the last of them
/// @param pageRows the same in rows
/// @param idle how long nobody may use a connection before it is closed and its transaction rolled back
public record ConnectionLimits(int connections, int statements, int pageBytes, int pageRows, Duration idle) {
    public ConnectionLimits {
        if (connections < 1 || statements < 1 || pageBytes < 1 || pageRows < 1 || idle.toMillis() < 1) {
            throw new IllegalArgumentException("limits of connections must be above 0");
        }
    }
}
