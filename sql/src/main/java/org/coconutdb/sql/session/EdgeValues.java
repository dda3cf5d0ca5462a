package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.avatica.util.DateTimeUtils;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.jdbc.session.ArrayText;
import org.coconutdb.jdbc.session.ZonedTexts;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.Types;
import org.coconutdb.sql.catalog.ZonedTimes;
import org.jspecify.annotations.Nullable;

/// Values of plans and tables → the Java types that [org.coconutdb.jdbc.session.Session] lists.
final class EdgeValues {
    /// What stands before the hexadecimal digits of bytes.
    static final String BYTES_PREFIX = "\\x";

    private static final long NANOS_PER_MILLI = 1_000_000L;
    // Elements of an array that a message has.
    private static final int TOLD_MAX = 20;

    private EdgeValues() {}

    /// A value of a plan: Calcite's internal representation.
    static @Nullable Object fromPlan(RelDataType type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        SqlTypeName name = type.getSqlTypeName();
        return switch (name) {
            case TINYINT -> ((Number) value).byteValue();
            case SMALLINT -> ((Number) value).shortValue();
            case INTEGER -> ((Number) value).intValue();
            case BIGINT -> ((Number) value).longValue();
            case REAL -> ((Number) value).floatValue();
            case DOUBLE, FLOAT -> ((Number) value).doubleValue();
            case DECIMAL -> value instanceof BigDecimal decimal ? decimal : new BigDecimal(value.toString());
            case INTERVAL_YEAR, INTERVAL_YEAR_MONTH, INTERVAL_MONTH ->
                    DateTimeUtils.intervalYearMonthToString(((Number) value).intValue(), type.getIntervalQualifier().timeUnitRange);
            case INTERVAL_DAY, INTERVAL_DAY_HOUR, INTERVAL_DAY_MINUTE, INTERVAL_DAY_SECOND, INTERVAL_HOUR, INTERVAL_HOUR_MINUTE,
                    INTERVAL_HOUR_SECOND, INTERVAL_MINUTE, INTERVAL_MINUTE_SECOND, INTERVAL_SECOND ->
                    DateTimeUtils.intervalDayTimeToString(((Number) value).longValue(), type.getIntervalQualifier().timeUnitRange,
                            type.getIntervalQualifier().getFractionalSecondPrecisionPreservingDefault());
            case ARRAY -> ofArray(type, value);
            default -> fromStorage(name, value);
        };
    }

    /// Elements of types that no column can have are told as text.
    private static Object ofArray(RelDataType type, Object value) {
        RelDataType component = type.getComponentType();
        return component == null || !Types.isArray(type) || !(value instanceof List<?> elements) ? text(value)
                : all(elements, element -> fromPlan(component, element));
    }

    private static List<@Nullable Object> all(List<?> elements, Function<@Nullable Object, @Nullable Object> edge) {
        List<@Nullable Object> values = new ArrayList<>(elements.size());
        for (Object element : elements) {
            values.add(edge.apply(element));
        }
        return Collections.unmodifiableList(values);
    }

    /// A value of a column.
    static @Nullable Object fromStorage(ColumnDefinition column, @Nullable Object value) {
        ColumnDefinition element = column.element();
        return element != null && value instanceof List<?> elements ? all(elements, inner -> fromStorage(element, inner))
                : fromStorage(column.type(), value);
    }

    /// A value of a table, and of a plan where both are alike.
    private static @Nullable Object fromStorage(SqlTypeName type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case DATE -> LocalDate.ofEpochDay(((Number) value).longValue());
            case TIME -> LocalTime.ofNanoOfDay(((Number) value).longValue() * NANOS_PER_MILLI);
            case TIMESTAMP -> {
                long millis = ((Number) value).longValue();
                yield LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), (int) (Math.floorMod(millis, 1000L) * NANOS_PER_MILLI),
                        ZoneOffset.UTC);
            }
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> Instant.ofEpochMilli(((Number) value).longValue());
            default -> switch (value) {
                case ByteString bytes -> bytes.getBytes();
                case List<?> _,Map<?, ?> _,Object[] _ -> text(value);
                default -> value;
            };
        };
    }

    /// As it stands in files, and is read back from there.
    ///
    /// @param zone in which points on the time line are shown
    static String written(Object value, ZoneId zone) {
        return switch (value) {
            case byte[] bytes -> BYTES_PREFIX + HexFormat.of().formatHex(bytes);
            case BigDecimal decimal -> decimal.toPlainString();
            case LocalTime time -> ZonedTexts.write(time);
            case LocalDateTime moment -> ZonedTexts.write(moment);
            case Instant moment -> ZonedTimes.write(moment, zone);
            case List<?> elements -> ArrayText.write(elements, element -> written(element, zone));
            default -> value.toString();
        };
    }

    /// As it stands in messages, and where a value has no type of its own.
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "NULL";
            case String text -> "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "'";
            case byte[] bytes -> "X'" + HexFormat.of().formatHex(bytes.length > 30 ? java.util.Arrays.copyOf(bytes, 30) : bytes)
                    + (bytes.length > 30 ? "…'" : "'");
            case ByteString bytes -> text(bytes.getBytes());
            case Object[] array -> text(java.util.Arrays.asList(array));
            case List<?> list -> {
                String text = list.stream().limit(TOLD_MAX).map(EdgeValues::text).collect(Collectors.joining(", "));
                yield "[" + text + (list.size() > TOLD_MAX ? ", …]" : "]");
            }
            default -> value.toString();
        };
    }
}
