package org.coconutdb.sql.corpus;

import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/// A value in a query: written out, or a question mark.
///
/// @param value of the class that JDBC takes for its kind, null for NULL
/// @param bare whether its place gives a question mark its type
record Literal(Kind kind, @Nullable Object value, boolean bare) {
    private static final DateTimeFormatter UTC = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    String text(Peer peer) {
        return switch (value) {
            case null -> kind == Kind.CONDITION && peer != Peer.SQLITE ? "CAST(NULL AS BOOLEAN)" : "NULL";
            case String text -> "'" + text.replace("'", "''") + "'";
            case Boolean truth -> truth ? "TRUE" : "FALSE";
            case LocalDate date -> (peer == Peer.SQLITE ? "" : "DATE ") + "'" + date + "'";
            case LocalDateTime time -> (peer == Peer.SQLITE ? "" : "TIMESTAMP ") + "'" + text(time) + "'";
            case OffsetDateTime moment -> peer == Peer.SQLITE ? "'" + utc(moment) + "'" : "TIMESTAMP WITH TIME ZONE '" + written(moment)
                    + "'";
            case Double number -> number.toString().contains("E") ? number.toString() : number + "e0";
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }

    String questionMark(Peer peer) {
        return bare || peer == Peer.SQLITE ? "?" : "CAST(? AS " + kind.type() + ")";
    }

    /// As it is written in its own zone.
    private static String written(OffsetDateTime moment) {
        return text(moment.toLocalDateTime()) + (moment.getOffset().equals(ZoneOffset.UTC) ? "+00:00" : moment.getOffset().getId());
    }

    /// Such that texts have the order of the moments.
    static String utc(OffsetDateTime moment) {
        return UTC.format(moment.toInstant());
    }

    static String text(LocalDateTime time) {
        String text = Timestamp.valueOf(time).toString();
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
