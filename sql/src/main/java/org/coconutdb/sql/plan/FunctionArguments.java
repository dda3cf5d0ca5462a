package org.coconutdb.sql.plan;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.FamilyOperandTypeChecker;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlOperandMetadata;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;

/// Arguments by families of types, cast where they are of another that can be: as Calcite's own functions take theirs, and not those that
/// users define.
record FunctionArguments(List<SqlTypeFamily> families, FamilyOperandTypeChecker checker) implements SqlOperandMetadata {
    FunctionArguments(List<SqlTypeFamily> families) {
        this(families, OperandTypes.family(families));
    }

    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
        return checker.checkOperandTypes(binding, throwOnFailure);
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
        return checker.getOperandCountRange();
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
        return checker.getAllowedSignatures(operator, name);
    }

    /// Asked where arguments have names, which these have not.
    @Override
    public List<RelDataType> paramTypes(RelDataTypeFactory factory) {
        return families.stream().map(_ -> factory.createSqlType(SqlTypeName.ANY)).toList();
    }

    @Override
    public List<String> paramNames() {
        return IntStream.range(0, families.size()).mapToObj(i -> "argument" + (i + 1)).toList();
    }
}
