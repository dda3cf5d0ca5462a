package org.coconutdb.sql.run;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.calcite.linq4j.Enumerator;
import org.jspecify.annotations.Nullable;

/// Rows by whole keys: each row once however often its key is listed, in key order.
///
/// @param keys one part for each column of the key, in key order
/// @param reverse descending
public record MultiPointLookup(TableRead read, List<List<KeyPart>> keys, boolean reverse) implements RowSource {
    public MultiPointLookup {
        keys = List.copyOf(keys);
    }

    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        Comparator<byte[]> order = Arrays::compareUnsigned;
        NavigableSet<byte[]> encoded = new TreeSet<>(reverse ? Collections.reverseOrder(order) : order);
        for (List<KeyPart> key : keys) {
            for (List<KeyPart> single : KeyPart.ofElements(key, context)) {
                byte[] bytes = PointLookup.encode(read, single, context);
                if (bytes != null) {
                    encoded.add(bytes);
                }
            }
        }
        return new KeyedRows(read, context, encoded.toArray(byte[][]::new));
    }
}
