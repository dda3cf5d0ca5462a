/** value::type. */
void CoconutInfixCast(List<Object> list, ExprContext exprContext, Span s) :
{
    final SqlDataTypeSpec type;
}
{
    <INFIX_CAST> { checkNonQueryExpression(exprContext); s.clear().add(this); }
    type = DataType() {
        list.add(new SqlParserUtil.ToTreeListItem(InfixCast.OPERATOR, s.pos()));
        list.add(type);
    }
}

/** json -> key, json ->> key. */
void CoconutJsonArrow(List<Object> list, ExprContext exprContext, Span s) :
{
    final SqlBinaryOperator operator;
}
{
    ( <LAMBDA> { operator = JsonArrows.GET; } | <JSON_TEXT_ARROW> { operator = JsonArrows.GET_TEXT; } )
    {
        checkNonQueryExpression(exprContext);
        list.add(new SqlParserUtil.ToTreeListItem(operator, getPos()));
    }
    AddExpression2b(list, ExprContext.ACCEPT_SUB_QUERY)
}

/** value AT TIME ZONE zone, value AT LOCAL. */
void CoconutAtTimeZone(List<Object> list, ExprContext exprContext, Span s) :
{
}
{
    <AT> { checkNonQueryExpression(exprContext); }
    (
        <LOCAL> { list.add(new SqlParserUtil.ToTreeListItem(ZonedSyntax.AT_LOCAL, getPos())); }
    |
        <TIME> <ZONE> { list.add(new SqlParserUtil.ToTreeListItem(ZonedSyntax.AT_TIME_ZONE, getPos())); }
        AddExpression2b(list, ExprContext.ACCEPT_SUB_QUERY)
    )
}

/** PostgreSQL's names of types, such as TEXT, and JSON. */
SqlTypeNameSpec CoconutTypeName() :
{
    final String name;
    final SqlParserPos position;
    int precision = -1;
}
{
    LOOKAHEAD({ (getToken(1).kind == IDENTIFIER || getToken(1).kind == TEXT || getToken(1).kind == JSON) && TypeNames.find(getToken(1).image) != null })
    ( <IDENTIFIER> | <TEXT> | <JSON> ) {
        name = token.image;
        position = getPos();
    }
    [
        LOOKAHEAD({ getToken(1).kind == LPAREN && TypeNames.takesPrecision(getToken(0).image) })
        <LPAREN> precision = UnsignedIntLiteral() <RPAREN>
    ]
    {
        return TypeNames.spec(name, precision, position);
    }
}

/** What stands behind the type of its elements: ARRAY, ARRAY[n], [], [n], MULTISET. */
SqlTypeNameSpec CoconutCollectionTypeName(SqlTypeNameSpec elementTypeName) :
{
    int bound = -1;
}
{
    <MULTISET> { return new SqlCollectionTypeNameSpec(elementTypeName, SqlTypeName.MULTISET, getPos()); }
|
    <ARRAY> [ LOOKAHEAD(1) bound = CoconutArrayBound() ] { return new ArrayTypeName(elementTypeName, bound, getPos()); }
|
    bound = CoconutArrayBound() { return new ArrayTypeName(elementTypeName, bound, getPos()); }
}

/** [n] or []: how many elements an array has at most, -1 for any number. */
int CoconutArrayBound() :
{
    int bound = -1;
}
{
    <LBRACKET> [ bound = UnsignedIntLiteral() ] <RBRACKET> { return bound; }
}
