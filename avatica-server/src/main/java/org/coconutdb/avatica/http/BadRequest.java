package org.coconutdb.avatica.http;

import java.util.List;

/// A request that cannot be read: the socket is closed behind the answer, as nobody knows where the next one would begin.
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String[] headers;

    /// @param headers that go with the answer, whole lines
    BadRequest(int status, String sentence, String... headers) {
        super(sentence);
        this.status = status;
        this.headers = headers;
    }

    List<String> headers() {
        return List.of(headers);
    }

    int status() {
        return status;
    }
}
