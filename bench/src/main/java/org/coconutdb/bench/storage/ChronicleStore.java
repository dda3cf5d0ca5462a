package org.coconutdb.bench.storage;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.openjdk.jmh.infra.Blackhole;

/// A bare Chronicle Map, made for exactly the number of rows, read by `getUsing`. No versions, no transactions, no order.
final class ChronicleStore implements Store {
    private final ChronicleMap<byte[], byte[]> map;

    ChronicleStore(long rows) {
        this.map = ChronicleMapBuilder.of(byte[].class, byte[].class)
                .entries(rows)
                .constantKeySizeBySample(new byte[Rows.KEY_BYTES])
                .constantValueSizeBySample(new byte[Rows.ROW_BYTES])
                .putReturnsNull(true)
                .create();
    }

    @Override
    public void insert(byte[][] keys, byte[][] rows) {
        for (int i = 0; i < keys.length; i++) {
            map.put(keys[i], rows[i]);
        }
    }

    @Override
    public Reader reader() {
        return new Reader() {
            @Override
            public int get(byte[] key, byte[] into) {
                byte[] row = map.getUsing(key, into);
                return row == null ? -1 : row.length;
            }

            @Override
            public int range(byte[] from, int count, Blackhole sink) {
                throw new IllegalStateException("a hash map has no ranges");
            }
        };
    }

    @Override
    public long bytes() {
        return map.offHeapMemoryUsed();
    }

    @Override
    public void close() {
        map.close();
    }
}
