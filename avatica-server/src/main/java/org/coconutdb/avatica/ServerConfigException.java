package org.coconutdb.avatica;

/// A configuration that cannot be used; the message names the key and what would be right.
public final class ServerConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ServerConfigException(String message) {
        super(message);
    }
}
