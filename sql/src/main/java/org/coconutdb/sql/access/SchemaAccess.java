package org.coconutdb.sql.access;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Owners and grants of a schema and of what is in it; one entry of the engine's directory. What is not in it belongs to nobody. Immutable.
public record SchemaAccess(Map<SecuredObject, ObjectAccess> objects) {
    public static final SchemaAccess NOTHING = new SchemaAccess(Map.of());
    private static final int FORMAT = 1;

    public SchemaAccess {
        objects = Map.copyOf(objects);
    }

    /// The same with another one of an object.
    public SchemaAccess with(SecuredObject object, UnaryOperator<ObjectAccess> change) {
        Map<SecuredObject, ObjectAccess> all = new HashMap<>(objects);
        all.put(object, change.apply(all.getOrDefault(object, AccessRules.ofNew(object))));
        return new SchemaAccess(all);
    }

    /// The same without an object that is no more.
    public SchemaAccess without(SecuredObject object) {
        Map<SecuredObject, ObjectAccess> all = new HashMap<>(objects);
        all.remove(object);
        return new SchemaAccess(all);
    }

    /// The same without some grants.
    public SchemaAccess without(Predicate<Grant> revoked) {
        Map<SecuredObject, ObjectAccess> all = new HashMap<>();
        objects.forEach((object, access) -> all.put(object, access.without(revoked)));
        return new SchemaAccess(all);
    }

    /// As the directory keeps it: format, and of each object kind, schema, name, owner and grants, in the encoding of [DataOutputStream].
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeInt(objects.size());
            // In an order that is always the same.
            Map<String, Map.Entry<SecuredObject, ObjectAccess>> sorted = new TreeMap<>();
            objects.entrySet().forEach(entry -> sorted.put(entry.getKey().toString(), entry));
            for (Map.Entry<SecuredObject, ObjectAccess> entry : sorted.values()) {
                out.writeUTF(entry.getKey().kind().name());
                out.writeUTF(entry.getKey().schema());
                out.writeUTF(entry.getKey().name());
                write(entry.getValue(), out);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    private static void write(ObjectAccess access, DataOutputStream out) throws IOException {
        out.writeUTF(access.owner() == null ? "" : access.owner());
        out.writeInt(access.grants().size());
        for (Grant grant : access.grants()) {
            out.writeUTF(grant.grantee());
            out.writeUTF(grant.privilege().name());
            out.writeUTF(grant.column());
            out.writeBoolean(grant.grantable());
        }
    }

    /// The inverse of [#toBytes]. DATA_CORRUPTED.
    public static SchemaAccess fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            requireFormat(in.readByte(), FORMAT);
            Map<SecuredObject, ObjectAccess> objects = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                SecuredObject object = new SecuredObject(ObjectKind.valueOf(in.readUTF()), in.readUTF(), in.readUTF());
                objects.put(object, read(in));
            }
            if (in.read() >= 0) {
                throw new IOException("bytes behind the end");
            }
            return new SchemaAccess(objects);
        } catch (IOException | IllegalArgumentException failure) {
            throw damaged(failure);
        }
    }

    private static ObjectAccess read(DataInputStream in) throws IOException {
        String owner = in.readUTF();
        List<Grant> grants = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            grants.add(new Grant(in.readUTF(), Privilege.valueOf(in.readUTF()), in.readUTF(), in.readBoolean()));
        }
        return new ObjectAccess(owner.isEmpty() ? null : owner, grants);
    }

    static void requireFormat(int format, int known) {
        if (format != known) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                    .with("accessFormat", format)
                    .with("knownFormat", known)
                    .mend("Roles were made by another version of CoconutDB: open the database with that one.");
        }
    }

    static CoconutException damaged(@Nullable Exception failure) {
        CoconutException damaged = failure == null ? CoconutException.of(ErrorCode.DATA_CORRUPTED) : CoconutException.of(
                ErrorCode.DATA_CORRUPTED, failure);
        return damaged.with("what", "roles and what was granted").mend("Restore the database from a backup.");
    }
}
