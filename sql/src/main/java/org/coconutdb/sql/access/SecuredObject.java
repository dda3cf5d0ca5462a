package org.coconutdb.sql.access;

/// Something that has an owner.
///
/// @param name within the schema; empty for the schema itself
public record SecuredObject(ObjectKind kind, String schema, String name) {
    public static SecuredObject table(String schema, String name) {
        return new SecuredObject(ObjectKind.TABLE, schema, name);
    }

    public static SecuredObject sequence(String schema, String name) {
        return new SecuredObject(ObjectKind.SEQUENCE, schema, name);
    }

    public static SecuredObject schema(String name) {
        return new SecuredObject(ObjectKind.SCHEMA, name, "");
    }

    /// As it is named behind GRANT … ON.
    @Override
    public String toString() {
        return switch (kind) {
            case TABLE -> schema + "." + name;
            case SEQUENCE -> "SEQUENCE " + schema + "." + name;
            case SCHEMA -> "SCHEMA " + schema;
        };
    }
}
