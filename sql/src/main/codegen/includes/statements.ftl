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

/**
 * CREATE TABLE [IF NOT EXISTS] name ( element, ... ) [ USING HASH | USING SORTED ] [ IN SPACE space ] [ WITH ( option, ... ) ],
 * and CREATE TABLE [IF NOT EXISTS] name [ ( name | PRIMARY KEY ( ... ), ... ) ] [ USING ... ] [ IN SPACE space ] [ WITH ... ] AS query [ WITH [ NO ] DATA ].
 */
SqlCreate CoconutCreateTable(Span s, boolean replace) :
{
    final boolean ifNotExists;
    final SqlIdentifier name;
    final List<SqlIdentifier> names = new ArrayList<SqlIdentifier>();
    final List<ColumnClause> columns = new ArrayList<ColumnClause>();
    final List<KeyClause> keys = new ArrayList<KeyClause>();
    final List<CheckClause> checks = new ArrayList<CheckClause>();
    final List<UniqueClause> uniques = new ArrayList<UniqueClause>();
    final List<ForeignKeyClause> foreignKeys = new ArrayList<ForeignKeyClause>();
    TableKind kind = null;
    SqlIdentifier space = null;
    final List<OptionClause> optionClauses = new ArrayList<OptionClause>();
    SqlNode query = null;
    boolean withData = true;
}
{
    <TABLE> ifNotExists = IfNotExistsOpt() name = CompoundIdentifier()
    (
        <LPAREN>
        CoconutNewTableElement(names, columns, keys, checks, uniques, foreignKeys)
        ( <COMMA> CoconutNewTableElement(names, columns, keys, checks, uniques, foreignKeys) )*
        <RPAREN>
        kind = CoconutTableKindOpt()
        space = CoconutSpaceOpt()
        [ CoconutOptions(optionClauses) ]
        [ <AS> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) withData = CoconutWithDataOpt() ]
    |
        kind = CoconutTableKindOpt()
        space = CoconutSpaceOpt()
        [ CoconutOptions(optionClauses) ]
        <AS> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) withData = CoconutWithDataOpt()
    )
    {
        if (query == null) {
            Refusals.unlessTyped(names);
            return new SqlCreateCoconutTable(s.end(this), replace, ifNotExists, name, columns, keys, checks, uniques, foreignKeys, kind, space,
                optionClauses);
        }
        Refusals.unlessOfQuery(columns, checks, uniques, foreignKeys, getPos());
        return new SqlCreateTableAs(s.end(this), replace, ifNotExists, name, names, keys, kind, space, optionClauses, query, withData);
    }
}

TableKind CoconutTableKindOpt() :
{
}
{
    <USING> ( <HASH> { return TableKind.HASH; } | <SORTED> { return TableKind.SORTED; } )
|
    { return null; }
}

SqlIdentifier CoconutSpaceOpt() :
{
    final SqlIdentifier name;
}
{
    <IN> <SPACE> name = CoconutSpaceName() { return name; }
|
    { return null; }
}

/** The default space's name is a reserved word. */
SqlIdentifier CoconutSpaceName() :
{
    final SqlIdentifier name;
}
{
    <DEFAULT_> { return new SqlIdentifier("DEFAULT", getPos()); }
|
    name = SimpleIdentifier() { return name; }
}

boolean CoconutWithDataOpt() :
{
    boolean withData = true;
}
{
    [ <WITH> [ <NO> { withData = false; } ] <DATA> ]
    { return withData; }
}

/** An element, or the name of a column whose type is a query's. */
void CoconutNewTableElement(List<SqlIdentifier> names, List<ColumnClause> columns, List<KeyClause> keys, List<CheckClause> checks,
    List<UniqueClause> uniques, List<ForeignKeyClause> foreignKeys) :
{
    final SqlIdentifier name;
}
{
    LOOKAHEAD( SimpleIdentifier() ( <COMMA> | <RPAREN> ) )
    name = SimpleIdentifier() { names.add(name); }
|
    CoconutTableElement(columns, keys, checks, uniques, foreignKeys)
}

void CoconutTableElement(List<ColumnClause> columns, List<KeyClause> keys, List<CheckClause> checks, List<UniqueClause> uniques,
    List<ForeignKeyClause> foreignKeys) :
{
    SqlIdentifier name = null;
    final SqlNodeList key;
    final ExpressionClause condition;
    final ForeignKeyClause foreignKey;
}
{
    [ <CONSTRAINT> name = SimpleIdentifier() ]
    (
        <PRIMARY> <KEY> key = ParenthesizedSimpleIdentifierList() { keys.add(new KeyClause(name, key)); }
    |
        <CHECK> <LPAREN> condition = CoconutExpression() <RPAREN> { checks.add(new CheckClause(name, null, condition)); }
    |
        <UNIQUE> key = ParenthesizedSimpleIdentifierList() { uniques.add(new UniqueClause(name, key)); }
    |
        <FOREIGN> <KEY> key = ParenthesizedSimpleIdentifierList() foreignKey = CoconutReferences(name, key) { foreignKeys.add(foreignKey); }
    )
|
    <LIKE> {
        throw Refusals.notYet("LIKE", "Write the columns out.", getPos());
    }
|
    CoconutColumn(columns, keys, checks, uniques, foreignKeys)
}

/**
 * REFERENCES table [ ( columns ) ] [ MATCH SIMPLE ] [ ON DELETE action ] [ ON UPDATE action ] [ [ DEFERRABLE ] INITIALLY DEFERRED ].
 */
ForeignKeyClause CoconutReferences(SqlIdentifier name, SqlNodeList columns) :
{
    final Span s;
    final SqlIdentifier parent;
    SqlNodeList parentColumns = null;
    ReferentialAction onDelete = null;
    ReferentialAction onUpdate = null;
    ReferentialAction action;
}
{
    <REFERENCES> { s = span(); } parent = CompoundIdentifier()
    [ parentColumns = ParenthesizedSimpleIdentifierList() ]
    [
        <MATCH>
        (
            <SIMPLE>
        |
            ( <FULL> | <PARTIAL> ) {
                throw Refusals.notYet("MATCH " + token.image.toUpperCase(Locale.ROOT),
                    "Leave it out: a row with a NULL among the columns refers to nothing (MATCH SIMPLE); a CHECK can want all or none.", getPos());
            }
        )
    ]
    (
        <ON>
        (
            <DELETE> action = CoconutReferentialAction() { onDelete = Refusals.onlyAction(onDelete, action, getPos()); }
        |
            <UPDATE> action = CoconutReferentialAction() { onUpdate = Refusals.onlyAction(onUpdate, action, getPos()); }
        )
    )*
    CoconutDeferral()
    {
        return new ForeignKeyClause(name, columns, parent, parentColumns, onDelete, onUpdate, s.end(this));
    }
}

