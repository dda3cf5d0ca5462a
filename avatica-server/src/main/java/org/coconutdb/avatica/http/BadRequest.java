package org.coconutdb.avatica.http;

/// A request that cannot be read: the socket is closed behind the answer, as nobody knows where the next one would begin.
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    BadRequest(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    int status() {
        return status;
    }
}
