package org.coconutdb.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A table's row in the directory: its name is the key, the rest the row. Big-endian.
/// ```
///  | id 4 | kind 1 (0 hash, 1 sorted) | hotBytesMax 8 | coldAfterSeconds 4 | generation 4 | definition … |
/// ```
final class DirectoryRow {
    private static final int HEADER_BYTES = 21;

    private DirectoryRow() {}

    static byte[] key(TableDescriptor table) {
        return table.name().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] encode(TableDescriptor table) {
        byte[] definition = table.definition();
        return ByteBuffer.allocate(HEADER_BYTES + definition.length)
                .putInt(table.id())
                .put((byte) (table.kind() == TableKind.HASH ? 0 : 1))
                .putLong(table.options().hotBytesMax())
                .putInt(table.options().coldAfterSeconds())
                .putInt(table.generation())
                .put(definition)
                .array();
    }

    static TableDescriptor decode(byte[] key, byte[] row) {
        ByteBuffer bytes = ByteBuffer.wrap(row);
        int id = bytes.getInt();
        TableKind kind = bytes.get() == 0 ? TableKind.HASH : TableKind.SORTED;
        StorageOptions options = new StorageOptions(bytes.getLong(), bytes.getInt());
        int generation = bytes.getInt();
        byte[] definition = new byte[bytes.remaining()];
        bytes.get(definition);
        return new TableDescriptor(id, new String(key, StandardCharsets.UTF_8), kind, definition, options, generation);
    }

    static byte[] encodeId(int id) {
        return ByteBuffer.allocate(4).putInt(id).array();
    }

    static int decodeId(byte[] row) {
        return ByteBuffer.wrap(row).getInt();
    }
}
