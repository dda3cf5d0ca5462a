package org.coconutdb.avatica.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// What a request says of whom it is from, and what that came to: some of it can be verified once only, and it is asked for before a large body is read
/// and again when all is there. Of one request; its socket's thread.
public final class HttpCredentials {
    private final @Nullable String authorization;
    private final @Nullable String cookie;
    private final InetAddress from;
    private @Nullable Object outcome;

    /// @param authorization the header of that name
    /// @param cookie the header of that name; several are one, with semicolons between
    /// @param from the other side's address
    public HttpCredentials(@Nullable String authorization, @Nullable String cookie, InetAddress from) {
        this.authorization = authorization;
        this.cookie = cookie;
        this.from = from;
    }

    public @Nullable String authorization() {
        return authorization;
    }

    public InetAddress from() {
        return from;
    }

    /// A cookie's value; null where there is none of that name.
    public @Nullable String cookie(String name) {
        String all = cookie;
        if (all == null) {
            return null;
        }
        for (String pair : all.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                return pair.substring(equals + 1).strip();
            }
        }
        return null;
    }

    /// What they came to when they were looked at before; null: they were not.
    public @Nullable Object outcome() {
        return outcome;
    }

    public void setOutcome(Object found) {
        outcome = found;
    }

    /// Without what is secret.
    @Override
    public String toString() {
        return from.getHostAddress();
    }
}
