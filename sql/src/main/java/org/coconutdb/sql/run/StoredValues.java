package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.calcite.avatica.util.ByteString;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.StorageType;
import org.jspecify.annotations.Nullable;

/// Values as the engine stores them → Calcite's internal representation. They are alike but for bytes, alone and in arrays.
public final class StoredValues {
    private StoredValues() {}

    /// Whether values of the column are not alike.
    public static boolean differ(Column column) {
        Column element = column.element();
        return element == null ? column.type() == StorageType.BYTES : differ(element);
    }

    public static @Nullable Object toPlan(@Nullable Object stored) {
        return switch (stored) {
            case byte[] bytes -> new ByteString(bytes);
            case List<?> list -> all(list);
            case null, default -> stored;
        };
    }

    private static List<@Nullable Object> all(List<?> stored) {
        List<@Nullable Object> values = new ArrayList<>(stored.size());
        for (Object value : stored) {
            values.add(toPlan(value));
        }
        return Collections.unmodifiableList(values);
    }
}
