package org.coconutdb.jdbc;

import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLSyntaxErrorException;
import org.jspecify.annotations.Nullable;

/// The driver's own errors: one method for each SQLSTATE, of the `SQLException` subclass that JDBC wants for it.
final class Failures {
    private Failures() {}

    /// 0A000: what CoconutDB, or this kind of object, does not do.
    static SQLFeatureNotSupportedException notSupported(String sentence) {
        return new SQLFeatureNotSupportedException(sentence, "0A000");
    }

    /// 08001: a URL that cannot be used.
    static SQLNonTransientConnectionException cannotConnect(String sentence) {
        return new SQLNonTransientConnectionException(sentence, "08001");
    }

    static SQLNonTransientConnectionException cannotConnect(String sentence, Throwable cause) {
        return new SQLNonTransientConnectionException(sentence, "08001", cause);
    }

    /// 08003.
    static SQLNonTransientConnectionException connectionClosed() {
        return new SQLNonTransientConnectionException("the connection is closed: open another", "08003");
    }

    /// 24000: a closed statement or result set, or a result set that stands on no row.
    static SQLException invalidState(String sentence) {
        return new SQLException(sentence, "24000");
    }

    /// 07001: parameters without a value.
    static SQLException missingParameters(String sentence) {
        return new SQLException(sentence, "07001");
    }

    /// 07009: a column or parameter number outside the statement's.
    static SQLException invalidIndex(String sentence) {
        return new SQLException(sentence, "07009");
    }

    /// 07005: `executeQuery` for a statement that answers no rows, `executeUpdate` for one that does.
    static SQLException wrongKindOfStatement(String sentence) {
        return new SQLException(sentence, "07005");
    }

    /// 42703: no column with this label.
    static SQLSyntaxErrorException noSuchColumn(@Nullable String label) {
        return new SQLSyntaxErrorException("the result has no column " + label, "42703");
    }

    /// 42704: the name of a type that there is not.
    static SQLSyntaxErrorException noSuchType(String sentence) {
        return new SQLSyntaxErrorException(sentence, "42704");
    }

    /// 22002: NULL where the caller's type has no value for it.
    static SQLDataException noValueForNull(String sentence) {
        return new SQLDataException(sentence, "22002");
    }

    /// 22023: an argument outside its bounds.
    static SQLDataException invalidArgument(String sentence) {
        return new SQLDataException(sentence, "22023");
    }

    /// 22003: a number that the asked type cannot hold.
    static SQLDataException outOfRange(Object value, String type) {
        return new SQLDataException(shortened(value) + " does not fit " + type, "22003");
    }

    /// 22018: a string that does not read as the asked type.
    static SQLDataException unreadable(Object value, String type) {
        return new SQLDataException("'" + shortened(value) + "' cannot be read as " + type, "22018");
    }

    /// 22007: a string that does not read as a date or time.
    static SQLDataException unreadableDateTime(Object value, String type, String example) {
        return new SQLDataException("'" + shortened(value) + "' cannot be read as " + type + ": write it like " + example, "22007");
    }

    /// 07006: no conversion between the two types.
    static SQLException noConversion(String from, String to) {
        return new SQLException("there is no conversion from " + from + " to " + to, "07006");
    }

    /// 25000: commit, rollback or a savepoint while every statement commits by itself.
    static SQLException autocommit(String method) {
        return new SQLException(method + "() while autocommit is on: each statement commits by itself. Call setAutoCommit(false) first",
                "25000");
    }

    /// 3B001: a savepoint that is not one of the connection's.
    static SQLException noSuchSavepoint(String sentence) {
        return new SQLException(sentence, "3B001");
    }

    /// 58030: a stream that was handed in as a parameter, or a locator, failed.
    static SQLException ioFailed(String sentence, Throwable cause) {
        return new SQLException(sentence, "58030", cause);
    }

    // A message is for people: a value of a megabyte would bury it.
    private static String shortened(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 80 ? text : text.substring(0, 77) + "…";
    }
}
