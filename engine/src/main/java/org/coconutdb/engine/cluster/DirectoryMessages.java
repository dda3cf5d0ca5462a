package org.coconutdb.engine.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Changes of tables, and what came of them, as bytes between hosts of one version.
final class DirectoryMessages {
    private static final byte CREATE = 1;
    private static final byte ALTER = 2;
    private static final byte DROP = 3;

    private static final byte DONE = 0;
    private static final byte NOT_HERE = 1;
    private static final byte FAILED = 2;
    private static final TableKind[] KINDS = {TableKind.HASH, TableKind.SORTED};

    private DirectoryMessages() {}

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    private static byte[] write(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] bytes, Reading<T> reading) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return reading.from(in);
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException failure) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT, failure).mend("Run hosts of one version of CoconutDB.");
        }
    }

    static byte[] encode(List<TableChange> changes) {
        return write(out -> {
            out.writeInt(changes.size());
            for (TableChange change : changes) {
                switch (change) {
                    case TableChange.Create(String name, TableKind kind, byte[] definition, StorageOptions options, String beside) -> {
                        out.writeByte(CREATE);
                        out.writeUTF(name);
                        out.writeByte(kindCode(kind));
                        bytes(out, definition);
                        options(out, options);
                        out.writeBoolean(beside != null);
                        out.writeUTF(beside == null ? "" : beside);
                    }
                    case TableChange.Alter(TableDescriptor table, byte[] definition, boolean whileEmpty) -> {
                        out.writeByte(ALTER);
                        out.writeInt(table.id());
                        out.writeUTF(table.name());
                        out.writeByte(kindCode(table.kind()));
                        bytes(out, table.definition());
                        options(out, table.options());
                        out.writeInt(table.beside());
                        out.writeInt(table.generation());
                        bytes(out, definition);
                        out.writeBoolean(whileEmpty);
                    }
                    case TableChange.Drop(int table) -> {
                        out.writeByte(DROP);
                        out.writeInt(table);
                    }
                }
            }
        });
    }

    private static int kindCode(TableKind kind) {
        return kind == TableKind.HASH ? 0 : 1;
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void options(DataOutputStream out, StorageOptions options) throws IOException {
        out.writeLong(options.hotBytesMax());
        out.writeInt(options.coldAfterSeconds());
        out.writeInt(options.space());
    }

    static List<TableChange> decodeChanges(byte[] bytes) {
        return read(bytes, in -> {
            List<TableChange> changes = new ArrayList<>();
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                byte type = in.readByte();
                changes.add(switch (type) {
                    case CREATE -> create(in);
                    case ALTER -> alter(in);
                    case DROP -> new TableChange.Drop(in.readInt());
                    default -> throw new IOException("no change of tables: " + type);
                });
            }
            return changes;
        });
    }

    private static TableChange.Create create(DataInputStream in) throws IOException {
        String name = in.readUTF();
        TableKind kind = KINDS[in.readByte()];
        byte[] definition = bytes(in);
        StorageOptions options = options(in);
        boolean isBeside = in.readBoolean();
        String beside = in.readUTF();
        return new TableChange.Create(name, kind, definition, options, isBeside ? beside : null);
    }

    private static TableChange.Alter alter(DataInputStream in) throws IOException {
        int id = in.readInt();
        String name = in.readUTF();
        TableKind kind = KINDS[in.readByte()];
        byte[] definition = bytes(in);
        StorageOptions options = options(in);
        int beside = in.readInt();
        int generation = in.readInt();
        TableDescriptor table = new TableDescriptor(id, name, kind, definition, options, beside, generation);
        return new TableChange.Alter(table, bytes(in), in.readBoolean());
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new IOException("cut short");
        }
        return bytes;
    }

    private static StorageOptions options(DataInputStream in) throws IOException {
        return new StorageOptions(in.readLong(), in.readInt(), in.readInt());
    }

    static byte[] done() {
        return new byte[] {DONE};
    }

    static byte[] notHere() {
        return new byte[] {NOT_HERE};
    }

    static byte[] encode(CoconutException failure) {
        return write(out -> {
            out.writeByte(FAILED);
            out.writeUTF(failure.code().name());
            out.writeInt(failure.facts().size());
            for (Map.Entry<String, String> fact : failure.facts().entrySet()) {
                out.writeUTF(fact.getKey());
                out.writeUTF(fact.getValue());
            }
            String mend = failure.mend();
            out.writeUTF(mend == null ? "" : mend);
        });
    }

    /// Whether the changes are made; false where another host has to be asked. What they failed with is thrown.
    static boolean isDone(byte[] answer) {
        return read(answer, in -> {
            byte type = in.readByte();
            if (type != FAILED) {
                return type == DONE;
            }
            CoconutException failure = CoconutException.of(ErrorCode.valueOf(in.readUTF()));
            int facts = in.readInt();
            for (int i = 0; i < facts; i++) {
                failure.with(in.readUTF(), in.readUTF());
            }
            String mend = in.readUTF();
            throw mend.isEmpty() ? failure : failure.mend(mend);
        });
    }
}
