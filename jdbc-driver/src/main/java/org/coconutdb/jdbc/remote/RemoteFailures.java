package org.coconutdb.jdbc.remote;

import java.io.IOException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/// What goes wrong between the driver and a server.
final class RemoteFailures {
    private RemoteFailures() {}

    /// 08001: no host could be connected to; nothing was done.
    static SQLException unreachable(String hosts, @Nullable Throwable cause) {
        return new SQLNonTransientConnectionException("no server could be reached: " + hosts, "08001", cause);
    }

    /// 08006: the same, of a session that was open; nothing was done.
    static SQLException gone(String hosts, @Nullable Throwable cause) {
        return new SQLTransientConnectionException(
                "the server is gone, and no other could be reached: " + hosts + ". Nothing of the statement was done: run it again later.",
                "08006", cause);
    }

    /// 08006: what was being read is lost; nothing was changed.
    static SQLException readingLost(@Nullable Throwable cause) {
        return new SQLTransientConnectionException(
                "the connection to the server was lost while rows were read. Nothing was changed: run the query again.", "08006", cause);
    }

    /// 40001: the transaction is gone with its connection; nothing of it has happened.
    static SQLException transactionLost(@Nullable Throwable cause) {
        return new SQLTransactionRollbackException(
                "the connection to the server was lost in a transaction. Nothing of it has happened: run the transaction again.", "40001",
                cause);
    }

    /// 08007: it may have happened, or not.
    static SQLException outcomeUnknown(Throwable cause) {
        return new SQLException("the connection to the server was lost while it worked: what was asked may have happened, or not ("
                + reason(cause) + "). Read the rows before trying again.", "08007", cause);
    }

    /// 08P01: what came is no message.
    static SQLException malformed(Throwable cause) {
        return new SQLNonTransientConnectionException(
                "what answers is no CoconutDB server of this protocol: " + cause.getMessage(), "08P01", cause);
    }

    /// What an answer means that is none of the protocol's: something between has answered, or the server before it looked at the request.
    static SQLException refused(int status, String text) {
        String told = text.isBlank() ? "HTTP status " + status : text.strip();
        return switch (status) {
            case 401, 403 -> new SQLInvalidAuthorizationSpecException(told, "28000");
            case 413 -> new SQLException(told, "54000");
            case 503 -> new SQLTransientConnectionException(told, "08004");
            default -> new SQLNonTransientConnectionException("the server refused the request: " + told, "08P01");
        };
    }

    /// 28000: what answers as the server may be another.
    static SQLException unproven(String server) {
        return new SQLInvalidAuthorizationSpecException(KerberosLogin.unproven(server), "28000");
    }

    /// 22023: this process cannot show points on the time line in it.
    static SQLException unknownZone(String name) {
        return new SQLDataException("the session's time zone is " + name
                + ", which this Java does not know: SET TIME ZONE to another, or use a newer Java.", "22023");
    }

    static SQLException closed() {
        return new SQLNonTransientConnectionException("the connection is closed: open another", "08003");
    }

    static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : failure instanceof IOException ? message : failure.toString();
    }
}
