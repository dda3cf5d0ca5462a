boolean IfNotExistsOpt() :
{
}
{
    LOOKAHEAD(3)
    <IF> <NOT> <EXISTS> { return true; }
|
    { return false; }
}

boolean IfExistsOpt() :
{
}
{
    LOOKAHEAD(2)
    <IF> <EXISTS> { return true; }
|
    { return false; }
}

/** CREATE TABLE [IF NOT EXISTS] name ( element, ... ) [ USING HASH | USING SORTED ]. */
SqlCreate CoconutCreateTable(Span s, boolean replace) :
{
    final boolean ifNotExists;
    final SqlIdentifier name;
    final List<ColumnClause> columns = new ArrayList<ColumnClause>();
    final List<SqlNodeList> keys = new ArrayList<SqlNodeList>();
    TableKind kind = null;
}
{
    <TABLE> ifNotExists = IfNotExistsOpt() name = CompoundIdentifier()
    [
        <AS> { throw Refusals.notYet("CREATE TABLE AS", "Create the table, then INSERT INTO it a SELECT.", getPos()); }
    ]
    <LPAREN>
    CoconutTableElement(columns, keys)
    ( <COMMA> CoconutTableElement(columns, keys) )*
    <RPAREN>
    [
        <USING> ( <HASH> { kind = TableKind.HASH; } | <SORTED> { kind = TableKind.SORTED; } )
    ]
    {
        return new SqlCreateCoconutTable(s.end(this), replace, ifNotExists, name, columns, keys, kind);
    }
}

void CoconutTableElement(List<ColumnClause> columns, List<SqlNodeList> keys) :
{
    final SqlNodeList key;
}
{
    [ <CONSTRAINT> SimpleIdentifier() ]
    <PRIMARY> <KEY> key = ParenthesizedSimpleIdentifierList() { keys.add(key); }
|
    ( <UNIQUE> | <CHECK> | <FOREIGN> ) {
        throw Refusals.notYet(token.image.toUpperCase(Locale.ROOT), "Leave the constraint out: only PRIMARY KEY and NOT NULL are checked.", getPos());
    }
|
    CoconutColumn(columns)
}

void CoconutColumn(List<ColumnClause> columns) :
{
    final SqlIdentifier name;
    final SqlDataTypeSpec type;
    Boolean nullable = null;
    boolean primaryKey = false;
}
{
    name = SimpleIdentifier() type = DataType()
    (
        <NOT> <NULL> { nullable = false; }
    |
        <NULL> { nullable = true; }
    |
        <PRIMARY> <KEY> { primaryKey = true; }
    |
        ( <DEFAULT_> | <CHECK> | <UNIQUE> | <REFERENCES> | <COLLATE> | <GENERATED> ) {
            throw Refusals.notYet(token.image.toUpperCase(Locale.ROOT), "Leave it out: columns take NOT NULL, NULL and PRIMARY KEY.", getPos());
        }
    )*
    {
        columns.add(new ColumnClause(name, type, nullable, primaryKey));
    }
}

/** DROP TABLE [IF EXISTS] name. */
SqlDrop CoconutDropTable(Span s, boolean replace) :
{
    final boolean ifExists;
    final SqlIdentifier name;
}
{
    <TABLE> ifExists = IfExistsOpt() name = CompoundIdentifier() {
        return new SqlDropCoconutTable(s.end(this), ifExists, name);
    }
}

/** Calcite's INSERT and UPSERT, and INSERT ... ON CONFLICT [(columns)] DO NOTHING | DO UPDATE SET column = value, .... */
SqlNode CoconutInsert() :
{
    SqlNode insert;
    SqlNodeList target = null;
    final SqlNodeList columns;
    final SqlNodeList values;
    SqlIdentifier column;
    SqlNode where = null;
    final Span s;
}
{
    insert = SqlInsert()
    [
        <ON> { s = span(); columns = new SqlNodeList(s.pos()); values = new SqlNodeList(s.pos()); }
        <CONFLICT>
        [ target = ParenthesizedSimpleIdentifierList() ]
        <DO>
        (
            <NOTHING>
        |
            <UPDATE> <SET>
            column = CompoundIdentifier() { columns.add(column); } <EQ> AddExpression(values, ExprContext.ACCEPT_SUB_QUERY)
            (
                <COMMA>
                column = CompoundIdentifier() { columns.add(column); } <EQ> AddExpression(values, ExprContext.ACCEPT_SUB_QUERY)
            )*
            [ where = Where() ]
        )
        {
            insert = new SqlInsertOnConflict(s.end(this), (SqlInsert) insert, target, columns, values, where);
        }
    ]
    {
        return insert;
    }
}

/** EXPLAIN statement and EXPLAIN PLAN FOR statement; Calcite's longer forms are its own. */
SqlNode CoconutExplain() :
{
    final SqlNode stmt;
}
{
    LOOKAHEAD({ getToken(1).kind == EXPLAIN && (getToken(2).kind != PLAN || getToken(3).kind == FOR) })
    <EXPLAIN>
    [ LOOKAHEAD(2) <PLAN> <FOR> ]
    (
        LOOKAHEAD(2) stmt = CoconutInsert()
    |
        stmt = SqlQueryOrDml()
    )
    {
        return new SqlExplain(getPos(), stmt, SqlExplainLevel.EXPPLAN_ATTRIBUTES.symbol(SqlParserPos.ZERO),
            SqlExplain.Depth.PHYSICAL.symbol(SqlParserPos.ZERO), SqlExplainFormat.TEXT.symbol(SqlParserPos.ZERO), nDynamicParams);
    }
}
