package org.coconutdb.jdbc;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.ElementTypes;
import org.jspecify.annotations.Nullable;

/// Arrays of a session, lists that is, and those of Java.
final class ArrayValues {
    private ArrayValues() {}

    /// What an element of `createArrayOf` is; 42704 where there is no such type.
    static ColumnInfo elementNamed(@Nullable String typeName) throws SQLException {
        ColumnInfo element = typeName == null ? null : ElementTypes.named(typeName);
        if (element == null) {
            throw Failures.noSuchType("there is no type " + typeName + ": name that of the elements, such as INTEGER or VARCHAR");
        }
        return element;
    }

    /// An array, a collection or a `java.sql.Array` as a list that is nobody else's; null where it is none of these.
    static @Nullable List<@Nullable Object> toList(Object value) throws SQLException {
        List<@Nullable Object> list = new ArrayList<>();
        if (value instanceof CoconutArray array) {
            list.addAll(array.values());
        } else if (value instanceof Array array) {
            Object elements = array.getArray();
            return elements == null ? list : toList(elements);
        } else if (value instanceof Collection<?> collection) {
            for (Object element : collection) {
                list.add(element == null ? null : Parameters.toSessionType(element));
            }
        } else if (value.getClass().isArray() && !(value instanceof byte[]) && !(value instanceof char[])) {
            for (int i = 0; i < java.lang.reflect.Array.getLength(value); i++) {
                Object element = java.lang.reflect.Array.get(value, i);
                list.add(element == null ? null : Parameters.toSessionType(element));
            }
        } else {
            return null;
        }
        return Collections.unmodifiableList(list);
    }

    /// A list of the session as an array of Java: of the class that `getObject` has for an element.
    static Object toJava(List<?> values, ColumnInfo element, ZoneId zone) throws SQLException {
        Object array = java.lang.reflect.Array.newInstance(classOf(element), values.size());
        for (int i = 0; i < values.size(); i++) {
            Object value = values.get(i);
            if (value != null) {
                java.lang.reflect.Array.set(array, i, value instanceof List<?> inner ? toJava(inner, ElementTypes.of(element), zone)
                        : Values.toDefault(value, element.jdbcType(), zone));
            }
        }
        return array;
    }

    private static Class<?> classOf(ColumnInfo element) {
        return switch (element.jdbcType()) {
            case Types.ARRAY -> classOf(ElementTypes.of(element)).arrayType();
            case Types.BOOLEAN -> Boolean.class;
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> Integer.class;
            case Types.BIGINT -> Long.class;
            case Types.REAL -> Float.class;
            case Types.DOUBLE -> Double.class;
            case Types.DECIMAL -> BigDecimal.class;
            case Types.CHAR, Types.VARCHAR -> String.class;
            case Types.BINARY, Types.VARBINARY -> byte[].class;
            case Types.DATE -> Date.class;
            case Types.TIME -> Time.class;
            case Types.TIMESTAMP -> Timestamp.class;
            case Types.TIMESTAMP_WITH_TIMEZONE -> OffsetDateTime.class;
            default -> element.typeName().equals("UUID") ? UUID.class : Object.class;
        };
    }

    /// A list of the session as an array of a class that the caller names, of primitives too. 22002 where one of these would be NULL.
    static Object toClass(List<?> values, ColumnInfo element, Class<?> component, ZoneId zone) throws SQLException {
        Object array = java.lang.reflect.Array.newInstance(component, values.size());
        for (int i = 0; i < values.size(); i++) {
            Object value = values.get(i);
            if (value != null) {
                java.lang.reflect.Array.set(array, i, Values.toClass(value, element, component, zone));
            } else if (component.isPrimitive()) {
                throw Failures.noValueForNull("element " + (i + 1) + " is NULL, which " + component + " has no value for");
            }
        }
        return array;
    }
}