ReferentialAction CoconutReferentialAction() :
{
}
{
    <NO> <ACTION> { return ReferentialAction.NO_ACTION; }
|
    <RESTRICT> { return ReferentialAction.RESTRICT; }
|
    <CASCADE> { return ReferentialAction.CASCADE; }
|
    <SET>
    (
        <NULL> { return ReferentialAction.SET_NULL; }
    |
        <DEFAULT_> { return ReferentialAction.SET_DEFAULT; }
    )
}

/** When a foreign key is checked: at the commit, which is INITIALLY DEFERRED; all else is refused. */
void CoconutDeferral() :
{
    boolean isDeferred = false;
}
{
    [
        LOOKAHEAD(2)
        <NOT> <DEFERRABLE> { throw Refusals.notDeferred("NOT DEFERRABLE", getPos()); }
    |
        <DEFERRABLE>
        [ <INITIALLY> ( <DEFERRED> { isDeferred = true; } | <IMMEDIATE> { throw Refusals.notDeferred("INITIALLY IMMEDIATE", getPos()); } ) ]
        {
            if (!isDeferred) {
                throw Refusals.notDeferred("DEFERRABLE without INITIALLY DEFERRED", getPos());
            }
        }
    |
        <INITIALLY> ( <DEFERRED> [ <DEFERRABLE> ] | <IMMEDIATE> { throw Refusals.notDeferred("INITIALLY IMMEDIATE", getPos()); } )
    ]
}

void CoconutColumn(List<ColumnClause> columns, List<KeyClause> keys, List<CheckClause> checks, List<UniqueClause> uniques,
    List<ForeignKeyClause> foreignKeys) :
{
    ForeignKeyClause foreignKey;
    final SqlIdentifier name;
    final SqlDataTypeSpec type;
    SqlIdentifier constraint = null;
    Boolean nullable = null;
    ExpressionClause value = null;
    ExpressionClause clause;
    IdentityClause identity = null;
}
{
    name = SimpleIdentifier() type = DataType()
    (
        [ <CONSTRAINT> constraint = SimpleIdentifier() ]
        (
            <NOT> <NULL> { nullable = Refusals.once(nullable, false, getPos()); }
        |
            <NULL> { nullable = Refusals.once(nullable, true, getPos()); }
        |
            <PRIMARY> <KEY> { keys.add(new KeyClause(constraint, SqlNodeList.of(name))); }
        |
            <DEFAULT_> { Refusals.onlyDefault(value, constraint, getPos()); } value = CoconutExpression()
        |
            <CHECK> <LPAREN> clause = CoconutExpression() <RPAREN> { checks.add(new CheckClause(constraint, name, clause)); }
        |
            <GENERATED> { Refusals.onlyIdentity(identity, constraint, getPos()); } identity = CoconutIdentity()
        |
            <UNIQUE> { uniques.add(new UniqueClause(constraint, SqlNodeList.of(name))); }
        |
            foreignKey = CoconutReferences(constraint, SqlNodeList.of(name)) { foreignKeys.add(foreignKey); }
        |
            <COLLATE> {
                throw Refusals.notYet("COLLATE", "Leave it out: columns take NOT NULL, NULL, DEFAULT, GENERATED … AS IDENTITY, CHECK, UNIQUE, PRIMARY KEY and REFERENCES.", getPos());
            }
        )
        { constraint = null; }
    )*
    {
        columns.add(new ColumnClause(name, type, nullable, value, identity));
    }
}

/** What stands behind GENERATED: ALWAYS | BY DEFAULT AS IDENTITY [ ( option ... ) ]. */
IdentityClause CoconutIdentity() :
{
    final Span s;
    final boolean always;
    final SequenceOptions sequenceOptions = new SequenceOptions();
}
{
    { s = span(); }
    ( <ALWAYS> { always = true; } | <BY> <DEFAULT_> { always = false; } )
    <AS>
    (
        <IDENTITY> [ <LPAREN> ( CoconutSequenceOption(sequenceOptions) )+ <RPAREN> ]
    |
        <LPAREN> {
            throw Refusals.notYet("GENERATED AS (expression)", "Compute the value where it is read, or give it a DEFAULT.", getPos());
        }
    )
    {
        return new IdentityClause(always, sequenceOptions, s.end(this));
    }
}

/** An expression and its text. */
ExpressionClause CoconutExpression() :
{
    final Token first;
    final SqlNode expression;
}
{
    { first = getToken(1); }
    expression = Expression(ExprContext.ACCEPT_SUB_QUERY)
    {
        return new ExpressionClause(expression, CoconutTextFrom(first));
    }
}

/** A query and its text. */
QueryClause CoconutQueryClause() :
{
    final Token first;
    final SqlNode query;
}
{
    { first = getToken(1); }
    query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    {
        return new QueryClause(query, CoconutTextFrom(first));
    }
}

/** The text from a token to the one that was read last, as it was written but for comments and for blanks, of which one stays where there were some. */
String CoconutTextFrom(Token first) :
{
}
{
    {
        final StringBuilder text = new StringBuilder(first.image);
        for (Token before = first; before != token; before = before.next) {
            final boolean isNext = before.endLine == before.next.beginLine && before.endColumn + 1 == before.next.beginColumn;
            text.append(isNext ? "" : " ").append(before.next.image);
        }
        return text.toString();
    }
}

