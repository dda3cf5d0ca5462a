/** CREATE USER [IF NOT EXISTS] name [ [WITH] PASSWORD 'text' [DIGEST] | PASSWORD NULL ], CREATE ROLE [IF NOT EXISTS] name. */
SqlCreate CoconutCreateRole(Span s, boolean replace) :
{
    final boolean isUser;
    final boolean ifNotExists;
    final SqlIdentifier name;
    String password = null;
    boolean isDigest = false;
}
{
    ( <USER> { isUser = true; } | <ROLE> { isUser = false; } )
    ifNotExists = IfNotExistsOpt() name = SimpleIdentifier()
    [ [ <WITH> ] password = CoconutPassword() [ <DIGEST> { isDigest = true; } ] ]
    {
        Refusals.unlessRole(replace, isUser, password, getPos());
        Refusals.unlessPassword(isDigest, password, getPos());
        return new SqlCreateRole(s.end(this), new AccessAction.CreateRole(name, isUser, ifNotExists, password, isDigest));
    }
}

/** PASSWORD 'text' | NULL. */
String CoconutPassword() :
{
    final SqlNode text;
}
{
    <PASSWORD>
    (
        text = StringLiteral() { return ((SqlLiteral) text).getValueAs(String.class); }
    |
        <NULL> { return null; }
    )
}

/** DROP USER [IF EXISTS] name, DROP ROLE [IF EXISTS] name. */
SqlDrop CoconutDropRole(Span s, boolean replace) :
{
    final boolean isUser;
    final boolean ifExists;
    final SqlIdentifier name;
}
{
    ( <USER> { isUser = true; } | <ROLE> { isUser = false; } )
    ifExists = IfExistsOpt() name = SimpleIdentifier()
    {
        return new SqlDropRole(s.end(this), new AccessAction.DropRole(name, isUser, ifExists));
    }
}

/** USER name [ [SET | WITH] PASSWORD 'text' [DIGEST] | NULL ]. */
SqlNode CoconutAlterUser(Span s) :
{
    final SqlIdentifier name;
    final String password;
    boolean isDigest = false;
}
{
    <USER> name = SimpleIdentifier()
    (
        [ <SET> | <WITH> ] password = CoconutPassword() [ <DIGEST> { isDigest = true; } ] {
            Refusals.unlessPassword(isDigest, password, getPos());
            return new SqlAccessStatement(s.end(this), new AccessAction.ChangePassword(name, password, isDigest));
        }
    |
        <RENAME> {
            throw Refusals.notYet("ALTER USER … RENAME", "Make another user, and GRANT it what this one has.", getPos());
        }
    )
}

/** VIEW name OWNER TO role, SCHEMA name OWNER TO role. */
SqlNode CoconutAlterOwner(Span s) :
{
    final SqlIdentifier name;
    final SqlIdentifier owner;
}
{
    <VIEW> name = CompoundIdentifier()
    (
        <OWNER> <TO> owner = SimpleIdentifier() {
            return new SqlAccessStatement(s.end(this), new AccessAction.ChangeOwner(ObjectKind.TABLE, name, owner, true));
        }
    |
        ( <AS> | <RENAME> | <SET> | <ALTER> ) {
            throw Refusals.notYet("ALTER VIEW", "CREATE OR REPLACE VIEW gives a view another query; ALTER VIEW … OWNER TO another owner.", getPos());
        }
    )
|
    <SCHEMA> name = SimpleIdentifier()
    (
        <OWNER> <TO> owner = SimpleIdentifier() {
            return new SqlAccessStatement(s.end(this), new AccessAction.ChangeOwner(ObjectKind.SCHEMA, name, owner, false));
        }
    |
        <RENAME> {
            throw Refusals.notYet("ALTER SCHEMA", "Make a new schema, and its tables by CREATE TABLE … AS; then DROP SCHEMA … CASCADE.", getPos());
        }
    )
}

