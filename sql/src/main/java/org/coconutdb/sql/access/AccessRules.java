package org.coconutdb.sql.access;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Roles, owners and grants of a database at one version of its catalogue. Immutable; any thread.
public final class AccessRules {
    public static final AccessRules NONE = new AccessRules(Roles.NONE, Map.of());
    // Where tables are made that name no schema.
    private static final SecuredObject PUBLIC_SCHEMA = SecuredObject.schema("PUBLIC");
    private static final ObjectAccess OF_PUBLIC_SCHEMA =
            new ObjectAccess(null, List.of(new Grant(Roles.PUBLIC, Privilege.USAGE, "", false)));

    private final Roles roles;
    private final Map<String, SchemaAccess> schemas;
    private final Map<String, Viewer> viewers = new ConcurrentHashMap<>();

    public AccessRules(Roles roles, Map<String, SchemaAccess> schemas) {
        this.roles = roles;
        this.schemas = Map.copyOf(schemas);
    }

    /// What there is of an object before anybody has said anything of it: everybody may use what is in PUBLIC that they have rights on.
    static ObjectAccess ofNew(SecuredObject object) {
        return object.equals(PUBLIC_SCHEMA) ? OF_PUBLIC_SCHEMA : ObjectAccess.NOBODYS;
    }

    public Roles roles() {
        return roles;
    }

    public SchemaAccess schema(String name) {
        return schemas.getOrDefault(name, SchemaAccess.NOTHING);
    }

    public Map<String, SchemaAccess> schemas() {
        return schemas;
    }

    public ObjectAccess of(SecuredObject object) {
        ObjectAccess known = schema(object.schema()).objects().get(object);
        return known == null ? ofNew(object) : known;
    }

    /// Everything that is owned or granted of, but for what nobody has said anything of.
    public Map<SecuredObject, ObjectAccess> objects() {
        Map<SecuredObject, ObjectAccess> all = new HashMap<>(Map.of(PUBLIC_SCHEMA, OF_PUBLIC_SCHEMA));
        schemas.values().forEach(schema -> all.putAll(schema.objects()));
        return all;
    }

    /// The role as one who does something. INVALID_AUTHORIZATION where it is no more.
    public Viewer viewer(String role) {
        if (roles.find(role).isEmpty()) {
            throw CoconutException.of(ErrorCode.INVALID_AUTHORIZATION)
                    .with("user", role)
                    .mend("The user was dropped: log in as another.");
        }
        return viewers.computeIfAbsent(role, name -> new Viewer(this, name, roles.closure(name)));
    }
}