/** CREATE [UNIQUE] INDEX [IF NOT EXISTS] name ON table ( column [ASC | DESC], ... ) [ INCLUDE ( column, ... ) ]. */
SqlCreate CoconutCreateIndex(Span s, boolean replace) :
{
    boolean unique = false;
    final boolean ifNotExists;
    final SqlIdentifier index;
    final SqlIdentifier table;
    final List<IndexColumnClause> columns = new ArrayList<IndexColumnClause>();
    final List<SqlIdentifier> included = new ArrayList<SqlIdentifier>();
    SqlIdentifier name;
}
{
    [ <UNIQUE> { unique = true; } ]
    <INDEX> { Refusals.unlessReplace(replace, getPos()); }
    ifNotExists = IfNotExistsOpt() index = CompoundIdentifier()
    <ON> table = CompoundIdentifier()
    <LPAREN>
    CoconutIndexColumn(columns)
    ( <COMMA> CoconutIndexColumn(columns) )*
    <RPAREN>
    [
        <INCLUDE> <LPAREN> name = SimpleIdentifier() { included.add(name); }
        ( <COMMA> name = SimpleIdentifier() { included.add(name); } )*
        <RPAREN>
    ]
    {
        return new SqlCreateIndex(s.end(this), replace, unique, ifNotExists, index, table, columns, included);
    }
}

void CoconutIndexColumn(List<IndexColumnClause> columns) :
{
    final SqlIdentifier name;
    boolean descending = false;
}
{
    name = SimpleIdentifier()
    [ <ASC> | <DESC> { descending = true; } ]
    {
        columns.add(new IndexColumnClause(name, descending));
    }
}

/** CREATE [OR REPLACE] VIEW [IF NOT EXISTS] name [ ( column, ... ) ] AS query. */
SqlCreate CoconutCreateView(Span s, boolean replace) :
{
    final boolean ifNotExists;
    final SqlIdentifier view;
    SqlNodeList columns = null;
    final QueryClause query;
}
{
    <VIEW> ifNotExists = IfNotExistsOpt() { Refusals.unlessBoth(replace, ifNotExists, getPos()); }
    view = CompoundIdentifier()
    [ columns = ParenthesizedSimpleIdentifierList() ]
    <AS> query = CoconutQueryClause()
    [
        <WITH> [ <LOCAL> | SimpleIdentifier() ] <CHECK> {
            throw Refusals.notYet("WITH CHECK OPTION", "Leave it out: a view can only be read.", getPos());
        }
    ]
    {
        return new SqlCreateView(s.end(this), replace, ifNotExists, view, columns, query);
    }
}

/** DROP VIEW [IF EXISTS] name [CASCADE | RESTRICT]. */
SqlDrop CoconutDropView(Span s, boolean replace) :
{
    final boolean ifExists;
    final SqlIdentifier name;
    boolean cascades = false;
}
{
    <VIEW> ifExists = IfExistsOpt() name = CompoundIdentifier()
    [ <CASCADE> { cascades = true; } | <RESTRICT> ]
    {
        return new SqlDropView(s.end(this), ifExists, name, cascades);
    }
}

/** CREATE SCHEMA [IF NOT EXISTS] name [AUTHORIZATION role]. */
SqlCreate CoconutCreateSchema(Span s, boolean replace) :
{
    final boolean ifNotExists;
    final SqlIdentifier name;
    SqlIdentifier owner = null;
}
{
    <SCHEMA> ifNotExists = IfNotExistsOpt() name = SimpleIdentifier()
    [ <AUTHORIZATION> owner = SimpleIdentifier() ]
    {
        if (replace) {
            throw Refusals.notYet("CREATE OR REPLACE SCHEMA", "Say IF NOT EXISTS, or DROP SCHEMA … CASCADE it first.", getPos());
        }
        return new SqlCreateCoconutSchema(s.end(this), ifNotExists, name, owner);
    }
}

/** DROP SCHEMA [IF EXISTS] name [CASCADE | RESTRICT]. */
SqlDrop CoconutDropSchema(Span s, boolean replace) :
{
    final boolean ifExists;
    final SqlIdentifier name;
    boolean cascades = false;
}
{
    <SCHEMA> ifExists = IfExistsOpt() name = SimpleIdentifier()
    [ <CASCADE> { cascades = true; } | <RESTRICT> ]
    {
        return new SqlDropCoconutSchema(s.end(this), ifExists, name, cascades);
    }
}

/** COMMENT ON kind name IS 'text' | NULL. */
SqlNode CoconutComment() :
{
    final Span s;
    final SqlComment.Target target;
    final SqlIdentifier name;
    SqlNode text = null;
}
{
    <COMMENT> { s = span(); } <ON>
    (
        <TABLE> { target = SqlComment.Target.TABLE; }
    |
        <VIEW> { target = SqlComment.Target.VIEW; }
    |
        <COLUMN> { target = SqlComment.Target.COLUMN; }
    |
        <INDEX> { target = SqlComment.Target.INDEX; }
    |
        <SCHEMA> { target = SqlComment.Target.SCHEMA; }
    |
        <SEQUENCE> { target = SqlComment.Target.SEQUENCE; }
    |
        ( <CONSTRAINT> | <DATABASE> | <FUNCTION> | <TYPE> | SimpleIdentifier() ) {
            throw Refusals.notYet("COMMENT ON " + token.image.toUpperCase(Locale.ROOT),
                "Comments are of a TABLE, VIEW, COLUMN, INDEX, SCHEMA or SEQUENCE.", getPos());
        }
    )
    name = CompoundIdentifier() <IS>
    ( text = StringLiteral() | <NULL> )
    {
        return new SqlComment(s.end(this), target, name, text);
    }
}

/** DROP INDEX [IF EXISTS] name. */
SqlDrop CoconutDropIndex(Span s, boolean replace) :
{
    final boolean ifExists;
    final SqlIdentifier name;
}
{
    <INDEX> ifExists = IfExistsOpt() name = CompoundIdentifier() {
        return new SqlDropIndex(s.end(this), ifExists, name);
    }
}

/** DROP TABLE [IF EXISTS] name [CASCADE | RESTRICT]. */
SqlDrop CoconutDropTable(Span s, boolean replace) :
{
    final boolean ifExists;
    final SqlIdentifier name;
    boolean cascades = false;
}
{
    <TABLE> ifExists = IfExistsOpt() name = CompoundIdentifier()
    [ <CASCADE> { cascades = true; } | <RESTRICT> ]
    {
        return new SqlDropCoconutTable(s.end(this), ifExists, name, cascades);
    }
}

