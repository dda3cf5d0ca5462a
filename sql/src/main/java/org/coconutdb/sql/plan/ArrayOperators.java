package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.calcite.adapter.enumerable.NotNullImplementor;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.adapter.enumerable.ReflectiveCallNotNullImplementor;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.coconutdb.sql.plan.NamedFunction.Stability;
import org.coconutdb.sql.run.ArrayFunctions;

/// Functions of arrays: those that statements call, and those that [ArrayCalls] and [ArrayExpressions] put in the place of operators. NULL for an
/// array gives NULL; NULL for an element is one. Elements that stand beside an array are of its element type by then.
final class ArrayOperators {
    /// `||` of two arrays, and ARRAY_CAT.
    static final SqlOperator CONCAT = strict("ARRAY_CONCAT", "concat", ArrayOperators::arrayOfFirst, List.class, List.class);
    static final SqlOperator APPEND = withElement("ARRAY_APPEND", "append", ArrayOperators::arrayOfFirst, true);
    static final SqlOperator PREPEND = withElement("ARRAY_PREPEND", "prepend", ArrayOperators::arrayOfSecond, false);
    static final SqlOperator POSITION = withElement("ARRAY_POSITION", "position", sometimes(SqlTypeName.INTEGER), true);
    static final SqlOperator CONTAINS = withElement("ARRAY_CONTAINS", "contains", nullableAsFirst(SqlTypeName.BOOLEAN), true);
    static final SqlOperator REMOVE = withElement("ARRAY_REMOVE", "remove", ArrayOperators::arrayOfFirst, true);
    static final SqlOperator JOIN = strict("ARRAY_TO_STRING", "join", nullable(SqlTypeName.VARCHAR), List.class, String.class);
    static final SqlOperator JOIN_ALL =
            strict("ARRAY_TO_STRING", "joinAll", nullable(SqlTypeName.VARCHAR), List.class, String.class, String.class);
    /// Texts of an array as one, and the other way round.
    static final SqlOperator WRITE = strict("$ARRAY_WRITE", "write", nullable(SqlTypeName.VARCHAR), List.class);
    static final SqlOperator READ = strict("$ARRAY_READ", "read", texts(1), String.class, int.class);
    static final SqlOperator BOUND = strict("$ARRAY_BOUND", "bounded", ReturnTypes.ARG0, List.class, int.class);

    private ArrayOperators() {}

    static List<SqlOperator> all() {
        List<SqlOperator> all = new ArrayList<>(List.of(CONCAT, APPEND, PREPEND, POSITION, CONTAINS, REMOVE, JOIN, JOIN_ALL, WRITE, READ,
                BOUND));
        all.add(strict("ARRAY_CAT", "concat", ArrayOperators::arrayOfFirst, List.class, List.class));
        for (int depth = 2; depth <= org.coconutdb.sql.catalog.Types.ARRAY_DEPTH_MAX; depth++) {
            all.add(read(depth));
        }
        all.add(strict("ARRAY_LENGTH", "length", nullable(SqlTypeName.INTEGER), List.class));
        all.add(strict("ARRAY_LENGTH", "length", sometimes(SqlTypeName.INTEGER), List.class, long.class));
        all.add(function("STRING_TO_ARRAY", "split", texts(1), NullPolicy.NONE, String.class, String.class));
        all.add(function("STRING_TO_ARRAY", "split", texts(1), NullPolicy.NONE, String.class, String.class, String.class));
        return all;
    }

    /// Reads an array of texts that are in as many arrays.
    static SqlOperator read(int depth) {
        return depth == 1 ? READ : strict(READ.getName() + depth, "read", texts(depth), String.class, int.class);
    }

    private static SqlReturnTypeInference nullable(SqlTypeName type) {
        return ReturnTypes.explicit(type).andThen(SqlTypeTransforms.TO_NULLABLE);
    }

    private static SqlReturnTypeInference sometimes(SqlTypeName type) {
        return ReturnTypes.explicit(type).andThen(SqlTypeTransforms.FORCE_NULLABLE);
    }

    private static SqlReturnTypeInference nullableAsFirst(SqlTypeName type) {
        return binding -> binding.getTypeFactory()
                .createTypeWithNullability(binding.getTypeFactory().createSqlType(type), binding.getOperandType(0).isNullable());
    }

    private static SqlReturnTypeInference texts(int depth) {
        return binding -> {
            RelDataTypeFactory types = binding.getTypeFactory();
            RelDataType type = types.createTypeWithNullability(types.createSqlType(SqlTypeName.VARCHAR), true);
            for (int level = 1; level < depth; level++) {
                type = types.createTypeWithNullability(types.createArrayType(type, -1), true);
            }
            return types.createTypeWithNullability(types.createArrayType(type, -1), binding.getOperandType(0).isNullable());
        };
    }

    /// As the first argument, but that any element may be NULL.
    private static RelDataType arrayOfFirst(SqlOperatorBinding binding) {
        boolean isNullable = binding.getOperandType(0).isNullable()
                || (binding.getOperandType(1).getSqlTypeName() == SqlTypeName.ARRAY && binding.getOperandType(1).isNullable());
        return array(binding, binding.getOperandType(0), isNullable);
    }

    private static RelDataType arrayOfSecond(SqlOperatorBinding binding) {
        return array(binding, binding.getOperandType(1), binding.getOperandType(1).isNullable());
    }

    private static RelDataType array(SqlOperatorBinding binding, RelDataType array, boolean isNullable) {
        RelDataTypeFactory types = binding.getTypeFactory();
        RelDataType component = array.getComponentType();
        return component == null ? array
                : types.createTypeWithNullability(types.createArrayType(types.createTypeWithNullability(component, true), -1), isNullable);
    }

    private static SqlOperator strict(String name, String method, SqlReturnTypeInference type, Class<?>... parameters) {
        return function(name, method, type, NullPolicy.STRICT, parameters);
    }

    private static SqlOperator withElement(String name, String method, SqlReturnTypeInference type, boolean isArrayFirst) {
        return isArrayFirst
                ? function(name, method, type, NullPolicy.NONE, List.class, Object.class)
                : function(name, method, type, NullPolicy.NONE, Object.class, List.class);
    }

    private static SqlOperator function(
            String name,
            String method,
            SqlReturnTypeInference type,
            NullPolicy nulls,
            Class<?>... parameters) {
        List<SqlTypeFamily> families = Stream.of(parameters).map(ArrayOperators::family).toList();
        NotNullImplementor code = new ReflectiveCallNotNullImplementor(Types.lookupMethod(ArrayFunctions.class, method, parameters));
        return new NamedFunction(name, SqlSyntax.FUNCTION, SqlFunctionCategory.SYSTEM, type, Stability.ALWAYS, families, code, nulls);
    }

    private static SqlTypeFamily family(Class<?> parameter) {
        if (parameter.equals(List.class)) {
            return SqlTypeFamily.ARRAY;
        }
        if (parameter.equals(String.class)) {
            return SqlTypeFamily.CHARACTER;
        }
        return parameter.equals(Object.class) ? SqlTypeFamily.ANY : SqlTypeFamily.INTEGER;
    }
}
