package org.coconutdb.jdbc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.jspecify.annotations.Nullable;

/// An array that was read, or made by `createArrayOf`. It holds its elements, and needs the connection for nothing but to make result sets of them.
final class CoconutArray implements Array {
    private final CoconutConnection connection;
    private final ColumnInfo element;
    // Null once it was freed.
    private @Nullable List<?> values;

    /// @param element what an element is
    /// @param values of the session's types, null for NULL
    CoconutArray(CoconutConnection connection, ColumnInfo element, List<?> values) {
        this.connection = connection;
        this.element = element;
        this.values = values;
    }

    /// For `createArrayOf`. 42704 where there is no such type, 22023 without elements.
    static CoconutArray of(CoconutConnection connection, @Nullable String typeName, @Nullable Object @Nullable [] elements)
            throws SQLException {
        if (elements == null) {
            throw Failures.invalidArgument("the elements are null: an empty array has none");
        }
        ColumnInfo element = ArrayValues.elementNamed(typeName);
        List<?> values = ArrayValues.toList(elements);
        return new CoconutArray(connection, element, values == null ? List.of() : Parameters.toElements(values, element.jdbcType(),
                connection
                        .timeZone()));
    }

    /// The elements, of the session's types. 24000 where it was freed.
    List<?> values() throws SQLException {
        List<?> held = values;
        if (held == null) {
            throw Failures.invalidState("the array was freed");
        }
        return held;
    }

    private List<?> values(long index, int count) throws SQLException {
        List<?> all = values();
        // One behind the last is a place, too: that of nothing.
        if (index < 1 || index > all.size() + 1L || count < 0 || count > all.size() - index + 1) {
            throw Failures.invalidArgument("there are no " + count + " elements from " + index + " on: the array has " + all.size()
                    + ", counted from 1");
        }
        return all.subList((int) index - 1, (int) index - 1 + count);
    }

    private static void requireNoTypes(@Nullable Map<String, Class<?>> map) throws SQLException {
        if (map != null && !map.isEmpty()) {
            throw Failures.notSupported("CoconutDB has no types of the user's own: the type map must be empty");
        }
    }

    @Override
    public String getBaseTypeName() throws SQLException {
        values();
        return element.typeName();
    }

    @Override
    public int getBaseType() throws SQLException {
        values();
        return element.jdbcType();
    }

    /// An array of the class that `getObject` has for an element: `Integer[]`, `String[]`, of arrays `Integer[][]`.
    @Override
    public Object getArray() throws SQLException {
        return ArrayValues.toJava(values(), element, connection.timeZone());
    }

    @Override
    public Object getArray(@Nullable Map<String, Class<?>> map) throws SQLException {
        requireNoTypes(map);
        return getArray();
    }

    @Override
    public Object getArray(long index, int count) throws SQLException {
        return ArrayValues.toJava(values(index, count), element, connection.timeZone());
    }

    @Override
    public Object getArray(long index, int count, @Nullable Map<String, Class<?>> map) throws SQLException {
        requireNoTypes(map);
        return getArray(index, count);
    }

    @Override
    public ResultSet getResultSet() throws SQLException {
        return getResultSet(1, values().size());
    }

    @Override
    public ResultSet getResultSet(@Nullable Map<String, Class<?>> map) throws SQLException {
        requireNoTypes(map);
        return getResultSet();
    }

    /// A row for each element: its place, from 1, and its value.
    @Override
    public ResultSet getResultSet(long index, int count) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Object value : values(index, count)) {
            rows.add(new @Nullable Object[] {(int) index + rows.size(), value});
        }
        ColumnInfo place = new ColumnInfo("INDEX", "INDEX", "", "", Types.INTEGER, "INTEGER", Integer.class.getName(), 10, 0, false);
        return new CoconutResultSet(connection, null, List.of(place, element), new ListRowCursor(rows), 0, 0, connection.timeZone());
    }

    @Override
    public ResultSet getResultSet(long index, int count, @Nullable Map<String, Class<?>> map) throws SQLException {
        requireNoTypes(map);
        return getResultSet(index, count);
    }

    @Override
    public void free() {
        values = null;
    }

    /// As CAST to VARCHAR writes it.
    @Override
    public String toString() {
        List<?> held = values;
        return held == null ? "a freed array" : Values.toText(held, connection.timeZone());
    }
}
