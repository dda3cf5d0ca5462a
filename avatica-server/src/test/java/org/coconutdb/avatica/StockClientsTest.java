package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.coconutdb.avatica.connection.ConnectionLimits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Avatica's own clients, as they were published, old and new, against our server. The build copies their jars.
class StockClientsTest {
    private static final Path JARS = Path.of(System.getProperty("avatica.clients", "target/avatica-clients"));
    private static final Map<String, ClassLoader> LOADERS = new ConcurrentHashMap<>();
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> clients() throws Exception {
        List<String> versions;
        try (Stream<Path> files = Files.list(JARS)) {
            versions = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".jar")).sorted().toList();
        }
        assertThat(versions).as("clients in " + JARS).hasSizeGreaterThan(3);
        return versions.stream().flatMap(jar -> Stream.of(Arguments.of(jar, "protobuf"), Arguments.of(jar, "json")));
    }

    private static Connection connect(String jar, String serialization) throws Exception {
        return connect(server, jar, serialization);
    }

    private static Connection connect(TestServer target, String jar, String serialization) throws Exception {
        ClassLoader loader = LOADERS.computeIfAbsent(jar, name -> {
            try {
                // The newest leaves SLF4J to the application.
                URL logging = org.slf4j.LoggerFactory.class.getProtectionDomain().getCodeSource().getLocation();
                return new URLClassLoader(new URL[] {JARS.resolve(name).toUri().toURL(), logging}, ClassLoader.getPlatformClassLoader());
            } catch (java.net.MalformedURLException failure) {
                throw new IllegalStateException(failure);
            }
        });
        Driver driver = (Driver) loader.loadClass("org.apache.calcite.avatica.remote.Driver").getDeclaredConstructor().newInstance();
        return driver.connect("jdbc:avatica:remote:url=http://127.0.0.1:" + target.port() + ";serialization=" + serialization,
                new Properties());
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        TestServer.execute(connection, statements);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void valuesOfAllTypesGoInAndComeBack(String jar, String serialization) throws Exception {
        try (Connection connection = connect(jar, serialization)) {
            execute(connection, "DROP TABLE IF EXISTS all_types",
                    "CREATE TABLE all_types (id INT PRIMARY KEY, truth BOOLEAN, tiny TINYINT, small SMALLINT, big BIGINT, exact DECIMAL(12, 3), "
                            + "real_ REAL, double_ DOUBLE, text VARCHAR(50), bytes VARBINARY(20), day_ DATE, at_ TIME, moment TIMESTAMP, "
                            + "unique_ UUID) USING SORTED");
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO all_types VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                insert.setInt(1, 1);
                insert.setBoolean(2, true);
                insert.setByte(3, (byte) -7);
                insert.setShort(4, (short) 3000);
                insert.setLong(5, 9_000_000_000_000L);
                insert.setBigDecimal(6, new BigDecimal("-12345.678"));
                insert.setFloat(7, 1.5f);
                insert.setDouble(8, 0.1);
                insert.setString(9, "grün 🥥");
                insert.setBytes(10, new byte[] {0, 1, (byte) 0xff});
                insert.setDate(11, Date.valueOf("2026-02-28"));
                insert.setTime(12, Time.valueOf("23:59:58"));
                insert.setTimestamp(13, Timestamp.valueOf("2026-02-28 12:34:56.789"));
                insert.setString(14, "6f9619ff-8b86-d011-b42d-00c04fc964ff");
                assertThat(insert.executeUpdate()).isEqualTo(1);
                insert.setInt(1, 2);
                for (int i = 2; i <= 14; i++) {
                    insert.setObject(i, null);
                }
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }

            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT * FROM all_types ORDER BY id")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getBoolean("TRUTH")).isTrue();
                assertThat(rows.getByte("TINY")).isEqualTo((byte) -7);
                assertThat(rows.getShort("SMALL")).isEqualTo((short) 3000);
                assertThat(rows.getLong("BIG")).isEqualTo(9_000_000_000_000L);
                assertThat(rows.getBigDecimal("EXACT")).isEqualByComparingTo("-12345.678");
                assertThat(rows.getFloat("REAL_")).isEqualTo(1.5f);
                assertThat(rows.getDouble("DOUBLE_")).isEqualTo(0.1);
                assertThat(rows.getString("TEXT")).isEqualTo("grün 🥥");
                assertThat(rows.getBytes("BYTES")).containsExactly(0, 1, 0xff);
                assertThat(rows.getDate("DAY_")).isEqualTo(Date.valueOf("2026-02-28"));
                assertThat(rows.getTime("AT_")).isEqualTo(Time.valueOf("23:59:58"));
                assertThat(rows.getTimestamp("MOMENT")).isEqualTo(Timestamp.valueOf("2026-02-28 12:34:56.789"));
                assertThat(rows.getString("UNIQUE_")).isEqualTo("6f9619ff-8b86-d011-b42d-00c04fc964ff");
                assertThat(rows.next()).isTrue();
                for (int i = 2; i <= 14; i++) {
                    assertThat(rows.getObject(i)).as("column " + i).isNull();
                }
                assertThat(rows.next()).isFalse();
                ResultSetMetaData described = rows.getMetaData();
                assertThat(described.getColumnTypeName(6)).isEqualTo("DECIMAL");
                assertThat(described.getPrecision(6)).isEqualTo(12);
                assertThat(described.getScale(6)).isEqualTo(3);
                assertThat(described.isNullable(1)).isEqualTo(ResultSetMetaData.columnNoNulls);
                assertThat(described.isNullable(2)).isEqualTo(ResultSetMetaData.columnNullable);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void manyRowsComeInPagesWithAnyFetchSize(String jar, String serialization) throws Exception {
        try (Connection connection = connect(jar, serialization)) {
            execute(connection, "DROP TABLE IF EXISTS many", "CREATE TABLE many (id INT PRIMARY KEY, text VARCHAR(20)) USING SORTED");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO many VALUES (?, ?)")) {
                for (int i = 0; i < 2_500; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "row " + i);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(2_500).containsOnly(1);
            }
            for (int fetchSize : new int[] {0, 7, 1_000}) {
                try (PreparedStatement query = connection.prepareStatement("SELECT id, text FROM many WHERE id >= ? ORDER BY id")) {
                    query.setFetchSize(fetchSize);
                    query.setInt(1, 10);
                    int expected = 10;
                    try (ResultSet rows = query.executeQuery()) {
                        while (rows.next()) {
                            assertThat(rows.getInt(1)).isEqualTo(expected);
                            assertThat(rows.getString(2)).isEqualTo("row " + expected);
                            expected++;
                        }
                    }
                    assertThat(expected).as("fetch size " + fetchSize).isEqualTo(2_500);
                }
            }
            try (Statement statement = connection.createStatement()) {
                statement.setMaxRows(5);
                try (ResultSet rows = statement.executeQuery("SELECT id FROM many")) {
                    int count = 0;
                    while (rows.next()) {
                        count++;
                    }
                    assertThat(count).isEqualTo(5);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void transactionsAndBatchesOfTexts(String jar, String serialization) throws Exception {
        try (Connection connection = connect(jar, serialization); Connection other = connect(jar, serialization)) {
            execute(connection, "DROP TABLE IF EXISTS account", "CREATE TABLE account (id INT PRIMARY KEY, money INT)");
            connection.setAutoCommit(false);
            execute(connection, "INSERT INTO account VALUES (1, 100)");
            assertThat(count(other)).isZero();
            connection.commit();
            assertThat(count(other)).isEqualTo(1);
            execute(connection, "INSERT INTO account VALUES (2, 100)");
            connection.rollback();
            assertThat(count(connection)).isEqualTo(1);
            connection.rollback();
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.addBatch("INSERT INTO account VALUES (3, 1)");
                statement.addBatch("UPDATE account SET money = 0");
                assertThat(statement.executeBatch()).containsExactly(1, 2);
            }
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(connection.getSchema()).isEqualTo("PUBLIC");
        }
    }

    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM account")) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void metadataNamesTablesAndColumns(String jar, String serialization) throws Exception {
        try (Connection connection = connect(jar, serialization)) {
            execute(connection, "DROP TABLE IF EXISTS described", "CREATE TABLE described (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL)");
            DatabaseMetaData metaData = connection.getMetaData();
            assertThat(metaData.getDefaultTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(column(metaData.getTables(null, "PUBLIC", "DESCRIBED", null), "TABLE_NAME")).containsExactly("DESCRIBED");
            assertThat(column(metaData.getTables(null, null, "DESC%", new String[] {"TABLE"}), "TABLE_NAME")).containsExactly("DESCRIBED");
            assertThat(column(metaData.getColumns(null, "PUBLIC", "DESCRIBED", "%"), "COLUMN_NAME")).containsExactly("ID", "NAME");
            assertThat(column(metaData.getSchemas(), "TABLE_SCHEM")).contains("PUBLIC", "INFORMATION_SCHEMA");
            assertThat(column(metaData.getCatalogs(), "TABLE_CAT")).containsExactly("COCONUT");
            assertThat(column(metaData.getTableTypes(), "TABLE_TYPE")).contains("TABLE", "VIEW");
            assertThat(column(metaData.getTypeInfo(), "TYPE_NAME")).contains("INTEGER", "VARCHAR");
            try (PreparedStatement prepared = connection.prepareStatement("SELECT name FROM described WHERE id = ?")) {
                assertThat(prepared.getMetaData().getColumnLabel(1)).isEqualTo("NAME");
                assertThat(prepared.getParameterMetaData().getParameterCount()).isEqualTo(1);
                assertThat(prepared.getParameterMetaData().getParameterTypeName(1)).isEqualTo("INTEGER");
            }
        }
    }

    private static List<String> column(ResultSet rows, String label) throws SQLException {
        List<String> values = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                values.add(rows.getString(label));
            }
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("clients")
    void errorsTellStateAndPlaceAndNoTrace(String jar, String serialization) throws Exception {
        try (Connection connection = connect(jar, serialization)) {
            execute(connection, "DROP TABLE IF EXISTS wrong", "CREATE TABLE wrong (id INT PRIMARY KEY)", "INSERT INTO wrong VALUES (1)");
            for (String[] expected : new String[][] {{"SELEC 1", "42601"}, {"SELECT * FROM nowhere", "42P01"},
                    {"INSERT INTO wrong VALUES (1)", "23505"}, {"SELECT 1 / 0", "22012"}, {"COMMIT AND CHAIN", "42601"}}) {
                SQLException failure = catchThrowableOfType(SQLException.class, () -> execute(connection, expected[0]));
                assertThat(failure != null).as(expected[0]).isTrue();
                assertThat(deepestState(failure)).as(expected[0] + ": " + failure).isEqualTo(expected[1]);
                assertThat(failure.toString()).doesNotContain("\tat ").doesNotContain("RuntimeException");
            }
            SQLException syntax = catchThrowableOfType(SQLException.class, () -> execute(connection, "SELECT 1\nFRM wrong"));
            assertThat(syntax.getMessage()).contains("line");
            assertThat(deepestState(catchThrowableOfType(SQLException.class, () -> connection.prepareStatement(
                    "SELECT nothing FROM wrong"))))
                            .isEqualTo("42703");
        }
    }

    /// What older clients wrap in an exception without a state.
    private static String deepestState(Throwable failure) {
        String state = "";
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
            } else {
                try {
                    state = String.valueOf(one.getClass().getMethod("getSqlState").invoke(one));
                } catch (ReflectiveOperationException notAvaticas) {
                    continue;
                }
            }
        }
        return state;
    }

    @ParameterizedTest
    @MethodSource("clients")
    void closingLeavesNothingBehind(String jar, String serialization) throws Exception {
        try (TestServer own = TestServer.start(config -> config.withConnections(
                new ConnectionLimits(2, 3, 1_000, 100, config.connections().idle())))) {
            for (int round = 0; round < 3; round++) {
                try (Connection connection = connect(own, jar, serialization)) {
                    for (int i = 0; i < 10; i++) {
                        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("VALUES 1, 2")) {
                            assertThat(rows.next()).isTrue();
                        }
                        try (ResultSet tables = connection.getMetaData().getTables(null, null, "%", null)) {
                            assertThat(tables.next()).isTrue();
                        }
                    }
                    List<Statement> open = new ArrayList<>();
                    SQLException refused = catchThrowableOfType(SQLException.class, () -> {
                        for (int i = 0; i < 4; i++) {
                            open.add(connection.prepareStatement("VALUES " + i));
                        }
                    });
                    assertThat(deepestState(refused)).isEqualTo("53400");
                }
                assertThat(own.server().connectionCount()).isZero();
            }
        }
    }
}
