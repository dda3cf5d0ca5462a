package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.ArrayTypeName;
import org.coconutdb.sql.parser.CheckClause;
import org.coconutdb.sql.parser.ColumnClause;
import org.coconutdb.sql.parser.ExpressionClause;
import org.coconutdb.sql.parser.IdentityClause;
import org.coconutdb.sql.parser.IndexColumnClause;
import org.coconutdb.sql.parser.KeyClause;
import org.coconutdb.sql.parser.OptionClause;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlCreateIndex;
import org.coconutdb.sql.parser.TypeNames;
import org.coconutdb.sql.parser.ZonedSyntax;
import org.coconutdb.sql.parser.UniqueClause;
import org.jspecify.annotations.Nullable;

/// CREATE TABLE as it was written → [TableDefinition], checked.
public final class TableDefinitions {
    public static final int COLUMNS_MAX = 1600;
    private static final int DEFAULT_CHAR_LENGTH = 1;
    // So that each fits the stored form, whatever its characters.
    private static final int EXPRESSION_LENGTH_MAX = 16_000;
    private static final int CHECKS_MAX = 200;
    private static final int INDEXES_MAX = 64;
    private static final String EXAMPLE = "CREATE TABLE T (ID BIGINT, NAME VARCHAR(40), PRIMARY KEY (ID)) USING SORTED";

    private TableDefinitions() {}

    /// Schema and name that a statement means, `[schema.]name`.
    ///
    /// @param defaultSchema where the name has no schema
    public static String[] resolve(SqlIdentifier name, String defaultSchema) {
        return switch (name.names.size()) {
            case 1 -> new String[] {defaultSchema, name.getSimple()};
            case 2 -> new String[] {name.names.get(0), name.names.get(1)};
            default -> throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("name", name)
                    .mend("A table's name has at most a schema before it: SCHEMA.TABLE.");
        };
    }

    /// The name of a sequence or view that is to be made. UNDEFINED_SCHEMA, INVALID_TABLE_DEFINITION.
    ///
    /// @param what for messages
    public static TableName newName(String what, SqlIdentifier name, String defaultSchema) {
        String[] parts = resolve(name, defaultSchema);
        requireNoSystemSchema(parts[0]);
        return new TableName(parts[0], requireName(what, parts[1]));
    }

