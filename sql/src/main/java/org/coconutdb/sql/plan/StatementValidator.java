package org.coconutdb.sql.plan;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidatorCatalogReader;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/// Calcite's validator, which also gives question marks inside CASE their types.
///
/// Calcite asks for the type of a CASE, and with it for those of all that is in it, before it has given types to question marks there:
/// `CASE WHEN a = 1 THEN b < ? END`, `(CASE WHEN a = ? THEN 1 END) + 1` and COALESCE or NULLIF of such fail with an internal error. Here
/// the parts of each CASE come before what stands around it.
final class StatementValidator extends SqlValidatorImpl {
    private final Set<SqlCase> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    StatementValidator(
            SqlOperatorTable operators,
            SqlValidatorCatalogReader catalogReader,
            RelDataTypeFactory typeFactory,
            Config config) {
        super(operators, catalogReader, typeFactory, config);
    }

    @Override
    protected void inferUnknownTypes(RelDataType inferredType, SqlValidatorScope scope, SqlNode node) {
        inferCases(scope, node);
        super.inferUnknownTypes(inferredType, scope, node);
    }

    private void inferCases(SqlValidatorScope scope, SqlNode node) {
        if (node instanceof SqlCase choice) {
            if (seen.add(choice)) {
                choice.getWhenOperands().forEach(when -> inferUnknownTypes(typeFactory.createSqlType(SqlTypeName.BOOLEAN), scope, when));
                choice.getThenOperands().forEach(then -> inferBranch(scope, then));
                if (choice.getElseOperand() != null) {
                    inferBranch(scope, choice.getElseOperand());
                }
            }
        } else if (node instanceof SqlNodeList list) {
            list.forEach(item -> inferCases(scope, item));
        } else if (node instanceof SqlCall call && !isOfItsOwnScope(call)) {
            for (SqlNode operand : call.getOperandList()) {
                if (operand != null) {
                    inferCases(scope, operand);
                }
            }
        }
    }

    /// A question mark that is a branch itself gets the type of the whole later.
    private void inferBranch(SqlValidatorScope scope, SqlNode branch) {
        if (!(branch instanceof SqlDynamicParam) && !SqlUtil.isNullLiteral(branch, false)) {
            inferUnknownTypes(unknownType, scope, branch);
        }
    }

    private static boolean isOfItsOwnScope(SqlCall call) {
        return call.isA(SqlKind.QUERY) || call.isA(SqlKind.DML) || call.getKind() == SqlKind.OVER || call.getKind() == SqlKind.WITH
                || call.getKind() == SqlKind.LAMBDA;
    }
}
