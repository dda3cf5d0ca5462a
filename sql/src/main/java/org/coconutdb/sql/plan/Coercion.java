package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.implicit.TypeCoercionImpl;

/// Calcite's casts between types that do not fit, and whole numbers added to dates, which count days, as PostgreSQL, Oracle and H2 have it.
final class Coercion extends TypeCoercionImpl {
    // From 0001-01-01 to 9999-12-31 it is 3,652,058.
    private static final int DAY_DIGITS = 7;

    Coercion(RelDataTypeFactory typeFactory, SqlValidator validator) {
        super(typeFactory, validator);
    }

    @Override
    public boolean binaryArithmeticCoercion(SqlCallBinding binding) {
        SqlCall call = binding.getCall();
        if (call.operandCount() == 2 && (call.getKind() == SqlKind.PLUS || call.getKind() == SqlKind.MINUS)) {
            RelDataType left = binding.getOperandType(0);
            RelDataType right = binding.getOperandType(1);
            if (left.getSqlTypeName() == SqlTypeName.DATE && SqlTypeUtil.isIntType(right)) {
                return countDays(binding, 1);
            }
            if (call.getKind() == SqlKind.PLUS && right.getSqlTypeName() == SqlTypeName.DATE && SqlTypeUtil.isIntType(left)) {
                return countDays(binding, 0);
            }
        }
        return super.binaryArithmeticCoercion(binding);
    }

    /// 22003 for more days than there are between any two dates: Calcite's code would wrap around.
    private static SqlNode bounded(SqlNode number, SqlParserPos position) {
        SqlNode decimal = SqlStdOperatorTable.CAST.createCall(position, number, new SqlDataTypeSpec(new SqlBasicTypeNameSpec(
                SqlTypeName.DECIMAL, DAY_DIGITS, 0,
                null, position), position));
        return SqlStdOperatorTable.CAST.createCall(position, decimal, new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.INTEGER,
                position), position));
    }

    private static boolean countDays(SqlCallBinding binding, int operand) {
        SqlCall call = binding.getCall();
        SqlParserPos position = call.operand(operand).getParserPosition();
        SqlNode number = bounded(call.operand(operand), position);
        SqlNode day = SqlLiteral.createInterval(1, "1", new SqlIntervalQualifier(TimeUnit.DAY, null, position), position);
        SqlNode days = SqlStdOperatorTable.MULTIPLY.createCall(new SqlNodeList(List.of(number, day), position));
        binding.getValidator().deriveType(binding.getScope(), days);
        call.setOperand(operand, days);
        return true;
    }
}
