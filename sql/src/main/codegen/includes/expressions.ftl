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

/** PostgreSQL's names of types, such as TEXT, and JSON. */
SqlTypeNameSpec CoconutTypeName() :
{
}
{
    LOOKAHEAD({ (getToken(1).kind == IDENTIFIER || getToken(1).kind == TEXT || getToken(1).kind == JSON) && TypeNames.find(getToken(1).image) != null })
    ( <IDENTIFIER> | <TEXT> | <JSON> ) {
        return TypeNames.spec(token.image, getPos());
    }
}
