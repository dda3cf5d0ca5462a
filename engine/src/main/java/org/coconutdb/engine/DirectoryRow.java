package org.coconutdb.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A table's row in the directory: its name is the key, the rest the row. Big-endian.
/// ```
///  | id 4 | kind 1 (0 hash, 1 sorted, 2 sorted beside another) | beside 4, of kind 2 only
///  | hotBytesMax 8 | coldAfterSeconds 4 | generation 4 | definition … |
/// ```
final class DirectoryRow {
    private static final int HEADER_BYTES = 21;
    private static final int BESIDE_BYTES = 4;
    private static final byte HASH = 0;
    private static final byte SORTED = 1;
    private static final byte SORTED_BESIDE = 2;

    private DirectoryRow() {}

    static byte[] key(TableDescriptor table) {
        return table.name().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] encode(TableDescriptor table) {
        byte[] definition = table.definition();
        boolean isBeside = table.beside() != 0;
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + (isBeside ? BESIDE_BYTES : 0) + definition.length).putInt(table.id());
        if (isBeside) {
            bytes.put(SORTED_BESIDE).putInt(table.beside());
        } else {
            bytes.put(table.kind() == TableKind.HASH ? HASH : SORTED);
        }
        return bytes.putLong(table.options().hotBytesMax())
                .putInt(table.options().coldAfterSeconds())
                .putInt(table.generation())
                .put(definition)
                .array();
    }

    static TableDescriptor decode(byte[] key, byte[] row) {
        ByteBuffer bytes = ByteBuffer.wrap(row);
        int id = bytes.getInt();
        byte kindCode = bytes.get();
        TableKind kind = kindCode == HASH ? TableKind.HASH : TableKind.SORTED;
        int beside = kindCode == SORTED_BESIDE ? bytes.getInt() : 0;
        StorageOptions options = new StorageOptions(bytes.getLong(), bytes.getInt());
        int generation = bytes.getInt();
        byte[] definition = new byte[bytes.remaining()];
        bytes.get(definition);
        return new TableDescriptor(id, new String(key, StandardCharsets.UTF_8), kind, definition, options, beside, generation);
    }

    static byte[] encodeId(int id) {
        return ByteBuffer.allocate(4).putInt(id).array();
    }

    static int decodeId(byte[] row) {
        return ByteBuffer.wrap(row).getInt();
    }
}
