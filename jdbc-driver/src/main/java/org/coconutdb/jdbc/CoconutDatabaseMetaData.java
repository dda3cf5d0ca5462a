package org.coconutdb.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// What the database holds. All of it is read by SQL from `INFORMATION_SCHEMA` and `SYSTEM`, so that every transport answers alike.
final class CoconutDatabaseMetaData extends DatabaseFacts {
    /// The one catalogue that a database has; SQL does not name it.
    static final String CATALOG = "COCONUT";
    private static final String TABLE_SHAPE = "TABLE_CAT TABLE_SCHEM TABLE_NAME TABLE_TYPE REMARKS TYPE_CAT TYPE_SCHEM TYPE_NAME "
            + "SELF_REFERENCING_COL_NAME REF_GENERATION";
    private static final String COLUMN_SHAPE = "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE:i TYPE_NAME COLUMN_SIZE:i "
            + "BUFFER_LENGTH:i DECIMAL_DIGITS:i NUM_PREC_RADIX:i NULLABLE:i REMARKS COLUMN_DEF SQL_DATA_TYPE:i SQL_DATETIME_SUB:i "
            + "CHAR_OCTET_LENGTH:i ORDINAL_POSITION:i IS_NULLABLE SCOPE_CATALOG SCOPE_SCHEMA SCOPE_TABLE SOURCE_DATA_TYPE:s "
            + "IS_AUTOINCREMENT IS_GENERATEDCOLUMN";
    private static final String TYPE_SHAPE = "TYPE_NAME DATA_TYPE:i PRECISION:i LITERAL_PREFIX LITERAL_SUFFIX CREATE_PARAMS NULLABLE:s "
            + "CASE_SENSITIVE:b SEARCHABLE:s UNSIGNED_ATTRIBUTE:b FIXED_PREC_SCALE:b AUTO_INCREMENT:b LOCAL_TYPE_NAME MINIMUM_SCALE:s "
            + "MAXIMUM_SCALE:s SQL_DATA_TYPE:i SQL_DATETIME_SUB:i NUM_PREC_RADIX:i";
    private static final String FOREIGN_KEY_SHAPE = "PKTABLE_CAT PKTABLE_SCHEM PKTABLE_NAME PKCOLUMN_NAME FKTABLE_CAT FKTABLE_SCHEM "
            + "FKTABLE_NAME FKCOLUMN_NAME KEY_SEQ:s UPDATE_RULE:s DELETE_RULE:s FK_NAME PK_NAME DEFERRABILITY:s";
    private static final String INDEX_SHAPE = "TABLE_CAT TABLE_SCHEM TABLE_NAME NON_UNIQUE:b INDEX_QUALIFIER INDEX_NAME TYPE:s "
            + "ORDINAL_POSITION:s COLUMN_NAME ASC_OR_DESC CARDINALITY:l PAGES:l FILTER_CONDITION";
    private static final String IDENTIFIER_SHAPE =
            "SCOPE:s COLUMN_NAME DATA_TYPE:i TYPE_NAME COLUMN_SIZE:i BUFFER_LENGTH:i DECIMAL_DIGITS:s PSEUDO_COLUMN:s";
    private static final String COLUMNS_OF_TABLE =
            "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, IS_NULLABLE, TYPE_NAME, "
                    + "JDBC_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, "
                    + "COLUMN_DEFAULT, IS_IDENTITY, REMARKS FROM INFORMATION_SCHEMA.COLUMNS";
    private static final String KEYS = "SELECT K.TABLE_SCHEMA, K.TABLE_NAME, K.COLUMN_NAME, K.ORDINAL_POSITION, K.CONSTRAINT_NAME, "
            + "T.TABLE_KIND FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS K JOIN INFORMATION_SCHEMA.TABLES AS T "
            + "ON K.TABLE_SCHEMA = T.TABLE_SCHEMA AND K.TABLE_NAME = T.TABLE_NAME "
            + "JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS AS C ON K.TABLE_SCHEMA = C.TABLE_SCHEMA AND K.TABLE_NAME = C.TABLE_NAME "
            + "AND K.CONSTRAINT_NAME = C.CONSTRAINT_NAME AND C.CONSTRAINT_TYPE = 'PRIMARY KEY'";
    private static final String FOREIGN_KEYS = "SELECT K.REFERENCED_TABLE_SCHEMA, K.REFERENCED_TABLE_NAME, K.REFERENCED_COLUMN_NAME, "
            + "K.TABLE_SCHEMA, K.TABLE_NAME, K.COLUMN_NAME, K.ORDINAL_POSITION, R.UPDATE_RULE, R.DELETE_RULE, K.CONSTRAINT_NAME, "
            + "R.UNIQUE_CONSTRAINT_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE AS K "
            + "JOIN INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS AS R ON K.TABLE_SCHEMA = R.TABLE_SCHEMA AND K.TABLE_NAME = R.TABLE_NAME "
            + "AND K.CONSTRAINT_NAME = R.CONSTRAINT_NAME";
    private static final String INDEXES = "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, IS_UNIQUE, ORDINAL_POSITION, COLUMN_NAME, "
            + "IS_DESCENDING, ENTRIES FROM SYSTEM.INDEXES WHERE NOT IS_INCLUDED";

