package org.coconutdb.sql.run;

import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.jspecify.annotations.Nullable;

/// One row at most, by its whole key.
///
/// @param key one part for each column of the key, in key order
public record PointLookup(TableRead read, List<KeyPart> key) implements RowSource {
    private static final byte[][] NO_KEYS = {};

    public PointLookup {
        key = List.copyOf(key);
    }

    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        byte[] encoded = encode(read, key, context);
        return new KeyedRows(read, context, encoded == null ? NO_KEYS : new byte[][] {encoded});
    }

    /// Null where no key of the table can be equal: NULL, 1.5 for an INTEGER.
    static byte @Nullable [] encode(TableRead read, List<KeyPart> key, PlanDataContext context) {
        @Nullable Object[] values = new Object[key.size()];
        for (int i = 0; i < values.length; i++) {
            Object value = key.get(i).value(context);
            if (value == null) {
                return null;
            }
            values[i] = value;
        }
        return read.keyCodec().encode(values);
    }
}
