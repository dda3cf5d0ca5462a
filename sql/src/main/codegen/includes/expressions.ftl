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

/** PostgreSQL's names of types, such as TEXT. */
SqlTypeNameSpec CoconutTypeName() :
{
}
{
    LOOKAHEAD({ (getToken(1).kind == IDENTIFIER || getToken(1).kind == TEXT) && TypeNames.find(getToken(1).image) != null })
    ( <IDENTIFIER> | <TEXT> ) {
        return new SqlBasicTypeNameSpec(TypeNames.find(token.image), getPos());
    }
}