/** GRANT privilege, ... ON object, ... TO role, ... [WITH GRANT OPTION], GRANT role, ... TO role, ... [WITH ADMIN OPTION]. */
SqlNode CoconutGrant() :
{
    final Span s;
    final List<AccessAction.Item> items = new ArrayList<AccessAction.Item>();
    AccessAction.Target target = null;
    final List<SqlIdentifier> grantees = new ArrayList<SqlIdentifier>();
    boolean grantOption = false;
    boolean adminOption = false;
}
{
    <GRANT> { s = span(); } CoconutPrivileges(items)
    [ <ON> target = CoconutPrivilegeTarget() ]
    <TO> CoconutGrantees(grantees)
    [ <WITH> ( <GRANT> { grantOption = true; } | <ADMIN> { adminOption = true; } ) <OPTION> ]
    {
        return Refusals.access(s.end(this), true, items, target, grantees, grantOption, adminOption);
    }
}

/** REVOKE [GRANT OPTION FOR] privilege, ... ON object, ... FROM role, ..., REVOKE [ADMIN OPTION FOR] role, ... FROM role, .... */
SqlNode CoconutRevoke() :
{
    final Span s;
    final List<AccessAction.Item> items = new ArrayList<AccessAction.Item>();
    AccessAction.Target target = null;
    final List<SqlIdentifier> grantees = new ArrayList<SqlIdentifier>();
    boolean grantOption = false;
    boolean adminOption = false;
}
{
    <REVOKE> { s = span(); }
    [
        LOOKAHEAD(2)
        <GRANT> <OPTION> <FOR> { grantOption = true; }
    |
        LOOKAHEAD(2)
        <ADMIN> <OPTION> <FOR> { adminOption = true; }
    ]
    CoconutPrivileges(items)
    [ <ON> target = CoconutPrivilegeTarget() ]
    <FROM> CoconutGrantees(grantees)
    [
        <RESTRICT>
    |
        <CASCADE> {
            throw Refusals.notYet("REVOKE … CASCADE", "Leave CASCADE out: who granted what is not kept, so REVOKE it of each who has it.", getPos());
        }
    ]
    {
        return Refusals.access(s.end(this), false, items, target, grantees, grantOption, adminOption);
    }
}

void CoconutPrivileges(List<AccessAction.Item> items) :
{
}
{
    CoconutPrivilege(items) ( <COMMA> CoconutPrivilege(items) )*
}

void CoconutPrivilege(List<AccessAction.Item> items) :
{
    final SqlIdentifier name;
    SqlNodeList columns = null;
    final String word;
}
{
    (
        ( <SELECT> | <INSERT> | <UPDATE> | <DELETE> | <TRUNCATE> | <REFERENCES> | <CREATE> ) { word = token.image.toUpperCase(Locale.ROOT); }
        [ columns = ParenthesizedSimpleIdentifierList() ]
        { items.add(new AccessAction.Item(word, false, columns, getPos())); }
    |
        <ALL> [ LOOKAHEAD(1) <PRIVILEGES> ] { items.add(new AccessAction.Item("ALL", false, null, getPos())); }
    |
        name = SimpleIdentifier() { items.add(new AccessAction.Item(name.getSimple(), true, null, name.getParserPosition())); }
    )
}

AccessAction.Target CoconutPrivilegeTarget() :
{
    final List<SqlIdentifier> names = new ArrayList<SqlIdentifier>();
    SqlIdentifier name;
    ObjectKind kind = ObjectKind.TABLE;
    boolean isAllIn = false;
}
{
    (
        <ALL> ( <TABLES> | <SEQUENCES> { kind = ObjectKind.SEQUENCE; } ) <IN> <SCHEMA> { isAllIn = true; }
    |
        [ <TABLE> | <SCHEMA> { kind = ObjectKind.SCHEMA; } | LOOKAHEAD( <SEQUENCE> CompoundIdentifier() ) <SEQUENCE> { kind = ObjectKind.SEQUENCE; } ]
    )
    name = CompoundIdentifier() { names.add(name); }
    ( <COMMA> name = CompoundIdentifier() { names.add(name); } )*
    {
        return new AccessAction.Target(kind, isAllIn, names);
    }
}

void CoconutGrantees(List<SqlIdentifier> grantees) :
{
    SqlIdentifier name;
}
{
    name = CoconutGrantee() { grantees.add(name); }
    ( <COMMA> name = CoconutGrantee() { grantees.add(name); } )*
}

SqlIdentifier CoconutGrantee() :
{
    final SqlIdentifier name;
}
{
    [ <USER> | LOOKAHEAD( <ROLE> SimpleIdentifier() ) <ROLE> ]
    name = SimpleIdentifier() { return name; }
}
