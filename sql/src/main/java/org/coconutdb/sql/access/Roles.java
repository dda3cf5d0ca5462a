package org.coconutdb.sql.access;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// All roles of a database; one entry of the engine's directory. Immutable.
///
/// @param byName beside [#ADMIN] and [#PUBLIC], which are always there
/// @param lastStamp that a password was given
public record Roles(Map<String, Role> byName, long lastStamp) {
    /// Whoever is a member may do everything.
    public static final String ADMIN = "ADMIN";
    /// Everybody.
    public static final String PUBLIC = "PUBLIC";
    public static final Roles NONE = new Roles(Map.of(), 0);
    private static final int FORMAT = 2;
    private static final int FORMAT_WITHOUT_DIGEST = 1;

    public Roles {
        byName = Collections.unmodifiableMap(new TreeMap<>(byName));
    }

    public Optional<Role> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// Whether anybody can log in.
    public boolean hasUsers() {
        return byName.values().stream().anyMatch(role -> role.passwordHash() != null);
    }

    /// Whether anybody can log in by DIGEST.
    public boolean hasDigests() {
        return byName.values().stream().anyMatch(role -> role.digestKeys() != null);
    }

    /// Whether privileges and memberships can be given to it.
    public boolean isRole(String name) {
        return name.equals(ADMIN) || byName.containsKey(name);
    }

    /// The same with this role, added or changed.
    public Roles with(Role role) {
        Map<String, Role> all = new TreeMap<>(byName);
        all.put(role.name(), role);
        return new Roles(all, Math.max(lastStamp, role.stamp()));
    }

    /// The same without a role and all memberships in it.
    public Roles without(String name) {
        Map<String, Role> all = new TreeMap<>();
        byName.forEach((other, role) -> all.put(other, role.notMemberOf(name, false)));
        all.remove(name);
        return new Roles(all, lastStamp);
    }

    /// The role itself and those that it is a member of, directly or through others; [#PUBLIC] among them.
    public Set<String> closure(String name) {
        Set<String> reached = new HashSet<>(Set.of(PUBLIC));
        Deque<String> open = new ArrayDeque<>(Set.of(name));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (reached.add(next)) {
                find(next).ifPresent(role -> open.addAll(role.memberOf().keySet()));
            }
        }
        return reached;
    }

    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(lastStamp);
            out.writeInt(byName.size());
            for (Role role : byName.values()) {
                out.writeUTF(role.name());
                out.writeBoolean(role.isUser());
                out.writeUTF(role.passwordHash() == null ? "" : role.passwordHash());
                out.writeUTF(role.digestKeys() == null ? "" : role.digestKeys());
                out.writeLong(role.stamp());
                out.writeInt(role.memberOf().size());
                for (Map.Entry<String, Boolean> membership : new TreeMap<>(role.memberOf()).entrySet()) {
                    out.writeUTF(membership.getKey());
                    out.writeBoolean(membership.getValue());
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    /// The inverse of [#toBytes]. DATA_CORRUPTED.
    public static Roles fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            SchemaAccess.requireFormat(format == FORMAT_WITHOUT_DIGEST ? FORMAT : format, FORMAT);
            long lastStamp = in.readLong();
            Map<String, Role> roles = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                boolean isUser = in.readBoolean();
                String hash = in.readUTF();
                String digestKeys = format == FORMAT_WITHOUT_DIGEST ? "" : in.readUTF();
                long stamp = in.readLong();
                Map<String, Boolean> memberOf = new TreeMap<>();
                for (int memberships = in.readInt(); memberships > 0; memberships--) {
                    memberOf.put(in.readUTF(), in.readBoolean());
                }
                roles.put(name, new Role(name, isUser, hash.isEmpty() ? null : hash, digestKeys.isEmpty() ? null : digestKeys, stamp,
                        memberOf));
            }
            if (in.read() >= 0) {
                throw new IOException("bytes behind the end");
            }
            return new Roles(roles, lastStamp);
        } catch (IOException failure) {
            throw SchemaAccess.damaged(failure);
        }
    }
}
