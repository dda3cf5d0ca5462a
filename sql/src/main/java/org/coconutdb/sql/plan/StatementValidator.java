package org.coconutdb.sql.plan;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidatorCatalogReader;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

/// Calcite's validator with the rules of [ParameterTypes]: a question mark has its type before anything looks at the types of the
/// expression that it stands in, and none is refused for want of one.
final class StatementValidator extends SqlValidatorImpl {
    private final ParameterTypes parameters = new ParameterTypes(this);

    StatementValidator(SqlOperatorTable operators, SqlValidatorCatalogReader catalogReader, RelDataTypeFactory typeFactory, Config config) {
        super(operators, catalogReader, typeFactory, config);
    }

    /// The scope in which the names of a node are looked up.
    SqlValidatorScope scope(SqlNode node, SqlValidatorScope around) {
        SqlValidatorScope own = scopes.get(node);
        return own == null ? around : own;
    }

    @Override
    protected @Nullable SqlNode performUnconditionalRewrites(@Nullable SqlNode node, boolean underFrom) {
        return JsonCalls.rewritten(super.performUnconditionalRewrites(ordered(node), underFrom));
    }

    /// Calcite's validator has no ORDER BY of `TABLE t`, which is `SELECT * FROM t`.
    private static @Nullable SqlNode ordered(@Nullable SqlNode node) {
        if (!(node instanceof SqlOrderBy ordered) || ordered.query.getKind() != SqlKind.EXPLICIT_TABLE) {
            return node;
        }
        SqlParserPos position = ordered.query.getParserPosition();
        SqlNodeList all = SqlNodeList.of(SqlIdentifier.star(position));
        SqlNode table = ((SqlCall) ordered.query).operand(0);
        SqlSelect select = new SqlSelect(position, null, all, table, null, null, null, null, null, null, null, null, null);
        return new SqlOrderBy(ordered.getParserPosition(), select, ordered.orderList, ordered.offset, ordered.fetch);
    }

    @Override
    protected void inferUnknownTypes(RelDataType inferredType, SqlValidatorScope scope, SqlNode node) {
        RelDataType wanted = inferredType.equals(unknownType) || inferredType.isStruct() ? null : inferredType;
        if (parameters.areOpenIn(node)) {
            parameters.settle(scope, node, wanted);
        }
        // What is settled stays: operators that infer from their first operand alone know less.
        if (!(node instanceof SqlDynamicParam)) {
            super.inferUnknownTypes(inferredType, scope, node);
        }
    }

    /// Calcite infers nothing in ORDER BY.
    @Override
    protected void validateOrderList(SqlSelect select) {
        if (select.getOrderList() != null) {
            for (SqlNode item : select.getOrderList()) {
                if (parameters.areOpenIn(item)) {
                    parameters.settle(getOrderScope(select), item, null);
                }
            }
        }
        super.validateOrderList(select);
    }

    /// The rows of a VALUES list suggest each other's types, column by column.
    @Override
    protected void validateValues(SqlCall values, RelDataType targetRowType, SqlValidatorScope scope) {
        if (parameters.areOpenIn(values) && values.getKind() == SqlKind.VALUES) {
            parameters.settleRows(scope, values.getOperandList());
        }
        super.validateValues(values, targetRowType, scope);
    }
}
