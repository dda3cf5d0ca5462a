package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.calcite.adapter.enumerable.NotNullImplementor;
import org.apache.calcite.adapter.enumerable.ReflectiveCallNotNullImplementor;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlLibrary;
import org.apache.calcite.sql.fun.SqlLibraryOperatorTableFactory;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.coconutdb.sql.plan.NamedFunction.Stability;
import org.coconutdb.sql.run.JsonFunctions;
import org.coconutdb.sql.run.NumberFunctions;
import org.coconutdb.sql.run.SessionFunctions;
import org.coconutdb.sql.run.TextFunctions;
import org.coconutdb.sql.run.TimeFunctions;
import org.jspecify.annotations.Nullable;

/// The functions that statements may call: ours, and Calcite's under other names than these. Ours are those that Calcite has not, or answers
/// otherwise than PostgreSQL.
final class Functions {
    private static final SqlReturnTypeInference TEXT = nullable(SqlTypeName.VARCHAR);
    // Text, or NULL whatever the arguments are.
    private static final SqlReturnTypeInference SOMETIMES = ReturnTypes.explicit(SqlTypeName.VARCHAR)
            .andThen(SqlTypeTransforms.FORCE_NULLABLE);
    private static final SqlReturnTypeInference INTEGER = nullable(SqlTypeName.INTEGER);
    private static final SqlReturnTypeInference BIGINT = nullable(SqlTypeName.BIGINT);
    private static final SqlReturnTypeInference DOUBLE = nullable(SqlTypeName.DOUBLE);
    private static final SqlReturnTypeInference DATE = nullable(SqlTypeName.DATE);
    private static final SqlReturnTypeInference TIMESTAMP = nullable(SqlTypeName.TIMESTAMP);

    static final String DATE_TRUNC = "DATE_TRUNC";

    /// Ours.
    static final List<SqlOperator> OWN = own();

    /// All of them, found whatever the case of their letters, also those that a library names in lower case.
    static final SqlOperatorTable TABLE = new Both(SqlOperatorTables.of(OWN), SqlLibraryOperatorTableFactory.INSTANCE.getOperatorTable(
            SqlLibrary.STANDARD, SqlLibrary.POSTGRESQL));

    private Functions() {}

    private static List<SqlOperator> own() {
        List<SqlOperator> own = new ArrayList<>();
        Stream.of("LPAD", "RPAD").forEach(name -> {
            own.add(text(name, TEXT, String.class, long.class));
            own.add(text(name, TEXT, String.class, long.class, String.class));
        });
        Stream.of("BTRIM", "LTRIM", "RTRIM").forEach(name -> {
            own.add(text(name, TEXT, String.class));
            own.add(text(name, TEXT, String.class, String.class));
        });
        Stream.of("LEFT", "RIGHT", "REPEAT").forEach(name -> own.add(text(name, TEXT, String.class, long.class)));
        own.add(text("REVERSE", TEXT, String.class));
        own.add(named("SPLIT_PART", TextFunctions.class, "splitPart", TEXT, String.class, String.class, long.class));
        own.add(text("CHR", TEXT, long.class));
        own.add(ofBytes("OCTET_LENGTH", "octetLength", INTEGER));
        own.add(ofBytes("BIT_LENGTH", "bitLength", BIGINT));
        own.add(named("SQRT", NumberFunctions.class, "sqrt", DOUBLE, double.class));
        own.add(named("POWER", NumberFunctions.class, "power", DOUBLE, double.class, double.class));
        own.add(named("EXP", NumberFunctions.class, "exp", DOUBLE, double.class));
        own.add(new FunctionAlias("TRUNC", SqlStdOperatorTable.TRUNCATE, SqlStdOperatorTable.TRUNCATE.getOperandTypeChecker()));
        own.add(dateTrunc());
        own.add(named("TO_DATE", TimeFunctions.class, "toDate", DATE, String.class, String.class));
        own.add(named("TO_TIMESTAMP", TimeFunctions.class, "toTimestamp", TIMESTAMP, String.class, String.class));
        own.addAll(ZonedOperators.ALL);
        NamedFunction random = new NamedFunction("$RANDOM_UUID", SqlSyntax.FUNCTION, SqlFunctionCategory.SYSTEM, ReturnTypes.explicit(
                SqlTypeName.UUID), Stability.NEVER, List.of(SqlTypeFamily.INTEGER), method(NumberFunctions.class, "randomUuid", int.class));
        own.add(random);
        Stream.of("GEN_RANDOM_UUID", "RANDOM_UUID").forEach(name -> own.add(new RandomFunction(name, random)));
        own.add(named(JsonCalls.VALUE, JsonFunctions.class, "value", SOMETIMES, String.class, String.class, String.class, String.class));
        own.add(named(JsonCalls.QUERY, JsonFunctions.class, "query", SOMETIMES, String.class, String.class, String.class, String.class,
                String.class));
        own.add(named(JsonCalls.EXISTS, JsonFunctions.class, "exists", ReturnTypes.BOOLEAN_FORCE_NULLABLE, String.class, String.class,
                String.class));
        own.add(named(JsonCalls.IS_JSON, JsonFunctions.class, "isJson", ReturnTypes.BOOLEAN_NULLABLE, String.class, String.class));
        own.add(named(JsonCalls.CHECKED, JsonFunctions.class, "checked", TEXT, String.class));
        own.add(named(JsonCalls.GET, JsonFunctions.class, "member", SOMETIMES, String.class, String.class));
        own.add(named(JsonCalls.GET_TEXT, JsonFunctions.class, "memberText", SOMETIMES, String.class, String.class));
        own.addAll(ArrayOperators.all());
        own.add(ArrayAgg.FUNCTION);
        own.add(SeriesFunction.upwards());
        own.add(SeriesFunction.withStep());
        own.add(new NamedFunction("VERSION", SqlSyntax.FUNCTION, SqlFunctionCategory.SYSTEM, TEXT, Stability.ALWAYS, List.of(), method(
                SessionFunctions.class,
                "version")));
        own.add(new NamedFunction("CURRENT_SCHEMA", SqlSyntax.FUNCTION_ID, SqlFunctionCategory.SYSTEM, TEXT, Stability.IN_A_STATEMENT, List
                .of(),
                (translator, _, _) -> Expressions.call(SessionFunctions.class, "currentSchema", translator.getRoot())));
        return List.copyOf(own);
    }