    private final CoconutConnection connection;

    CoconutDatabaseMetaData(CoconutConnection connection) {
        this.connection = connection;
    }

    private List<@Nullable Object[]> query(String sql) throws SQLException {
        connection.requireOpen();
        connection.lock().lock();
        try (SessionStatement statement = connection.text(sql, KeyRequest.NOTHING)) {
            List<@Nullable Object[]> rows = new ArrayList<>();
            RowCursor cursor = statement.run(Session.Wanted.ROWS, Session.Limits.NONE).rows();
            if (cursor != null) {
                try (cursor) {
                    int width = statement.columns().size();
                    while (cursor.next()) {
                        @Nullable Object[] row = new @Nullable Object[width];
                        for (int i = 0; i < width; i++) {
                            row[i] = cursor.get(i);
                        }
                        rows.add(row);
                    }
                }
            }
            return rows;
        } finally {
            connection.lock().unlock();
        }
    }

    private ResultSet empty(String shape) throws SQLException {
        connection.requireOpen();
        return new MetaDataRows(shape).on(connection);
    }

    /// A catalogue or schema that is named exactly: null for any, empty for things without one, of which there are none.
    private static boolean isNamed(@Nullable String wanted, String actual) {
        return wanted == null || wanted.equals(actual);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static int number(@Nullable Object value) {
        return value instanceof Number number ? number.intValue() : 0;
    }

    // ---- the database

    @Override
    public Connection getConnection() {
        return connection;
    }

    @Override
    public String getURL() {
        return connection.url();
    }

    /// As it was given; where it was not, as of a Kerberos ticket, as the database knows who this is.
    @Override
    public String getUserName() throws SQLException {
        String given = connection.user();
        return given.isEmpty() ? text(query("VALUES CURRENT_USER").get(0)[0]) : given;
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        return connection.isReadOnly();
    }

    @Override
    public String getDatabaseProductVersion() {
        return connection.productVersion();
    }

    @Override
    public int getDatabaseMajorVersion() {
        return DriverVersion.part(connection.productVersion(), 0);
    }

    @Override
    public int getDatabaseMinorVersion() {
        return DriverVersion.part(connection.productVersion(), 1);
    }

    @Override
    public boolean usesLocalFiles() {
        return connection.url().startsWith("jdbc:coconut:file:");
    }

    // ---- schemas, tables, columns

    @Override
    public ResultSet getCatalogs() throws SQLException {
        connection.requireOpen();
        MetaDataRows rows = new MetaDataRows("TABLE_CAT");
        rows.add(CATALOG);
        return rows.on(connection);
    }

    @Override
    public ResultSet getSchemas() throws SQLException {
        return getSchemas(null, null);
    }

    @Override
    public ResultSet getSchemas(@Nullable String catalog, @Nullable String schemaPattern) throws SQLException {
        MetaDataRows rows = new MetaDataRows("TABLE_SCHEM TABLE_CATALOG");
        LikePattern schemas = LikePattern.of(schemaPattern);
        for (Object[] row : query("SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA")) {
            if (isNamed(catalog, CATALOG) && schemas.matches(row[0])) {
                rows.add(row[0], CATALOG);
            }
        }
        return rows.orderedBy(0).on(connection);
    }

    @Override
    public ResultSet getTableTypes() throws SQLException {
        connection.requireOpen();
        MetaDataRows rows = new MetaDataRows("TABLE_TYPE");
        rows.add("SYSTEM VIEW");
        rows.add("TABLE");
        rows.add("VIEW");
        return rows.on(connection);
    }

    @Override
    public ResultSet getTables(
            @Nullable String catalog,
            @Nullable String schemaPattern,
            @Nullable String tablePattern,
            String @Nullable [] types) throws SQLException {
        MetaDataRows rows = new MetaDataRows(TABLE_SHAPE);
        LikePattern schemas = LikePattern.of(schemaPattern);
        LikePattern tables = LikePattern.of(tablePattern);
        for (Object[] row : query("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, TABLE_KIND, REMARKS FROM INFORMATION_SCHEMA.TABLES")) {
            // JDBC says TABLE where the standard's view says BASE TABLE.
            String type = text(row[2]).equals("BASE TABLE") ? "TABLE" : text(row[2]);
            if (isNamed(catalog, CATALOG) && schemas.matches(row[0]) && tables.matches(row[1])
                    && (types == null || Arrays.asList(types).contains(type))) {
                Object remarks = row[4] != null || row[3] == null ? row[4] : "USING " + row[3];
                rows.add(CATALOG, row[0], row[1], type, remarks, null, null, null, null, null);
            }
        }
        return rows.orderedBy(3, 0, 1, 2).on(connection);
    }

    /// A column of `INFORMATION_SCHEMA.COLUMNS`, by the sizes that JDBC counts.
    private static final class Column {
        final String schema;
        final String table;
        final String name;
        final int position;
        final boolean nullable;
        final String typeName;
        final int jdbcType;
        final int size;
        final @Nullable Integer digits;
        final @Nullable Integer radix;
        final @Nullable Integer octets;
        final @Nullable Object defaultText;
        final String identity; // YES or NO
        final @Nullable Object remarks;

        Column(@Nullable Object[] row) {
            schema = text(row[0]);
            table = text(row[1]);
            name = text(row[2]);
            position = number(row[3]);
            nullable = text(row[4]).equals("YES");
            typeName = text(row[5]);
            jdbcType = number(row[6]);
            boolean isNumber = row[8] != null;
            int fraction = number(row[10]);
            int point = fraction == 0 ? 0 : 1 + fraction;
            size = switch (jdbcType) {
                case Types.DATE -> 10;
                case Types.TIME -> 8 + point;
                case Types.TIMESTAMP -> 19 + point;
                case Types.TIMESTAMP_WITH_TIMEZONE -> 19 + point + JdbcTypes.OFFSET_SIZE;
                case Types.BOOLEAN -> 1;
                case Types.OTHER -> 36; // UUID
                default -> isNumber ? number(row[8]) : number(row[7]);
            };
            digits = isNumber ? Integer.valueOf(number(row[9])) : row[10] == null ? null : Integer.valueOf(fraction);
            radix = isNumber ? 10 : null;
            octets = row[7] == null ? null : Integer.valueOf(number(row[7]));
            defaultText = row[11];
            identity = text(row[12]);
            remarks = row[13];
        }
    }

    private List<Column> columns() throws SQLException {
        List<Column> columns = new ArrayList<>();
        for (Object[] row : query(COLUMNS_OF_TABLE)) {
            columns.add(new Column(row));
        }
        return columns;
    }

    @Override
    public ResultSet getColumns(
            @Nullable String catalog,
            @Nullable String schemaPattern,
            @Nullable String tablePattern,
            @Nullable String columnPattern) throws SQLException {
        MetaDataRows rows = new MetaDataRows(COLUMN_SHAPE);
        LikePattern schemas = LikePattern.of(schemaPattern);
        LikePattern tables = LikePattern.of(tablePattern);
        LikePattern names = LikePattern.of(columnPattern);
        for (Column column : columns()) {
            if (isNamed(catalog, CATALOG) && schemas.matches(column.schema) && tables.matches(column.table) && names.matches(column.name)) {
                rows.add(CATALOG, column.schema, column.table, column.name, column.jdbcType, column.typeName, column.size, null,
                        column.digits, column.radix, column.nullable ? columnNullable : columnNoNulls, column.remarks, column.defaultText,
                        null,
                        null,
                        column.octets, column.position, column.nullable ? "YES" : "NO", null, null, null, null, column.identity, "NO");
            }
        }
        return rows.orderedBy(0, 1, 2, 16).on(connection);
    }

    // ---- keys and indexes

    @Override
    public ResultSet getPrimaryKeys(@Nullable String catalog, @Nullable String schema, @Nullable String table) throws SQLException {
        MetaDataRows rows = new MetaDataRows("TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME KEY_SEQ:s PK_NAME");
        for (Object[] row : query(KEYS)) {
            if (isNamed(catalog, CATALOG) && isNamed(schema, text(row[0])) && isNamed(table, text(row[1]))) {
                rows.add(CATALOG, row[0], row[1], row[2], row[3], row[4]);
            }
        }
        return rows.orderedBy(3).on(connection);
    }

    @Override
    public ResultSet getBestRowIdentifier(
            @Nullable String catalog,
            @Nullable String schema,
            @Nullable String table,
            int scope,
            boolean nullable) throws SQLException {
        MetaDataRows rows = new MetaDataRows(IDENTIFIER_SHAPE);
        List<Column> columns = columns();
        for (Object[] row : query(KEYS)) {
            if (isNamed(catalog, CATALOG) && isNamed(schema, text(row[0])) && isNamed(table, text(row[1]))) {
                for (Column column : columns) {
                    if (column.schema.equals(row[0]) && column.table.equals(row[1]) && column.name.equals(row[2])) {
                        rows.add(bestRowSession, column.name, column.jdbcType, column.typeName, column.size, null, column.digits,
                                bestRowNotPseudo);
                    }
                }
            }
        }
        return rows.on(connection);
    }

    /// The primary key, hashed or sorted, and the secondary indexes, which are sorted.
    @Override
    public ResultSet getIndexInfo(
            @Nullable String catalog,
            @Nullable String schema,
            @Nullable String table,
            boolean unique,
            boolean approximate) throws SQLException {
        MetaDataRows rows = new MetaDataRows(INDEX_SHAPE);
        for (Object[] row : query(KEYS)) {
            if (isNamed(catalog, CATALOG) && isNamed(schema, text(row[0])) && isNamed(table, text(row[1]))) {
                boolean hash = text(row[5]).equals("HASH");
                rows.add(CATALOG, row[0], row[1], false, null, row[4], hash ? tableIndexHashed : tableIndexOther, row[3], row[2],
                        hash ? null : "A", 0L, 0L, null);
            }
        }
        for (Object[] row : query(INDEXES)) {
            boolean isUnique = Boolean.TRUE.equals(row[3]);
            if (isNamed(catalog, CATALOG) && isNamed(schema, text(row[0])) && isNamed(table, text(row[1])) && (isUnique || !unique)) {
                rows.add(CATALOG, row[0], row[1], !isUnique, null, row[2], tableIndexOther, row[4], row[5],
                        Boolean.TRUE.equals(row[6]) ? "D" : "A", row[7], 0L, null);
            }
        }
        return rows.orderedBy(3, 6, 5, 7).on(connection);
    }

    @Override
    public ResultSet getTypeInfo() throws SQLException {
        MetaDataRows rows = new MetaDataRows(TYPE_SHAPE);
        for (Object[] row : query(
                "SELECT TYPE_NAME, JDBC_TYPE, PRECISION_MAX, LITERAL_PREFIX, LITERAL_SUFFIX, CREATE_PARAMS, CASE_SENSITIVE, "
                        + "SEARCHABLE, SCALE_MIN, SCALE_MAX FROM SYSTEM.TYPES")) {
            boolean isNumber = JdbcTypes.isNumber(number(row[1]));
            rows.add(row[0], row[1], row[2], row[3], row[4], row[5], typeNullable, row[6], row[7], !isNumber, false,
                    false, row[0], row[8], row[9], null, null, isNumber ? 10 : null);
        }
        return rows.orderedBy(1).on(connection);
    }

    // ---- foreign keys

    @Override
    public ResultSet getImportedKeys(@Nullable String catalog, @Nullable String schema, @Nullable String table) throws SQLException {
        return foreignKeys(null, null, null, catalog, schema, table).orderedBy(0, 1, 2, 8, 11).on(connection);
    }

    @Override
    public ResultSet getExportedKeys(@Nullable String catalog, @Nullable String schema, @Nullable String table) throws SQLException {
        return foreignKeys(catalog, schema, table, null, null, null).orderedBy(4, 5, 6, 8, 11).on(connection);
    }

    private MetaDataRows foreignKeys(
            @Nullable String parentCatalog,
            @Nullable String parentSchema,
            @Nullable String parentTable,
            @Nullable String foreignCatalog,
            @Nullable String foreignSchema,
            @Nullable String foreignTable) throws SQLException {
        MetaDataRows rows = new MetaDataRows(FOREIGN_KEY_SHAPE);
        for (Object[] row : query(FOREIGN_KEYS)) {
            if (isNamed(parentCatalog, CATALOG) && isNamed(parentSchema, text(row[0])) && isNamed(parentTable, text(row[1]))
                    && isNamed(foreignCatalog, CATALOG) && isNamed(foreignSchema, text(row[3])) && isNamed(foreignTable, text(row[4]))) {
                rows.add(CATALOG, row[0], row[1], row[2], CATALOG, row[3], row[4], row[5], row[6], rule(text(row[7])), rule(text(row[8])),
                        row[9], row[10], importedKeyInitiallyDeferred);
            }
        }
        return rows;
    }

    private static int rule(String action) {
        return switch (action) {
            case "CASCADE" -> importedKeyCascade;
            case "SET NULL" -> importedKeySetNull;
            case "SET DEFAULT" -> importedKeySetDefault;
            case "RESTRICT" -> importedKeyRestrict;
            default -> importedKeyNoAction;
        };
    }

    @Override
    public ResultSet getCrossReference(
            @Nullable String parentCatalog,
            @Nullable String parentSchema,
            @Nullable String parentTable,
            @Nullable String foreignCatalog,
            @Nullable String foreignSchema,
            @Nullable String foreignTable) throws SQLException {
        return foreignKeys(parentCatalog, parentSchema, parentTable, foreignCatalog, foreignSchema, foreignTable).orderedBy(4, 5, 6, 8, 11)
                .on(connection);
    }

    // ---- what there is none of

    @Override
    public ResultSet getVersionColumns(@Nullable String catalog, @Nullable String schema, @Nullable String table) throws SQLException {
        return empty(IDENTIFIER_SHAPE);
    }

    @Override
    public ResultSet getColumnPrivileges(
            @Nullable String catalog,
            @Nullable String schema,
            @Nullable String table,
            @Nullable String columnPattern) throws SQLException {
        MetaDataRows rows = new MetaDataRows("TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME GRANTOR GRANTEE PRIVILEGE IS_GRANTABLE");
        LikePattern columns = LikePattern.of(columnPattern);
        for (Object[] row : query("SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, GRANTOR, GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE "
                + "FROM INFORMATION_SCHEMA.COLUMN_PRIVILEGES")) {
            if (isNamed(catalog, CATALOG) && isNamed(schema, text(row[0])) && isNamed(table, text(row[1])) && columns.matches(row[2])) {
                rows.add(CATALOG, row[0], row[1], row[2], row[3], row[4], row[5], row[6]);
            }
        }
        return rows.orderedBy(3, 6).on(connection);
    }

    @Override
    public ResultSet getTablePrivileges(@Nullable String catalog, @Nullable String schemaPattern, @Nullable String tablePattern)
            throws SQLException {
        MetaDataRows rows = new MetaDataRows("TABLE_CAT TABLE_SCHEM TABLE_NAME GRANTOR GRANTEE PRIVILEGE IS_GRANTABLE");
        LikePattern schemas = LikePattern.of(schemaPattern);
        LikePattern tables = LikePattern.of(tablePattern);
        for (Object[] row : query("SELECT TABLE_SCHEMA, TABLE_NAME, GRANTOR, GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE "
                + "FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES")) {
            if (isNamed(catalog, CATALOG) && schemas.matches(row[0]) && tables.matches(row[1])) {
                rows.add(CATALOG, row[0], row[1], row[2], row[3], row[4], row[5]);
            }
        }
        return rows.orderedBy(0, 1, 2, 5).on(connection);
    }

    @Override
    public ResultSet getProcedures(@Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern)
            throws SQLException {
        return empty("PROCEDURE_CAT PROCEDURE_SCHEM PROCEDURE_NAME RESERVED1 RESERVED2 RESERVED3 REMARKS PROCEDURE_TYPE:s SPECIFIC_NAME");
    }

    @Override
    public ResultSet getProcedureColumns(
            @Nullable String catalog,
            @Nullable String schemaPattern,
            @Nullable String procedurePattern,
            @Nullable String columnPattern) throws SQLException {
        return empty("PROCEDURE_CAT PROCEDURE_SCHEM PROCEDURE_NAME COLUMN_NAME COLUMN_TYPE:s DATA_TYPE:i TYPE_NAME PRECISION:i LENGTH:i "
                + "SCALE:s RADIX:s NULLABLE:s REMARKS COLUMN_DEF SQL_DATA_TYPE:i SQL_DATETIME_SUB:i CHAR_OCTET_LENGTH:i "
                + "ORDINAL_POSITION:i IS_NULLABLE SPECIFIC_NAME");
    }

    @Override
    public ResultSet getFunctions(@Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern)
            throws SQLException {
        return empty("FUNCTION_CAT FUNCTION_SCHEM FUNCTION_NAME REMARKS FUNCTION_TYPE:s SPECIFIC_NAME");
    }

    @Override
    public ResultSet getFunctionColumns(
            @Nullable String catalog,
            @Nullable String schemaPattern,
            @Nullable String functionPattern,
            @Nullable String columnPattern) throws SQLException {
        return empty(
                "FUNCTION_CAT FUNCTION_SCHEM FUNCTION_NAME COLUMN_NAME COLUMN_TYPE:s DATA_TYPE:i TYPE_NAME PRECISION:i LENGTH:i SCALE:s "
                        + "RADIX:s NULLABLE:s REMARKS CHAR_OCTET_LENGTH:i ORDINAL_POSITION:i IS_NULLABLE SPECIFIC_NAME");
    }

    @Override
    public ResultSet getPseudoColumns(
            @Nullable String catalog,
            @Nullable String schemaPattern,
            @Nullable String tablePattern,
            @Nullable String columnPattern) throws SQLException {
        return empty(
                "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE:i COLUMN_SIZE:i DECIMAL_DIGITS:i NUM_PREC_RADIX:i COLUMN_USAGE "
                        + "REMARKS CHAR_OCTET_LENGTH:i IS_NULLABLE");
    }

    @Override
    public ResultSet getUDTs(
            @Nullable String catalog,
            @Nullable String schemaPattern,
            @Nullable String typePattern,
            int @Nullable [] types) throws SQLException {
        return empty("TYPE_CAT TYPE_SCHEM TYPE_NAME CLASS_NAME DATA_TYPE:i REMARKS BASE_TYPE:s");
    }

    @Override
    public ResultSet getSuperTypes(@Nullable String catalog, @Nullable String schemaPattern, @Nullable String typePattern)
            throws SQLException {
        return empty("TYPE_CAT TYPE_SCHEM TYPE_NAME SUPERTYPE_CAT SUPERTYPE_SCHEM SUPERTYPE_NAME");
    }

    @Override
    public ResultSet getSuperTables(@Nullable String catalog, @Nullable String schemaPattern, @Nullable String tablePattern)
            throws SQLException {
        return empty("TABLE_CAT TABLE_SCHEM TABLE_NAME SUPERTABLE_NAME");
    }

    @Override
    public ResultSet getAttributes(
            @Nullable String catalog,
            @Nullable String schemaPattern,
            @Nullable String typePattern,
            @Nullable String attributePattern) throws SQLException {
        return empty("TYPE_CAT TYPE_SCHEM TYPE_NAME ATTR_NAME DATA_TYPE:i ATTR_TYPE_NAME ATTR_SIZE:i DECIMAL_DIGITS:i NUM_PREC_RADIX:i "
                + "NULLABLE:i REMARKS ATTR_DEF SQL_DATA_TYPE:i SQL_DATETIME_SUB:i CHAR_OCTET_LENGTH:i ORDINAL_POSITION:i IS_NULLABLE "
                + "SCOPE_CATALOG SCOPE_SCHEMA SCOPE_TABLE SOURCE_DATA_TYPE:s");
    }

    @Override
    public ResultSet getClientInfoProperties() throws SQLException {
        return empty("NAME MAX_LEN:i DEFAULT_VALUE DESCRIPTION");
    }

    // ---- wrapper

    @Override
    public <T> T unwrap(@Nullable Class<T> type) throws SQLException {
        return Wrappers.unwrap(this, type);
    }

    @Override
    public boolean isWrapperFor(@Nullable Class<?> type) throws SQLException {
        return Wrappers.isWrapperFor(this, type);
    }
}
