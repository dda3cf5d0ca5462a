package org.coconutdb.sql.plan;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.AliasNamespace;
import org.apache.calcite.sql.validate.SqlQualified;
import org.apache.calcite.sql.validate.SqlValidatorCatalogReader;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorNamespace;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.sql.validate.SqlValidatorTable;
import org.jspecify.annotations.Nullable;

/// Calcite's validator with the rules of [ParameterTypes]: a question mark has its type before anything looks at the types of the
/// expression that it stands in, and none is refused for want of one.
final class StatementValidator extends SqlValidatorImpl {
    private final ParameterTypes parameters = new ParameterTypes(this);
    private final ArrayCalls arrays = new ArrayCalls(this);

    private final @Nullable ReadNeeds reads;

    /// @param reads notes what the query names; null where nobody has to know
    StatementValidator(
            SqlOperatorTable operators,
            SqlValidatorCatalogReader catalogReader,
            RelDataTypeFactory typeFactory,
            Config config,
            @Nullable ReadNeeds reads) {
        super(operators, catalogReader, typeFactory, config);
        this.reads = reads;
    }

    /// The scope in which the names of a node are looked up.
    SqlValidatorScope scope(SqlNode node, SqlValidatorScope around) {
        SqlValidatorScope own = scopes.get(node);
        return own == null ? around : own;
    }

    @Override
    protected @Nullable SqlNode performUnconditionalRewrites(@Nullable SqlNode node, boolean underFrom) {
        return ZonedCalls.rewritten(JsonCalls.rewritten(ArrayCalls.rewritten(super.performUnconditionalRewrites(ordered(node),
                underFrom))));
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

    @Override
    public RelDataType deriveType(SqlValidatorScope scope, SqlNode expression) {
        if (expression instanceof SqlCall call && getValidatedNodeTypeIfKnown(call) == null && !call.isA(SqlKind.QUERY)) {
            arrays.adapt(scope, call);
        }
        RelDataType type = super.deriveType(scope, expression);
        if (expression instanceof SqlCall call && call.getKind() == SqlKind.ARRAY_QUERY_CONSTRUCTOR) {
            ArrayCalls.requireOneColumn(call, type);
        }
        if (expression instanceof SqlIdentifier column) {
            note(column, scope);
        }
        return type;
    }

    @Override
    public void validateIdentifier(SqlIdentifier column, SqlValidatorScope scope) {
        super.validateIdentifier(column, scope);
        note(column, scope);
    }

    @Override
    protected void validateNamespace(SqlValidatorNamespace namespace, RelDataType targetRowType) {
        super.validateNamespace(namespace, targetRowType);
        SqlValidatorTable table = namespace.getTable();
        SqlNode node = namespace.getNode();
        // What a name means has no node, and is asked for behind the name.
        if (reads != null && table != null && node != null && !UnaskedNames.isOne(node)) {
            reads.table(table);
        }
    }

    /// A table of a subquery that is called as one around it: Calcite validates the other in its place, see the namespace by its node.
    @Override
    protected void validateFrom(SqlNode node, RelDataType targetRowType, SqlValidatorScope scope) {
        super.validateFrom(node, targetRowType, scope);
        SqlValidatorNamespace namespace = reads == null || !(node instanceof SqlIdentifier) || UnaskedNames.isOne(node)
                ? null
                : getNamespace(node);
        if (reads == null || namespace == null) {
            return;
        }
        namespace.validate(targetRowType);
        SqlValidatorTable table = namespace.getTable();
        if (table != null) {
            reads.table(table);
        }
    }

    /// Columns that NATURAL and USING compare are named by nobody.
    @Override
    protected void validateJoin(SqlJoin join, SqlValidatorScope scope) {
        super.validateJoin(join, scope);
        List<String> names = reads == null ? null : usingNames(join);
        if (names != null) {
            for (String name : names) {
                noteJoined(join.getLeft(), name);
                noteJoined(join.getRight(), name);
            }
        }
    }

    private void noteJoined(SqlNode from, String column) {
        if (from instanceof SqlJoin join) {
            noteJoined(join.getLeft(), column);
            noteJoined(join.getRight(), column);
            return;
        }
        SqlValidatorNamespace namespace = getNamespace(from);
        if (namespace != null) {
            note(namespace, column);
        }
    }

    private void note(SqlIdentifier column, SqlValidatorScope scope) {
        if (reads == null || column.isStar() || UnaskedNames.isOne(column)) {
            return;
        }
        SqlQualified qualified;
        try {
            qualified = scope.fullyQualify(column);
        } catch (CalciteContextException none) {
            // A function without parentheses, or told by the validator itself.
            return;
        }
        SqlValidatorNamespace namespace = qualified.namespace;
        if (namespace != null && !qualified.suffix().isEmpty()) {
            note(namespace, qualified.suffix().getFirst());
        }
    }

    /// @param name that the column has in the namespace
    private void note(SqlValidatorNamespace of, String name) {
        SqlValidatorNamespace namespace = of;
        String column = name;
        // Names behind a table's alias are other names for its columns, in their order.
        while (namespace.isWrapperFor(AliasNamespace.class)) {
            SqlNode aliased = Objects.requireNonNull(namespace.unwrap(AliasNamespace.class).getNode());
            SqlValidatorNamespace below = getNamespace(SqlUtil.stripAs(aliased));
            RelDataTypeField field = namespace.getRowType().getField(column, true, false);
            if (below == null || field == null) {
                return;
            }
            if (below.getRowType().getFieldCount() > field.getIndex()) {
                column = below.getRowType().getFieldList().get(field.getIndex()).getName();
            }
            namespace = below;
        }
        SqlValidatorTable table = namespace.getTable();
        if (table != null && reads != null) {
            reads.column(table, column);
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
