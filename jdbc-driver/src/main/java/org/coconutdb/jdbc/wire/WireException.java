package org.coconutdb.jdbc.wire;

/// Bytes that are no message: cut, with a length beyond their end, or of an unknown kind.
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message);
    }
}