    private static void requireNoSystemSchema(String schema) {
        if (CatalogSnapshot.isSystemSchema(schema)) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SCHEMA)
                    .with("schema", schema)
                    .mend("It is the system's own: make it in PUBLIC, or in a schema that CREATE SCHEMA made.");
        }
    }

    /// The definition that the statement asks for. INVALID_TABLE_DEFINITION, DUPLICATE_COLUMN, UNDEFINED_COLUMN, UNDEFINED_SCHEMA,
    /// NOT_SUPPORTED for a type that no column can have.
    public static TableDefinition of(SqlCreateCoconutTable statement, String defaultSchema) {
        String[] name = tableName(statement.table(), statement.replace(), defaultSchema);
        Map<String, Integer> positions = new LinkedHashMap<>();
        for (ColumnClause column : statement.columns()) {
            requireName("column", column.name().getSimple());
            if (positions.putIfAbsent(column.name().getSimple(), positions.size()) != null) {
                throw CoconutException.of(ErrorCode.DUPLICATE_COLUMN)
                        .with("table", name[1])
                        .with("column", column.name().getSimple())
                        .mend("Name each column once.");
            }
        }
        if (positions.size() > COLUMNS_MAX) {
            throw invalid(name[1]).with("columns", positions.size()).mend("A table has at most " + COLUMNS_MAX + " columns.");
        }
        KeyClause key = key(statement, name[1]);
        List<Integer> primaryKey = listed("primary key", key.columns(), name[1], positions);
        List<ColumnDefinition> columns = new ArrayList<>();
        for (ColumnClause column : statement.columns()) {
            ColumnDefinition definition = column(column, primaryKey.contains(columns.size()));
            columns.add(withValue(definition, column));
        }
        requireNoArrays("primary key", primaryKey, columns);
        TableKind kind = statement.kind() == null ? TableKind.HASH : statement.kind();
        TableDefinition definition = key.name() == null
                ? new TableDefinition(name[0], name[1], kind, columns, primaryKey)
                : new TableDefinition(name[0], name[1], kind, columns, primaryKey, requireName("constraint", key.name().getSimple()));
        Set<String> constraints = new HashSet<>(Set.of(definition.keyName()));
        requireIndexCount(name[1], statement.uniques().size());
        requireCheckCount(name[1], statement.checks().size());
        requireOwnNames(statement.checks(), statement.uniques(), name[1], constraints);
        return definition.withTtlSeconds(TableOptions.of(statement.options()).ttlSeconds())
                .withChecks(checks(statement.checks(), name[1], constraints))
                .withIndexes(uniques(statement.uniques(), name[1], columns, constraints));
    }

    /// Schema and name of a table that is to be made. UNDEFINED_SCHEMA, NOT_SUPPORTED, INVALID_TABLE_DEFINITION.
    static String[] tableName(SqlIdentifier table, boolean replace, String defaultSchema) {
        String[] name = resolve(table, defaultSchema);
        requireNoSystemSchema(name[0]);
        if (replace) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("what", "CREATE OR REPLACE TABLE")
                    .mend("DROP TABLE IF EXISTS it first.");
        }
        requireName("table", name[1]);
        return name;
    }

    static ColumnDefinition withValue(ColumnDefinition definition, ColumnClause column) {
        IdentityClause identity = column.identity();
        if (identity == null) {
            return column.value() == null ? definition : definition.withDefault(text(column.value()));
        }
        if (column.value() != null || Boolean.TRUE.equals(column.nullable())) {
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                    .with("column", definition.name())
                    .with("line", identity.position().getLineNum())
                    .mend("An identity column has no DEFAULT and is never NULL: leave that out.");
        }
        SequenceDefinition values = SequenceDefinition.of(definition.name(), identity.options(), definition.type());
        ColumnDefinition notNull =
                new ColumnDefinition(definition.name(), definition.type(), definition.precision(), definition.scale(), false);
        return notNull.withIdentity(new IdentityDefinition(identity.always(), UUID.randomUUID().toString(), values));
    }

    static String text(ExpressionClause clause) {
        if (clause.text().length() > EXPRESSION_LENGTH_MAX) {
            SqlParserPos position = clause.expression().getParserPosition();
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .with("characters", clause.text().length())
                    .with("charactersMax", EXPRESSION_LENGTH_MAX)
                    .mend("Write a shorter expression.");
        }
        return clause.text();
    }

    /// Adds the names that the constraints were given: each once.
    static void requireOwnNames(List<CheckClause> checks, List<UniqueClause> uniques, String table, Set<String> names) {
        List<@Nullable SqlIdentifier> given = new ArrayList<>();
        checks.forEach(clause -> given.add(clause.name()));
        uniques.forEach(clause -> given.add(clause.name()));
        for (SqlIdentifier name : given) {
            if (name != null && !names.add(requireName("constraint", name.getSimple()))) {
                throw invalid(table).with("constraint", name.getSimple())
                        .with("line", name.getParserPosition().getLineNum())
                        .with("column", name.getParserPosition().getColumnNum())
                        .mend("The table has another constraint of this name: choose a different one.");
            }
        }
    }

    /// An index for each UNIQUE, named `T_A_B_KEY` where it was given no name.
    static List<IndexDefinition> uniques(
            List<UniqueClause> clauses,
            String table,
            List<ColumnDefinition> definitions,
            Set<String> names) {
        List<IndexDefinition> indexes = new ArrayList<>();
        Map<String, Integer> positions = positions(definitions);
        for (UniqueClause clause : clauses) {
            List<String> columns = clause.columns().stream().map(node -> ((SqlIdentifier) node).getSimple()).toList();
            String name = clause.name() == null ? madeUp(table + "_" + String.join("_", columns) + "_KEY", names) : clause.name()
                    .getSimple();
            List<Integer> listed = listed("UNIQUE", clause.columns(), table, positions);
            requireNoArrays("UNIQUE", listed, definitions);
            List<IndexDefinition.Part> parts = listed.stream()
                    .map(position -> new IndexDefinition.Part(position, false))
                    .toList();
            indexes.add(new IndexDefinition(name, parts, true, true, true));
        }
        return indexes;
    }

    /// Positions by names, in order.
    static Map<String, Integer> positions(List<ColumnDefinition> columns) {
        Map<String, Integer> positions = new LinkedHashMap<>();
        columns.forEach(column -> positions.put(column.name(), positions.size()));
        return positions;
    }

    static void requireIndexCount(String table, int count) {
        if (count > INDEXES_MAX) {
            throw invalid(table).with("indexes", count).mend("A table has at most " + INDEXES_MAX + " indexes.");
        }
    }

    /// The index that the statement asks for, not built yet. UNDEFINED_COLUMN, DUPLICATE_COLUMN, INVALID_TABLE_DEFINITION.
    public static IndexDefinition index(SqlCreateIndex statement, String name, TableDefinition table) {
        requireName("index", name);
        requireIndexCount(table.name(), table.indexes().size() + 1);
        SqlNodeList columns = new SqlNodeList(statement.columns().stream().map(IndexColumnClause::name).toList(), SqlParserPos.ZERO);
        List<Integer> listed = listed("index", columns, table);
        List<IndexDefinition.Part> parts = new ArrayList<>();
        for (int i = 0; i < listed.size(); i++) {
            parts.add(new IndexDefinition.Part(listed.get(i), statement.columns().get(i).descending()));
        }
        SqlNodeList names = new SqlNodeList(columns, SqlParserPos.ZERO);
        names.addAll(statement.included());
        List<Integer> included = listed("index", names, table).subList(listed.size(), names.size());
        requireNoArrays("index", listed, table.columns());
        requireNoArrays("index", included, table.columns());
        return new IndexDefinition(name, parts, included, statement.unique(), false, false);
    }

    static List<CheckDefinition> checks(List<CheckClause> clauses, String table, Set<String> names) {
        List<CheckDefinition> checks = new ArrayList<>();
        for (CheckClause clause : clauses) {
            String name = clause.name() == null ? madeUp(checkName(table, clause.column()), names) : clause.name().getSimple();
            checks.add(new CheckDefinition(name, text(clause.condition()), true));
        }
        return checks;
    }

    static void requireCheckCount(String table, int count) {
        if (count > CHECKS_MAX) {
            throw invalid(table).with("checks", count).mend("A table has at most " + CHECKS_MAX + " checks: join some by AND.");
        }
    }

    private static String checkName(String table, @Nullable SqlIdentifier column) {
        return (column == null ? table : table + "_" + column.getSimple()) + "_CHECK";
    }

    /// The name, with a number behind it where it is taken.
    static String madeUp(String base, Set<String> names) {
        String name = base;
        for (int number = 2; !names.add(name); number++) {
            name = base + number;
        }
        return name;
    }

    /// Where the table lies, and how much of it may be in memory. UNDEFINED_SPACE.
    ///
    /// @param space null: in the default one
    /// @param spaces that there are
    public static StorageOptions storage(List<OptionClause> options, @Nullable SqlIdentifier space, List<BlockSpace> spaces) {
        return TableOptions.of(options).storage().inSpace(SpaceName.number(space, spaces));
    }

    /// The name, where it can be stored and shown: INVALID_TABLE_DEFINITION otherwise.
    public static String requireName(String what, String name) {
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            int c = name.codePointAt(i);
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                        .with("what", what)
                        .with("character", String.format("U+%04X", c))
                        .mend("A name must be Unicode and have no control characters.");
            }
        }
        return name;
    }

    /// NOT_SUPPORTED where one of the columns has arrays, which no key has.
    static void requireNoArrays(String what, List<Integer> positions, List<ColumnDefinition> columns) {
        for (int position : positions) {
            ColumnDefinition column = columns.get(position);
            if (column.type() == SqlTypeName.ARRAY) {
                throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                        .with("what", "an array in the " + what)
                        .with("column", column.name())
                        .with("type", Types.text(column))
                        .mend("Keep the elements as rows of a table of their own, whose key they can be in.");
            }
        }
    }

    private static KeyClause key(SqlCreateCoconutTable statement, String table) {
        List<KeyClause> keys = statement.keys();
        if (keys.isEmpty()) {
            throw invalid(table).with("missing", "PRIMARY KEY").mend("Every table needs one, such as: " + EXAMPLE);
        }
        if (keys.size() > 1) {
            throw invalid(table).with("primaryKeys", keys.size())
                    .mend("A table has one primary key; one of several columns is written PRIMARY KEY (A, B).");
        }
        return keys.getFirst();
    }

    /// Positions of the columns that a constraint of a table lists. UNDEFINED_COLUMN, DUPLICATE_COLUMN.
    static List<Integer> listed(String what, SqlNodeList names, TableDefinition table) {
        Map<String, Integer> positions = new LinkedHashMap<>();
        table.columns().forEach(column -> positions.put(column.name(), positions.size()));
        return listed(what, names, table.name(), positions);
    }

    /// Positions of the columns that a key or an index lists.
    static List<Integer> listed(String what, SqlNodeList names, String table, Map<String, Integer> positions) {
        List<Integer> listed = new ArrayList<>();
        for (SqlNode node : names) {
            String column = ((SqlIdentifier) node).getSimple();
            Integer position = positions.get(column);
            if (position == null) {
                throw CoconutException.of(ErrorCode.UNDEFINED_COLUMN)
                        .with("table", table)
                        .with("column", column)
                        .mend("The " + what + " names a column that the table does not have; it has " + String.join(", ", positions
                                .keySet())
                                + ".");
            }
            if (listed.contains(position)) {
                throw CoconutException.of(ErrorCode.DUPLICATE_COLUMN)
                        .with("table", table)
                        .with("column", column)
                        .mend("Name each column of the " + what + " once.");
            }
            listed.add(position);
        }
        return listed;
    }

    static ColumnDefinition column(ColumnClause clause, boolean inKey) {
        String name = clause.name().getSimple();
        if (inKey && Boolean.TRUE.equals(clause.nullable())) {
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                    .with("column", name)
                    .mend("A column of the primary key cannot be NULL: leave NULL out.");
        }
        boolean nullable = !inKey && !Boolean.FALSE.equals(clause.nullable());
        ColumnDefinition column = column(name, clause.type().getTypeNameSpec(), nullable);
        if (!Types.isSound(column)) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("column", name)
                    .with("type", Types.text(column))
                    .mend("At most " + Types.ARRAY_DEPTH_MAX + " arrays can be in each other.");
        }
        return column;
    }

    /// The same, where any element of an array may be NULL.
    static ColumnDefinition withNullElements(ColumnDefinition column) {
        return column.element() == null ? column
                : ColumnDefinition.ofArrays(column.name(), withNullElements(column.element()).typed(column.name(), true), column
                        .precision(), column.nullable());
    }

    private static ColumnDefinition array(String name, ArrayTypeName spec, boolean nullable) {
        ColumnDefinition element = column(name, spec.getElementTypeName(), true);
        if (spec.bound() >= 0) {
            requireWithin(name, "cardinality", spec.bound(), 1, CoconutTypeSystem.CARDINALITY_MAX);
        }
        return ColumnDefinition.ofArrays(name, element, spec.bound(), nullable);
    }

    private static ColumnDefinition column(String name, SqlTypeNameSpec spec, boolean nullable) {
        if (TypeNames.isJson(spec)) {
            return ColumnDefinition.ofJson(name, nullable);
        }
        if (spec instanceof ArrayTypeName array) {
            return array(name, array, nullable);
        }
        if (!(spec instanceof SqlBasicTypeNameSpec basic)) {
            String typeName = spec.getTypeName().toString().toUpperCase(Locale.ROOT);
            if (typeName.equals("TEXT")) {
                return new ColumnDefinition(name, SqlTypeName.VARCHAR, -1, 0, nullable);
            }
            throw unsupported(name, typeName);
        }
        SqlTypeName type = SqlTypeName.get(basic.getTypeName().getSimple());
        if (type == SqlTypeName.FLOAT) {
            type = SqlTypeName.DOUBLE;
        } else if (type == SqlTypeName.TIMESTAMP_TZ) {
            // One type by two names.
            type = SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
        } else if (type == SqlTypeName.TIME_TZ || type == SqlTypeName.TIME_WITH_LOCAL_TIME_ZONE) {
            throw ZonedSyntax.noTimes(spec.getParserPos());
        }
        if (type == null || Types.find(type) == null) {
            throw unsupported(name, basic.getTypeName().toString());
        }
        String charset = basic.getCharSetName();
        if (charset != null && !charset.replace("-", "").equalsIgnoreCase("UTF8")) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("column", name)
                    .with("characterSet", charset)
                    .mend("Strings are Unicode: leave CHARACTER SET out.");
        }
        int precision = basic.getPrecision();
        int scale = 0;
        switch (type) {
            case DECIMAL -> {
                scale = basic.getScale() == RelDataType.SCALE_NOT_SPECIFIED ? 0 : basic.getScale();
                precision = precision < 0 ? CoconutTypeSystem.DECIMAL_DIGITS_MAX : precision;
                requireWithin(name, "precision", precision, 1, CoconutTypeSystem.DECIMAL_DIGITS_MAX);
                requireWithin(name, "scale", scale, 0, precision);
            }
            case CHAR, BINARY -> {
                precision = precision < 0 ? DEFAULT_CHAR_LENGTH : precision;
                requireWithin(name, "length", precision, 1, CoconutTypeSystem.LENGTH_MAX);
            }
            case VARCHAR, VARBINARY -> {
                if (precision >= 0) {
                    requireWithin(name, "length", precision, 1, CoconutTypeSystem.LENGTH_MAX);
                }
            }
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {
                precision = precision < 0 ? CoconutTypeSystem.FRACTION_DIGITS_MAX : precision;
                if (precision > CoconutTypeSystem.FRACTION_DIGITS_MAX) {
                    throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                            .with("column", name)
                            .with("precision", precision)
                            .mend("Times are kept in milliseconds: the precision can be 0 to " + CoconutTypeSystem.FRACTION_DIGITS_MAX
                                    + ".");
                }
            }
            default -> precision = -1;
        }
        return new ColumnDefinition(name, type, precision, scale, nullable);
    }

    private static void requireWithin(String column, String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                    .with("column", column)
                    .with(what, value)
                    .mend("The " + what + " can be " + min + " to " + max + ".");
        }
    }

    private static CoconutException unsupported(String column, String type) {
        List<String> names = Types.all().stream().map(Types.Facts::name).toList();
        return CoconutException.of(ErrorCode.NOT_SUPPORTED)
                .with("column", column)
                .with("type", type)
                .mend("Columns can be " + String.join(", ", names) + ", " + Types.JSON + ".");
    }

    static CoconutException invalid(String table) {
        return CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION).with("table", table);
    }
}