/** TRUNCATE [TABLE] name, ... [CONTINUE IDENTITY | RESTART IDENTITY]. */
SqlNode CoconutTruncate() :
{
    final Span s;
    final List<SqlNode> tables = new ArrayList<SqlNode>();
    SqlIdentifier name;
    boolean restartsIdentity = false;
}
{
    <TRUNCATE> { s = span(); }
    [ <TABLE> ]
    name = CompoundIdentifier() { tables.add(name); }
    ( <COMMA> name = CompoundIdentifier() { tables.add(name); } )*
    [ <CONTINUE> <IDENTITY> | <RESTART> <IDENTITY> { restartsIdentity = true; } ]
    {
        return new SqlTruncateTable(s.end(this), new SqlNodeList(tables, s.pos()), restartsIdentity);
    }
}

/** ANALYZE [TABLE] [name]. */
SqlNode CoconutAnalyze() :
{
    final Span s;
    SqlIdentifier table = null;
}
{
    <ANALYZE> { s = span(); }
    [ <TABLE> ]
    [ table = CompoundIdentifier() ]
    {
        return new SqlAnalyze(s.end(this), table);
    }
}

/** KILL QUERY session. */
SqlNode CoconutKill() :
{
    final Span s;
    final SqlNumericLiteral session;
}
{
    <KILL> { s = span(); }
    <QUERY>
    session = UnsignedNumericLiteral()
    {
        return new SqlKillQuery(s.end(this), session);
    }
}

/** WITH ( name = value, ... ). */
void CoconutOptions(List<OptionClause> optionClauses) :
{
}
{
    <WITH> <LPAREN>
    CoconutOption(optionClauses)
    ( <COMMA> CoconutOption(optionClauses) )*
    <RPAREN>
}

void CoconutOption(List<OptionClause> optionClauses) :
{
    final SqlIdentifier name;
    final SqlNode value;
}
{
    name = SimpleIdentifier() <EQ> value = Expression(ExprContext.ACCEPT_NON_QUERY)
    {
        optionClauses.add(new OptionClause(name, value));
    }
}

/** Calcite's UPDATE, whose columns can be set to DEFAULT too, and [ WITH ( option, ... ) ] behind it. */
SqlNode CoconutUpdate() :
{
    SqlNode update;
    final SqlIdentifier name;
    SqlNode target;
    SqlIdentifier alias = null;
    SqlNode where = null;
    final SqlNodeList columns;
    final SqlNodeList values;
    final Span s;
    final List<OptionClause> optionClauses = new ArrayList<OptionClause>();
}
{
    <UPDATE> { s = span(); columns = new SqlNodeList(s.pos()); values = new SqlNodeList(s.pos()); }
    name = CompoundTableIdentifier()
    ( target = TableHints(name) | { target = name; } )
    [ target = ExtendTable(target) ]
    [ [ <AS> ] alias = SimpleIdentifier() ]
    <SET> CoconutAssignments(columns, values)
    [ where = Where() ]
    {
        update = new SqlUpdate(s.addAll(columns).addAll(values).addIf(where).pos(), target, columns, values, where, null, alias);
    }
    [ CoconutOptions(optionClauses) { update = new SqlWithOptions(getPos(), update, optionClauses); } ]
    update = CoconutReturningOpt(update)
    {
        return update;
    }
}

/** Calcite's DELETE, with RETURNING. */
SqlNode CoconutDelete() :
{
    SqlNode delete;
}
{
    delete = SqlDelete()
    delete = CoconutReturningOpt(delete)
    {
        return delete;
    }
}

/** The statement, with [ RETURNING item, ... ] behind it. */
SqlNode CoconutReturningOpt(SqlNode statement) :
{
    final Span s;
    final List<SqlNode> items = new ArrayList<SqlNode>();
}
{
    [
        <RETURNING> { s = span(); }
        AddSelectItem(items)
        ( <COMMA> AddSelectItem(items) )*
        { return new SqlReturning(s.end(this), statement, new SqlNodeList(items, s.pos())); }
    ]
    {
        return statement;
    }
}

/** column = value, ..., where a value may be DEFAULT. */
void CoconutAssignments(SqlNodeList columns, SqlNodeList values) :
{
}
{
    CoconutAssignment(columns, values)
    ( <COMMA> CoconutAssignment(columns, values) )*
}

void CoconutAssignment(SqlNodeList columns, SqlNodeList values) :
{
    final SqlIdentifier column;
    final SqlNode value;
}
{
    column = CompoundIdentifier() <EQ>
    ( value = Default() | value = Expression(ExprContext.ACCEPT_SUB_QUERY) )
    {
        columns.add(column);
        values.add(value);
    }
}

/** Calcite's INSERT and UPSERT, with OVERRIDING SYSTEM VALUE, and DEFAULT VALUES: one row without a value for any column. */
SqlNode CoconutPlainInsert() :
{
    final List<SqlLiteral> keywords = new ArrayList<SqlLiteral>();
    final SqlNodeList keywordList;
    final SqlIdentifier tableName;
    SqlNode tableRef;
    SqlNode source;
    SqlNodeList columnList = null;
    final Span s;
    final Pair<SqlNodeList, SqlNodeList> p;
    boolean isOverriding = false;
}
{
    ( <INSERT> | <UPSERT> { keywords.add(SqlInsertKeyword.UPSERT.symbol(getPos())); } )
    { s = span(); }
    SqlInsertKeywords(keywords) {
        keywordList = new SqlNodeList(keywords, s.addAll(keywords).pos());
    }
    <INTO> tableName = CompoundTableIdentifier()
    ( tableRef = TableHints(tableName) | { tableRef = tableName; } )
    [ LOOKAHEAD(5) tableRef = ExtendTable(tableRef) ]
    (
        <DEFAULT_> <VALUES> {
            source = SqlStdOperatorTable.VALUES.createCall(getPos(), SqlStdOperatorTable.ROW.createCall(getPos()));
            columnList = new SqlNodeList(getPos());
        }
    |
        [
            LOOKAHEAD(2)
            p = ParenthesizedCompoundIdentifierList() {
                if (!p.right.isEmpty()) {
                    tableRef = extend(tableRef, p.right);
                }
                columnList = p.left.isEmpty() ? null : p.left;
            }
        ]
        [
            <OVERRIDING>
            (
                <SYSTEM> <VALUE> { isOverriding = true; }
            |
                <USER> { throw Refusals.notYet("OVERRIDING USER VALUE", "Leave the identity column out, or write DEFAULT.", getPos()); }
            )
        ]
        source = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    )
    {
        if (isOverriding) {
            return new SqlOverridingInsert(s.end(source), keywordList, tableRef, source, columnList);
        }
        return new SqlInsert(s.end(source), keywordList, tableRef, source, columnList);
    }
}

