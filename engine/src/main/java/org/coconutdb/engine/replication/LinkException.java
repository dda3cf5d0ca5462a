package org.coconutdb.engine.replication;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// No answer came from a host.
final class LinkException extends Exception {
    private static final long serialVersionUID = 1;

    private final int host;
    private final boolean isSurelyNotSent;

    LinkException(int host, boolean isSurelyNotSent, String why, @Nullable Throwable cause) {
        super(why, cause);
        this.host = host;
        this.isSurelyNotSent = isSurelyNotSent;
    }

    /// Whether the question has surely not left this host; else it may have been answered.
    boolean isSurelyNotSent() {
        return isSurelyNotSent;
    }

    CoconutException toCoconut() {
        return CoconutException.of(ErrorCode.HOST_UNREACHABLE, this)
                .with("host", host)
                .with("reason", String.valueOf(getMessage()))
                .with("sent", !isSurelyNotSent)
                .mend("See that the host runs, and that its port can be reached from here.");
    }
}
