package org.coconutdb.jdbc.wire;

import java.sql.BatchUpdateException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Failures as messages: class, SQLSTATE, vendor code, text and, of a batch, counts and what ended it. No stack traces, and no classes that
/// the other side does not have.
public final class WireFailures {
    private static final int KIND = 1;
    private static final int SQL_STATE = 2;
    private static final int VENDOR_CODE = 3;
    private static final int MESSAGE = 4;
    private static final int COUNT = 5;
    private static final int CAUSE = 6;
    private static final int DEPTH_MAX = 4;

    private static final int PLAIN = 0;
    private static final int DATA = 1;
    private static final int INTEGRITY = 2;
    private static final int SYNTAX = 3;
    private static final int NOT_SUPPORTED = 4;
    private static final int ROLLBACK = 5;
    private static final int TRANSIENT = 6;
    private static final int CONNECTION = 7;
    private static final int TIMEOUT = 8;
    private static final int BATCH = 9;

    private WireFailures() {}

    public static void write(WireWriter out, int field, SQLException failure) {
        out.message(field, message(failure, 0));
    }

    private static WireWriter message(SQLException failure, int depth) {
        WireWriter inner = new WireWriter();
        inner.number(KIND, kind(failure));
        inner.text(SQL_STATE, failure.getSQLState());
        inner.signed(VENDOR_CODE, failure.getErrorCode());
        inner.text(MESSAGE, failure.getMessage());
        if (failure instanceof BatchUpdateException batch) {
            for (long count : batch.getLargeUpdateCounts()) {
                // Counts are -3 and more; a field of 0 would be left out.
                inner.number(COUNT, count + 4);
            }
            if (batch.getCause() instanceof SQLException cause && depth < DEPTH_MAX) {
                inner.message(CAUSE, message(cause, depth + 1));
            }
        }
        return inner;
    }

    private static int kind(SQLException failure) {
        if (failure instanceof BatchUpdateException) {
            return BATCH;
        } else if (failure instanceof SQLTimeoutException) {
            return TIMEOUT;
        } else if (failure instanceof SQLTransactionRollbackException) {
            return ROLLBACK;
        } else if (failure instanceof SQLTransientException) {
            return TRANSIENT;
        } else if (failure instanceof SQLDataException) {
            return DATA;
        } else if (failure instanceof SQLIntegrityConstraintViolationException) {
            return INTEGRITY;
        } else if (failure instanceof SQLSyntaxErrorException) {
            return SYNTAX;
        } else if (failure instanceof SQLFeatureNotSupportedException) {
            return NOT_SUPPORTED;
        } else if (failure instanceof SQLNonTransientConnectionException) {
            return CONNECTION;
        }
        return PLAIN;
    }

    public static SQLException read(WireReader in) {
        return read(in, 0);
    }

    private static SQLException read(WireReader in, int depth) {
        int kind = PLAIN;
        String state = null;
        int code = 0;
        String message = "";
        List<Long> counts = new ArrayList<>();
        SQLException cause = null;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case KIND -> kind = in.count();
                case SQL_STATE -> state = in.text();
                case VENDOR_CODE -> code = (int) in.signed();
                case MESSAGE -> message = in.text();
                case COUNT -> counts.add(in.number() - 4);
                case CAUSE -> {
                    if (depth > DEPTH_MAX) {
                        throw new WireException("a failure of failures of failures");
                    }
                    cause = read(in.message(), depth + 1);
                }
                default -> in.skip();
            }
        }
        return failure(kind, message, state, code, counts.stream().mapToLong(Long::longValue).toArray(), cause);
    }

    private static SQLException failure(
            int kind,
            String message,
            @Nullable String state,
            int code,
            long[] counts,
            @Nullable SQLException cause) {
        return switch (kind) {
            case DATA -> new SQLDataException(message, state, code);
            case INTEGRITY -> new SQLIntegrityConstraintViolationException(message, state, code);
            case SYNTAX -> new SQLSyntaxErrorException(message, state, code);
            case NOT_SUPPORTED -> new SQLFeatureNotSupportedException(message, state, code);
            case ROLLBACK -> new SQLTransactionRollbackException(message, state, code);
            case TRANSIENT -> new SQLTransientException(message, state, code);
            case CONNECTION -> new SQLNonTransientConnectionException(message, state, code);
            case TIMEOUT -> new SQLTimeoutException(message, state, code);
            case BATCH -> new BatchUpdateException(message, state, code, counts, cause);
            default -> new SQLException(message, state, code);
        };
    }
}
