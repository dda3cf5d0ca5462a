package org.coconutdb.sql.corpus;

import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/// A value in a query: written out, or a question mark.
///
/// @param value of the class that JDBC takes for its kind, null for NULL
/// @param bare whether its place gives a question mark its type
record Literal(Kind kind, @Nullable Object value, boolean bare) {
    String text(Peer peer) {
        return switch (value) {
            case null -> kind == Kind.CONDITION && peer != Peer.SQLITE ? "CAST(NULL AS BOOLEAN)" : "NULL";
            case String text -> "'" + text.replace("'", "''") + "'";
            case Boolean truth -> truth ? "TRUE" : "FALSE";
            case LocalDate date -> (peer == Peer.SQLITE ? "" : "DATE ") + "'" + date + "'";
            case LocalDateTime time -> (peer == Peer.SQLITE ? "" : "TIMESTAMP ") + "'" + text(time) + "'";
            case Double number -> number.toString().contains("E") ? number.toString() : number + "e0";
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }

    String questionMark(Peer peer) {
        return bare || peer == Peer.SQLITE ? "?" : "CAST(? AS " + kind.type() + ")";
    }

    static String text(LocalDateTime time) {
        String text = Timestamp.valueOf(time).toString();
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