/**
 * Calcite's INSERT and UPSERT, and INSERT ... ON CONFLICT [(columns)] DO NOTHING | DO UPDATE SET column = value, ...,
 * each with [ WITH ( option, ... ) ] behind it.
 */
SqlNode CoconutInsert() :
{
    SqlNode insert;
    SqlNodeList target = null;
    final SqlNodeList columns;
    final SqlNodeList values;
    SqlNode where = null;
    final Span s;
    final List<OptionClause> optionClauses = new ArrayList<OptionClause>();
}
{
    insert = CoconutPlainInsert()
    [
        <ON> { s = span(); columns = new SqlNodeList(s.pos()); values = new SqlNodeList(s.pos()); }
        <CONFLICT> { Refusals.unlessUpsert((SqlInsert) insert, getPos()); }
        [ target = ParenthesizedSimpleIdentifierList() ]
        <DO>
        (
            <NOTHING>
        |
            <UPDATE> <SET> CoconutAssignments(columns, values)
            [ where = Where() ]
        )
        {
            insert = new SqlInsertOnConflict(s.end(this), (SqlInsert) insert, target, columns, values, where);
        }
    ]
    [ CoconutOptions(optionClauses) { insert = new SqlWithOptions(getPos(), insert, optionClauses); } ]
    insert = CoconutReturningOpt(insert)
    {
        return insert;
    }
}

/**
 * EXPLAIN [ANALYZE] statement, EXPLAIN (ANALYZE, FORMAT JSON) statement, and Calcite's EXPLAIN PLAN ... FOR statement, of all that can be
 * executed with a plan.
 */
SqlNode CoconutExplain() :
{
    final SqlNode stmt;
    final ExplainOptions chosen = new ExplainOptions();
}
{
    <EXPLAIN>
    [
        LOOKAHEAD({ getToken(1).kind == ANALYZE || getToken(1).kind == PLAN
            || (getToken(1).kind == LPAREN && (getToken(2).kind == ANALYZE || getToken(2).kind == FORMAT)) })
        (
            <ANALYZE> { chosen.analyze(true, getPos()); }
        |
            <LPAREN> CoconutExplainOption(chosen) ( <COMMA> CoconutExplainOption(chosen) )* <RPAREN>
        |
            <PLAN>
            [ ExplainDetailLevel() ]
            ExplainDepth()
            [ <AS> CoconutExplainFormat(chosen) ]
            <FOR>
        )
    ]
    (
        LOOKAHEAD({ getToken(1).kind == INSERT || getToken(1).kind == UPSERT })
        stmt = CoconutInsert()
    |
        LOOKAHEAD({ getToken(1).kind == UPDATE })
        stmt = CoconutUpdate()
    |
        LOOKAHEAD({ getToken(1).kind == DELETE })
        stmt = CoconutDelete()
    |
        LOOKAHEAD({ getToken(1).kind == MERGE })
        stmt = SqlQueryOrDml()
    |
        stmt = CoconutQuery()
    )
    {
        return new SqlExplainStatement(getPos(), stmt, chosen.isAnalyze(), chosen.format(), nDynamicParams);
    }
}

void CoconutExplainOption(ExplainOptions chosen) :
{
    boolean analyze = true;
}
{
    <ANALYZE> [ <TRUE> | <FALSE> { analyze = false; } ] { chosen.analyze(analyze, getPos()); }
|
    <FORMAT> CoconutExplainFormat(chosen)
}

void CoconutExplainFormat(ExplainOptions chosen) :
{
}
{
    <TEXT> { chosen.format(SqlExplainFormat.TEXT, getPos()); }
|
    <JSON> { chosen.format(SqlExplainFormat.JSON, getPos()); }
|
    <DOT_FORMAT> { chosen.format(SqlExplainFormat.DOT, getPos()); }
}

/** A name, or a name as a string, as the standard has it. */
String CoconutSchemaName() :
{
    final SqlIdentifier name;
    final SqlNode text;
}
{
    name = SimpleIdentifier() { return name.getSimple(); }
|
    text = StringLiteral() { return ((SqlLiteral) text).getValueAs(String.class); }
}

/**
 * BEGIN [WORK | TRANSACTION] [modes], START TRANSACTION [modes], COMMIT, ROLLBACK, SAVEPOINT name, ROLLBACK TO [SAVEPOINT] name,
 * RELEASE [SAVEPOINT] name, SET TRANSACTION modes, SET SESSION CHARACTERISTICS AS TRANSACTION modes, SET SCHEMA name,
 * SET [SESSION] TIME ZONE zone.
 */
