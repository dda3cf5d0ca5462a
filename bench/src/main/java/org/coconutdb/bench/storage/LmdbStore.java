package org.coconutdb.bench.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.KeyRange;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;
import org.openjdk.jmh.infra.Blackhole;

/// LMDB over a file that is never synced, so that it works from memory as the others do. Each read renews its read transaction.
final class LmdbStore implements Store {
    private final Path directory;
    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> dbi;

    LmdbStore(long rows) {
        try {
            this.directory = Files.createTempDirectory("lmdb");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        this.env = Env.create()
                .setMapSize(Math.max(256L << 20, rows * 512))
                .setMaxReaders(16)
                .open(directory.toFile(), EnvFlags.MDB_NOSYNC, EnvFlags.MDB_WRITEMAP, EnvFlags.MDB_NOTLS);
        this.dbi = env.openDbi((String) null, DbiFlags.MDB_CREATE);
    }

    @Override
    public void insert(byte[][] keys, byte[][] rows) {
        ByteBuffer key = ByteBuffer.allocateDirect(Rows.KEY_BYTES);
        ByteBuffer row = ByteBuffer.allocateDirect(Rows.ROW_BYTES);
        try (Txn<ByteBuffer> transaction = env.txnWrite()) {
            for (int i = 0; i < keys.length; i++) {
                key.clear().put(keys[i]).flip();
                row.clear().put(rows[i]).flip();
                dbi.put(transaction, key, row, new PutFlags[0]);
            }
            transaction.commit();
        }
    }

    @Override
    public Reader reader() {
        Txn<ByteBuffer> transaction = env.txnRead();
        transaction.reset();
        return new Reader() {
            private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(Rows.KEY_BYTES);

            @Override
            public int get(byte[] key, byte[] into) {
                transaction.renew();
                try {
                    keyBuffer.clear().put(key).flip();
                    ByteBuffer row = dbi.get(transaction, keyBuffer);
                    if (row == null) {
                        return -1;
                    }
                    int length = row.remaining();
                    row.get(into, 0, length);
                    return length;
                } finally {
                    transaction.reset();
                }
            }

            @Override
            public int range(byte[] from, int count, Blackhole sink) {
                transaction.renew();
                try {
                    keyBuffer.clear().put(from).flip();
                    int found = 0;
                    try (CursorIterable<ByteBuffer> rows = dbi.iterate(transaction, KeyRange.atLeast(keyBuffer))) {
                        Iterator<CursorIterable.KeyVal<ByteBuffer>> iterator = rows.iterator();
                        while (found < count && iterator.hasNext()) {
                            sink.consume(iterator.next().val().get(0));
                            found++;
                        }
                    }
                    return found;
                } finally {
                    transaction.reset();
                }
            }
        };
    }

    @Override
    public long bytes() {
        return directory.resolve("data.mdb").toFile().length();
    }

    @Override
    public void close() {
        env.close();
        try {
            for (String file : new String[] {"data.mdb", "lock.mdb"}) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.deleteIfExists(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
