package org.coconutdb.jdbc.wire;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;

/// Descriptions of columns and parameters, and requests for keys, as messages.
public final class WireColumns {
    private static final int LABEL = 1;
    private static final int NAME = 2;
    private static final int TABLE = 3;
    private static final int SCHEMA = 4;
    private static final int JDBC_TYPE = 5;
    private static final int TYPE_NAME = 6;
    private static final int CLASS_NAME = 7;
    private static final int PRECISION = 8;
    private static final int SCALE = 9;
    private static final int NULLABLE = 10;
    private static final int AUTO_INCREMENT = 11;

    private static final int KIND = 1;
    private static final int PLACE = 2;
    private static final int COLUMN = 3;
    private static final int KIND_GENERATED = 1;
    private static final int KIND_PLACES = 2;
    private static final int KIND_NAMES = 3;

    private WireColumns() {}

    public static void write(WireWriter out, int field, List<ColumnInfo> columns) {
        WireWriter inner = new WireWriter(128);
        for (ColumnInfo column : columns) {
            inner.clear();
            inner.text(LABEL, column.label());
            // Most often the label.
            inner.text(NAME, column.name().equals(column.label()) ? "" : column.name());
            inner.text(TABLE, column.table());
            inner.text(SCHEMA, column.schema());
            inner.signed(JDBC_TYPE, column.jdbcType());
            inner.text(TYPE_NAME, column.typeName());
            inner.text(CLASS_NAME, column.className());
            inner.signed(PRECISION, column.precision());
            inner.signed(SCALE, column.scale());
            inner.flag(NULLABLE, column.nullable());
            inner.flag(AUTO_INCREMENT, column.autoIncrement());
            out.message(field, inner);
        }
    }

    public static ColumnInfo read(WireReader in) {
        String label = "";
        String name = "";
        String table = "";
        String schema = "";
        String typeName = "";
        String className = "";
        int jdbcType = 0;
        int precision = 0;
        int scale = 0;
        boolean nullable = false;
        boolean autoIncrement = false;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case LABEL -> label = in.text();
                case NAME -> name = in.text();
                case TABLE -> table = in.text();
                case SCHEMA -> schema = in.text();
                case JDBC_TYPE -> jdbcType = (int) in.signed();
                case TYPE_NAME -> typeName = in.text();
                case CLASS_NAME -> className = in.text();
                case PRECISION -> precision = (int) in.signed();
                case SCALE -> scale = (int) in.signed();
                case NULLABLE -> nullable = in.flag();
                case AUTO_INCREMENT -> autoIncrement = in.flag();
                default -> in.skip();
            }
        }
        return new ColumnInfo(label, name.isEmpty() ? label : name, table, schema, jdbcType, typeName, className, precision, scale,
                nullable, autoIncrement);
    }

    /// Writes nothing where nothing is asked for.
    public static void writeKeys(WireWriter out, int field, KeyRequest keys) {
        WireWriter inner = new WireWriter(64);
        if (keys instanceof KeyRequest.Nothing) {
            return;
        } else if (keys instanceof KeyRequest.Generated) {
            inner.number(KIND, KIND_GENERATED);
        } else if (keys instanceof KeyRequest.Places places) {
            inner.number(KIND, KIND_PLACES);
            // And 1: a place of 0 is refused by the session, not lost on the way.
            places.places().forEach(place -> inner.signed(PLACE, place < 0 ? place : place + 1L));
        } else if (keys instanceof KeyRequest.Names names) {
            inner.number(KIND, KIND_NAMES);
            names.names().forEach(name -> inner.element(COLUMN, name));
        }
        out.message(field, inner);
    }

    public static KeyRequest readKeys(WireReader in) {
        int kind = 0;
        List<Integer> places = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case KIND -> kind = in.count();
                case PLACE -> {
                    long place = in.signed();
                    places.add((int) (place < 0 ? place : place - 1));
                }
                case COLUMN -> names.add(in.text());
                default -> in.skip();
            }
        }
        return switch (kind) {
            case KIND_GENERATED -> new KeyRequest.Generated();
            case KIND_PLACES -> new KeyRequest.Places(places);
            case KIND_NAMES -> new KeyRequest.Names(names);
            default -> throw new WireException("an unknown request for keys: " + kind);
        };
    }
}