SqlNode CoconutTransaction() :
{
    final Span s;
    final TransactionAction action;
    final SqlIdentifier name;
    final String text;
    final SessionSetting setting;
    TransactionModes modes = TransactionModes.NONE;
}
{
    (
        <BEGIN> { s = span(); } CoconutWorkOpt() [ modes = CoconutTransactionModes() ] { action = new TransactionAction.Begin(modes); }
    |
        <START> { s = span(); } <TRANSACTION> [ modes = CoconutTransactionModes() ] { action = new TransactionAction.Begin(modes); }
    |
        <COMMIT> { s = span(); } CoconutWorkOpt() { action = new TransactionAction.Commit(); }
    |
        <ROLLBACK> { s = span(); } CoconutWorkOpt()
        (
            <TO> [ <SAVEPOINT> ] name = SimpleIdentifier() { action = new TransactionAction.RollbackTo(name.getSimple()); }
        |
            { action = new TransactionAction.Rollback(); }
        )
    |
        <SAVEPOINT> { s = span(); } name = SimpleIdentifier() { action = new TransactionAction.SetSavepoint(name.getSimple()); }
    |
        <RELEASE> { s = span(); } [ <SAVEPOINT> ] name = SimpleIdentifier() { action = new TransactionAction.Release(name.getSimple()); }
    |
        <SET> { s = span(); }
        (
            <TRANSACTION> modes = CoconutTransactionModes() { action = new TransactionAction.SetModes(modes); }
        |
            <SESSION>
            (
                <CHARACTERISTICS> <AS> <TRANSACTION> modes = CoconutTransactionModes() { action = new TransactionAction.SetDefaults(modes); }
            |
                <TIME> <ZONE> setting = CoconutTimeZone() { return new SqlSessionSetting(s.end(this), setting); }
            )
        |
            <TIME> <ZONE> setting = CoconutTimeZone() { return new SqlSessionSetting(s.end(this), setting); }
        |
            <LOCAL> <TIME> <ZONE> {
                throw Refusals.notYet("SET LOCAL TIME ZONE", "Leave LOCAL out: a zone stays until the session gets another.", getPos());
            }
        |
            <SCHEMA> text = CoconutSchemaName() { return new SqlSessionSetting(s.end(this), new SessionSetting.Schema(text)); }
        |
            <READ> setting = CoconutReadPolicy() { return new SqlSessionSetting(s.end(this), setting); }
        )
    )
    {
        return new SqlTransactionStatement(s.end(this), action);
    }
}

/** DEFAULT | LOCAL | PRIMARY | any as text. */
SessionSetting CoconutReadPolicy() :
{
    final SqlNode value;
    final SqlIdentifier name;
}
{
    <DEFAULT_> { return new SessionSetting.Read(null); }
|
    <LOCAL> { return ReadPolicies.setting("local"); }
|
    <PRIMARY> { return ReadPolicies.setting("primary"); }
|
    value = StringLiteral() { return ReadPolicies.setting(((SqlLiteral) value).getValueAs(String.class)); }
|
    name = SimpleIdentifier() { return ReadPolicies.setting(name.getSimple()); }
}

/** LOCAL | DEFAULT | a name as text or word | an interval, or hours. */
SessionSetting CoconutTimeZone() :
{
    final SqlNode value;
    final SqlIdentifier name;
    boolean isNegative = false;
}
{
    ( <LOCAL> | <DEFAULT_> ) { return new SessionSetting.TimeZone(null); }
|
    value = StringLiteral() { return ZonedSyntax.named(((SqlLiteral) value).getValueAs(String.class)); }
|
    value = IntervalLiteral() { return ZonedSyntax.distance(value, false); }
|
    [ <PLUS> | <MINUS> { isNegative = true; } ]
    value = UnsignedNumericLiteral() { return ZonedSyntax.distance(value, isNegative); }
|
    name = SimpleIdentifier() { return ZonedSyntax.named(name.getSimple()); }
}

void CoconutWorkOpt() :
{
}
{
    [ <WORK> | <TRANSACTION> ]
}

TransactionModes CoconutTransactionModes() :
{
    TransactionModes modes;
}
{
    modes = CoconutTransactionMode(TransactionModes.NONE)
    ( [ <COMMA> ] modes = CoconutTransactionMode(modes) )*
    {
        return modes;
    }
}

TransactionModes CoconutTransactionMode(TransactionModes before) :
{
    final Isolation isolation;
    final boolean readOnly;
}
{
    <ISOLATION> <LEVEL>
    (
        <READ> ( <UNCOMMITTED> | <COMMITTED> ) { isolation = Isolation.READ_COMMITTED; }
    |
        <REPEATABLE> <READ> { isolation = Isolation.REPEATABLE_READ; }
    |
        <SERIALIZABLE> { isolation = Isolation.SERIALIZABLE; }
    )
    {
        return before.with(isolation, getPos());
    }
|
    <READ>
    ( <ONLY> { readOnly = true; } | <WRITE> { readOnly = false; } )
    {
        return before.with(readOnly, getPos());
    }
}

/** CREATE SEQUENCE [IF NOT EXISTS] name [AS type] option .... */
SqlCreate CoconutCreateSequence(Span s, boolean replace) :
{
    final boolean ifNotExists;
    final SqlIdentifier name;
    final SqlDataTypeSpec type;
    final SequenceOptions sequenceOptions = new SequenceOptions();
}
{
    <SEQUENCE> ifNotExists = IfNotExistsOpt() name = CompoundIdentifier()
    [ <AS> type = DataType() { sequenceOptions.type(type); } ]
    ( CoconutSequenceOption(sequenceOptions) )*
    {
        return new SqlCreateSequence(s.end(this), replace, ifNotExists, name, sequenceOptions);
    }
}

void CoconutSequenceOption(SequenceOptions sequenceOptions) :
{
    final BigInteger value;
    final SequenceOptions.Option option;
}
{
    <START> [ <WITH> ] value = CoconutInteger() { sequenceOptions.number(SequenceOptions.Option.START, value, getPos()); }
|
    <INCREMENT> [ <BY> ] value = CoconutInteger() { sequenceOptions.number(SequenceOptions.Option.INCREMENT, value, getPos()); }
|
    <MINVALUE> value = CoconutInteger() { sequenceOptions.number(SequenceOptions.Option.MINVALUE, value, getPos()); }
|
    <MAXVALUE> value = CoconutInteger() { sequenceOptions.number(SequenceOptions.Option.MAXVALUE, value, getPos()); }
|
    <CACHE> value = CoconutInteger() { sequenceOptions.number(SequenceOptions.Option.CACHE, value, getPos()); }
|
    <CYCLE> { sequenceOptions.flag(SequenceOptions.Option.CYCLE, true, getPos()); }
|
    <NO>
    (
        <MINVALUE> { option = SequenceOptions.Option.MINVALUE; }
    |
        <MAXVALUE> { option = SequenceOptions.Option.MAXVALUE; }
    |
        <CYCLE> { option = SequenceOptions.Option.CYCLE; }
    |
        <CACHE> { option = SequenceOptions.Option.CACHE; }
    )
    { sequenceOptions.flag(option, false, getPos()); }
}

