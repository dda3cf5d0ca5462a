package org.coconutdb.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A table's row in the directory: its name is the key, the rest the row. Big-endian.
/// ```
///  | id 4 | kind 1 (0 hash, 1 sorted, 2 sorted beside another; 8 more in a space that is not the default one) | beside 4, of kind 2 only | space 4, of 8 more only
///  | hotBytesMax 8 | coldAfterSeconds 4 | generation 4 | definition … |
/// ```
final class DirectoryRow {
    private static final int HEADER_BYTES = 21;
    private static final int BESIDE_BYTES = 4;
    private static final int SPACE_BYTES = 4;
    private static final byte HASH = 0;
    private static final byte SORTED = 1;
    private static final byte SORTED_BESIDE = 2;
    private static final byte IN_SPACE = 8;

    private DirectoryRow() {}

    static byte[] key(TableDescriptor table) {
        return table.name().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] encode(TableDescriptor table) {
        byte[] definition = table.definition();
        boolean isBeside = table.beside() != 0;
        int space = table.options().space();
        byte kind = isBeside ? SORTED_BESIDE : table.kind() == TableKind.HASH ? HASH : SORTED;
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + (isBeside ? BESIDE_BYTES : 0) + (space == 0 ? 0 : SPACE_BYTES)
                + definition.length)
                .putInt(table.id())
                .put((byte) (space == 0 ? kind : kind | IN_SPACE));
        if (isBeside) {
            bytes.putInt(table.beside());
        }
        if (space != 0) {
            bytes.putInt(space);
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
        byte code = bytes.get();
        int kindCode = code & ~IN_SPACE;
        TableKind kind = kindCode == HASH ? TableKind.HASH : TableKind.SORTED;
        int beside = kindCode == SORTED_BESIDE ? bytes.getInt() : 0;
        int space = (code & IN_SPACE) == 0 ? 0 : bytes.getInt();
        StorageOptions options = new StorageOptions(bytes.getLong(), bytes.getInt(), space);
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
