package org.coconutdb.bench.storage;

import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.openjdk.jmh.infra.Blackhole;

/// H2's MVStore in memory: a copy-on-write B-tree of arrays on the Java heap. A thousand rows a commit.
final class MvStore implements Store {
    private final MVStore store;
    private final MVMap<byte[], byte[]> map;

    MvStore() {
        this.store = new MVStore.Builder().autoCommitDisabled().open();
        this.map = store.openMap("t", new MVMap.Builder<byte[], byte[]>().keyType(new Bytes()).valueType(new Bytes()));
    }

    @Override
    public void insert(byte[][] keys, byte[][] rows) {
        for (int i = 0; i < keys.length; i++) {
            map.put(keys[i], rows[i]);
        }
        store.commit();
    }

    @Override
    public Reader reader() {
        return new Reader() {
            @Override
            public int get(byte[] key, byte[] into) {
                byte[] row = map.get(key);
                if (row == null) {
                    return -1;
                }
                System.arraycopy(row, 0, into, 0, row.length);
                return row.length;
            }

            @Override
            public int range(byte[] from, int count, Blackhole sink) {
                Cursor<byte[], byte[]> cursor = map.cursor(from);
                int found = 0;
                while (found < count && cursor.hasNext()) {
                    cursor.next();
                    sink.consume(cursor.getValue()[0]);
                    found++;
                }
                return found;
            }
        };
    }

    @Override
    public long bytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Override
    public void close() {
        store.closeImmediately();
    }

    private static final class Bytes extends BasicDataType<byte[]> {
        @Override
        public int getMemory(byte[] bytes) {
            return 24 + bytes.length;
        }

        @Override
        public int compare(byte[] a, byte[] b) {
            return java.util.Arrays.compareUnsigned(a, b);
        }

        @Override
        public void write(WriteBuffer buffer, byte[] bytes) {
            buffer.putVarInt(bytes.length).put(bytes);
        }

        @Override
        public byte[] read(java.nio.ByteBuffer buffer) {
            byte[] bytes = new byte[org.h2.mvstore.DataUtils.readVarInt(buffer)];
            buffer.get(bytes);
            return bytes;
        }

        @Override
        public byte[][] createStorage(int size) {
            return new byte[size][];
        }
    }
}