BigInteger CoconutInteger() :
{
    boolean isNegative = false;
}
{
    [ <PLUS> | <MINUS> { isNegative = true; } ]
    <UNSIGNED_INTEGER_LITERAL> {
        final BigInteger value = new BigInteger(token.image);
        return isNegative ? value.negate() : value;
    }
}

/** DROP SEQUENCE [IF EXISTS] name. */
SqlDrop CoconutDropSequence(Span s, boolean replace) :
{
    final boolean ifExists;
    final SqlIdentifier name;
}
{
    <SEQUENCE> ifExists = IfExistsOpt() name = CompoundIdentifier() {
        return new SqlDropSequence(s.end(this), ifExists, name);
    }
}

/** ALTER SEQUENCE, ALTER TABLE, ALTER USER, ALTER BLOCK SPACE, and OWNER TO of views and schemas. */
SqlNode CoconutAlter() :
{
    final Span s;
    final SqlNode statement;
}
{
    <ALTER> { s = span(); }
    ( statement = CoconutAlterSequence(s) | statement = CoconutAlterTable(s) | statement = CoconutAlterUser(s) | statement = CoconutAlterSpace(s) | statement = CoconutAlterOwner(s) )
    {
        return statement;
    }
}

/** BLOCK SPACE name SET setting = value, ..., where a value may be DEFAULT. */
SqlNode CoconutAlterSpace(Span s) :
{
    final SqlIdentifier name;
    final List<OptionClause> settings = new ArrayList<OptionClause>();
}
{
    <BLOCK> <SPACE> name = CoconutSpaceName()
    <SET> CoconutSpaceSetting(settings) ( <COMMA> CoconutSpaceSetting(settings) )*
    {
        return new SqlAlterSpace(s.end(this), name, settings);
    }
}

void CoconutSpaceSetting(List<OptionClause> settings) :
{
    final SqlIdentifier name;
    final SqlNode value;
}
{
    name = SimpleIdentifier() <EQ> ( value = Default() | value = Expression(ExprContext.ACCEPT_NON_QUERY) )
    {
        settings.add(new OptionClause(name, value));
    }
}

/** SEQUENCE [IF EXISTS] name RESTART [WITH number] | OWNER TO role. */
SqlNode CoconutAlterSequence(Span s) :
{
    final boolean ifExists;
    final SqlIdentifier name;
    final SqlIdentifier owner;
    BigInteger value = null;
}
{
    <SEQUENCE> ifExists = IfExistsOpt() name = CompoundIdentifier()
    (
        <RESTART> [ [ <WITH> ] value = CoconutInteger() ]
    |
        <OWNER> <TO> owner = SimpleIdentifier() {
            return new SqlAccessStatement(s.end(this), new AccessAction.ChangeOwner(ObjectKind.SEQUENCE, name, owner, false));
        }
    |
        ( <INCREMENT> | <MINVALUE> | <MAXVALUE> | <CACHE> | <CYCLE> | <NO> | <START> | <AS> ) {
            throw Refusals.notYet("ALTER SEQUENCE " + token.image.toUpperCase(Locale.ROOT), "Only RESTART [WITH n] can be altered: make a new sequence that starts where this one is.", getPos());
        }
    )
    {
        return new SqlRestartSequence(s.end(this), ifExists, name, value);
    }
}

/** TABLE [IF EXISTS] name action, ... | OWNER TO role. */
SqlNode CoconutAlterTable(Span s) :
{
    final boolean ifExists;
    final SqlIdentifier name;
    final SqlIdentifier owner;
    final List<AlterAction> actions = new ArrayList<AlterAction>();
}
{
    <TABLE> ifExists = IfExistsOpt() name = CompoundIdentifier()
    [
        LOOKAHEAD(2)
        <OWNER> <TO> owner = SimpleIdentifier() {
            return new SqlAccessStatement(s.end(this), new AccessAction.ChangeOwner(ObjectKind.TABLE, name, owner, false));
        }
    ]
    CoconutAlterAction(actions)
    ( <COMMA> CoconutAlterAction(actions) )*
    {
        return new SqlAlterTable(s.end(this), ifExists, name, actions);
    }
}

/**
 * ADD [COLUMN] [IF NOT EXISTS] column, ADD constraint, DROP [COLUMN] [IF EXISTS] name [CASCADE | RESTRICT],
 * DROP CONSTRAINT [IF EXISTS] name [CASCADE | RESTRICT], ALTER [COLUMN] name SET DEFAULT value | DROP DEFAULT.
 */
void CoconutAlterAction(List<AlterAction> actions) :
{
    final Span s;
    final SqlIdentifier name;
    boolean isConstraint = false;
    boolean ifExists = false;
    boolean cascade = false;
    final ExpressionClause value;
    final List<ColumnClause> columns = new ArrayList<ColumnClause>();
    final List<KeyClause> keys = new ArrayList<KeyClause>();
    final List<CheckClause> checks = new ArrayList<CheckClause>();
    final List<UniqueClause> uniques = new ArrayList<UniqueClause>();
    final List<ForeignKeyClause> foreignKeys = new ArrayList<ForeignKeyClause>();
}
{
    LOOKAHEAD({ getToken(1).kind == ADD })
    <ADD> { s = span(); }
    (
        <COLUMN> ifExists = IfNotExistsOpt() CoconutColumn(columns, keys, checks, uniques, foreignKeys)
    |
        LOOKAHEAD(3)
        <IF> <NOT> <EXISTS> { ifExists = true; } CoconutColumn(columns, keys, checks, uniques, foreignKeys)
    |
        CoconutTableElement(columns, keys, checks, uniques, foreignKeys)
    )
    {
        actions.add(new AlterAction.Add(s.end(this), ifExists, columns, keys, checks, uniques, foreignKeys));
    }
|
    <DROP> { s = span(); }
    [ <COLUMN> | <CONSTRAINT> { isConstraint = true; } ]
    ifExists = IfExistsOpt() name = SimpleIdentifier()
    [ <CASCADE> { cascade = true; } | <RESTRICT> ]
    {
        actions.add(isConstraint ? new AlterAction.DropConstraint(name, ifExists, cascade) : new AlterAction.DropColumn(name, ifExists, cascade));
    }
|
    <ALTER> [ <COLUMN> ] name = SimpleIdentifier()
    (
        <SET>
        (
            <DEFAULT_> value = CoconutExpression() { actions.add(new AlterAction.ChangeDefault(name, value)); }
        |
            ( <NOT> | <DATA> | <GENERATED> | SimpleIdentifier() ) { throw Refusals.ofColumnChange("SET " + token.image, getPos()); }
        )
    |
        <DROP>
        (
            <DEFAULT_> { actions.add(new AlterAction.ChangeDefault(name, null)); }
        |
            ( <NOT> | <IDENTITY> | SimpleIdentifier() ) { throw Refusals.ofColumnChange("DROP " + token.image, getPos()); }
        )
    |
        ( <TYPE> | <RESTART> | <ADD> ) { throw Refusals.ofColumnChange(token.image, getPos()); }
    )
|
    ( <RENAME> | <SET> | SimpleIdentifier() ) {
        throw Refusals.notYet("ALTER TABLE ... " + token.image.toUpperCase(Locale.ROOT),
            "ALTER TABLE takes ADD, DROP and ALTER ... SET | DROP DEFAULT; for other changes make a new table and INSERT INTO it a SELECT from the old one.", getPos());
    }
}