    /// The first of ours with the name.
    static SqlOperator own(String name) {
        return OWN.stream().filter(function -> function.getName().equals(name)).findFirst().orElseThrow();
    }

    private static SqlReturnTypeInference nullable(SqlTypeName type) {
        return ReturnTypes.explicit(type).andThen(SqlTypeTransforms.TO_NULLABLE);
    }

    private static SqlOperator text(String name, SqlReturnTypeInference type, Class<?>... parameters) {
        return named(name, TextFunctions.class, name.toLowerCase(Locale.ROOT), type, parameters);
    }

    /// A method under a name; its parameters say the families of the arguments.
    private static SqlOperator named(String name, Class<?> home, String method, SqlReturnTypeInference type, Class<?>... parameters) {
        List<SqlTypeFamily> families = Stream.of(parameters).map(Functions::family).toList();
        return new NamedFunction(name, SqlSyntax.FUNCTION, SqlFunctionCategory.SYSTEM, type, Stability.ALWAYS, families, method(home,
                method,
                parameters));
    }

    private static SqlTypeFamily family(Class<?> parameter) {
        if (parameter.equals(String.class)) {
            return SqlTypeFamily.CHARACTER;
        }
        return parameter.equals(long.class) ? SqlTypeFamily.INTEGER : SqlTypeFamily.NUMERIC;
    }

    private static NotNullImplementor method(Class<?> home, String name, Class<?>... parameters) {
        Method method = Types.lookupMethod(home, name, parameters);
        NotNullImplementor call = new ReflectiveCallNotNullImplementor(method);
        return Stream.of(parameters).noneMatch(double.class::equals)
                ? call
                : (translator, written, operands) -> call.implement(translator, written, operands.stream().map(Functions::asDouble)
                        .toList());
    }

    /// Decimals are objects, which Java does not turn into numbers by itself.
    private static Expression asDouble(Expression number) {
        return number.getType() instanceof Class<?> type && Number.class.isAssignableFrom(type)
                ? Expressions.call(number, "doubleValue")
                : Expressions.convert_(number, double.class);
    }

    /// Of text and of bytes.
    private static SqlOperator ofBytes(String name, String method, SqlReturnTypeInference type) {
        NotNullImplementor ofText = method(TextFunctions.class, method, String.class);
        NotNullImplementor ofBytes = method(TextFunctions.class, method, ByteString.class);
        return new NamedFunction(name, SqlSyntax.FUNCTION, SqlFunctionCategory.SYSTEM, type, Stability.ALWAYS, List.of(
                SqlTypeFamily.STRING),
                (translator, call, operands) -> (SqlTypeName.BINARY_TYPES.contains(call.getOperands().getFirst().getType().getSqlTypeName())
                        ? ofBytes
                        : ofText).implement(translator, call, operands));
    }

    /// Of a TIMESTAMP, or a DATE as one.
    private static SqlOperator dateTrunc() {
        return new NamedFunction(DATE_TRUNC, SqlSyntax.FUNCTION, SqlFunctionCategory.TIMEDATE, ReturnTypes.ARG1_NULLABLE,
                Stability.ALWAYS,
                List.of(SqlTypeFamily.CHARACTER, SqlTypeFamily.TIMESTAMP), method(TimeFunctions.class, "dateTrunc", String.class,
                        long.class));
    }

    /// Where ours have a name, Calcite's of that name are not seen.
    private record Both(SqlOperatorTable own, SqlOperatorTable calcite) implements SqlOperatorTable {
        private static final SqlNameMatcher ANY_CASE = SqlNameMatchers.withCaseSensitive(false);

        @Override
        public void lookupOperatorOverloads(
                SqlIdentifier name,
                @Nullable SqlFunctionCategory category,
                SqlSyntax syntax,
                List<SqlOperator> found,
                SqlNameMatcher matcher) {
            int before = found.size();
            own.lookupOperatorOverloads(name, category, syntax, found, ANY_CASE);
            if (found.size() == before) {
                calcite.lookupOperatorOverloads(name, category, syntax, found, ANY_CASE);
            }
        }

        @Override
        public List<SqlOperator> getOperatorList() {
            List<SqlOperator> all = new ArrayList<>(own.getOperatorList());
            all.addAll(calcite.getOperatorList());
            return all;
        }
    }
}