/** COPY table [(columns)] FROM | TO 'file', COPY (query) TO 'file', each with [ [WITH] ( option [value], ... ) ] behind it. */
SqlNode CoconutCopy() :
{
    final Span s;
    final SqlNode source;
    SqlNodeList columns = null;
    boolean isFrom = false;
    final SqlNode file;
    final List<OptionClause> optionClauses = new ArrayList<OptionClause>();
}
{
    <COPY> { s = span(); }
    (
        <LPAREN> source = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) <RPAREN> <TO>
    |
        source = CompoundIdentifier()
        [ columns = ParenthesizedSimpleIdentifierList() ]
        ( <FROM> { isFrom = true; } | <TO> )
    )
    (
        file = StringLiteral()
    |
        SimpleIdentifier() {
            throw Refusals.notYet("COPY " + (isFrom ? "FROM " : "TO ") + token.image.toUpperCase(Locale.ROOT),
                "Name a file in single quotes: its path is that of the process that has the database open.", getPos());
        }
    )
    [
        [ <WITH> ] <LPAREN>
        CoconutCopyOption(optionClauses)
        ( <COMMA> CoconutCopyOption(optionClauses) )*
        <RPAREN>
    ]
    [
        <WHERE> { throw Refusals.notYet("COPY ... WHERE", "Copy into a table of its own, then INSERT a SELECT from it.", getPos()); }
    ]
    {
        return new SqlCopy(s.end(this), source, columns, isFrom, file, optionClauses);
    }
}

/** A name, and a value where it has one; TRUE stands for none. */
void CoconutCopyOption(List<OptionClause> optionClauses) :
{
    final SqlIdentifier name;
    SqlNode value;
}
{
    (
        <NULL> { name = new SqlIdentifier("NULL", getPos()); }
    |
        <ESCAPE> { name = new SqlIdentifier("ESCAPE", getPos()); }
    |
        <DEFAULT_> { name = new SqlIdentifier("DEFAULT", getPos()); }
    |
        name = SimpleIdentifier()
    )
    { value = SqlLiteral.createBoolean(true, getPos()); }
    [
        value = StringLiteral()
    |
        value = UnsignedNumericLiteral()
    |
        <TRUE> { value = SqlLiteral.createBoolean(true, getPos()); }
    |
        <FALSE> { value = SqlLiteral.createBoolean(false, getPos()); }
    |
        <MATCH> { value = new SqlIdentifier("MATCH", getPos()); }
    |
        <ON> { value = new SqlIdentifier("ON", getPos()); }
    |
        <BINARY> { value = new SqlIdentifier("BINARY", getPos()); }
    |
        <STAR> { value = new SqlIdentifier("*", getPos()); }
    |
        value = ParenthesizedSimpleIdentifierList()
    |
        value = SimpleIdentifier()
    ]
    {
        optionClauses.add(new OptionClause(name, value));
    }
}

/** SHOW TABLES [FROM schema], SHOW COLUMNS FROM table, SHOW CREATE TABLE | VIEW name, SHOW TIME ZONE, DESCRIBE [TABLE] table. */
SqlNode CoconutShow() :
{
    final Span s;
    SqlIdentifier from = null;
    boolean columns = false;
}
{
    (
        <SHOW> { s = span(); }
        (
            <TABLES> [ ( <FROM> | <IN> ) from = SimpleIdentifier() ]
        |
            <COLUMNS> { columns = true; } ( <FROM> | <IN> ) from = CompoundIdentifier()
        |
            <TIME> <ZONE> { return new SqlShowTimeZone(s.end(this)); }
        |
            <CREATE>
            (
                <TABLE> from = CompoundIdentifier() { return new SqlShowCreate(s.end(this), false, from); }
            |
                <VIEW> from = CompoundIdentifier() { return new SqlShowCreate(s.end(this), true, from); }
            )
        )
    |
        <DESCRIBE> { s = span(); columns = true; }
        [ <TABLE> ]
        from = CompoundIdentifier()
    )
    {
        return new SqlShow(s.end(this), columns, from);
    }
}

/** A query, and one with FOR UPDATE behind it. */
SqlNode CoconutQuery() :
{
    SqlNode query;
    final Span s;
}
{
    query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    [
        <FOR> { s = span(); }
        (
            <UPDATE>
        |
            ( <NO> | <KEY> | SimpleIdentifier() ) {
                throw Refusals.notYet("FOR " + token.image.toUpperCase(Locale.ROOT), "Use FOR UPDATE: the commit then rests on the rows.", getPos());
            }
        )
        [
            ( <OF> | <SKIP_> | SimpleIdentifier() ) {
                throw Refusals.notYet("FOR UPDATE " + token.image.toUpperCase(Locale.ROOT),
                    "Leave it out: FOR UPDATE waits for nobody and skips nothing; the rows of all tables that the query reads are judged at the commit.", getPos());
            }
        ]
        { query = new SqlForUpdate(s.end(this), query); }
    ]
    {
        return query;
    }
}
