package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.coconutdb.avatica.connection.ConnectionLimits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Avatica's own clients, as they were published, old and new, against our server. The build copies their jars.
class StockClientsTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Connection connect(String jar, String serialization) throws Exception {
        return connect(server, jar, serialization);
    }

    private static Connection connect(TestServer target, String jar, String serialization) throws Exception {
        return connect(target, jar, serialization, new Properties());
    }

    private static Connection connect(TestServer target, String jar, String serialization, Properties properties) throws Exception {
        return StockClients.driver(jar).connect("jdbc:avatica:remote:url=http://127.0.0.1:" + target.port() + ";serialization="
                + serialization, properties);
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        TestServer.execute(connection, statements);
    }

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void momentsComeAsTextInTheSessionsZone(String jar, String serialization) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("time.zone", "Asia/Tokyo");
        try (Connection connection = connect(server, jar, serialization, properties); Statement statement = connection.createStatement()) {
            execute(connection, "DROP TABLE IF EXISTS moments", "CREATE TABLE moments (id INT PRIMARY KEY, m TIMESTAMP WITH TIME ZONE)",
                    "INSERT INTO moments VALUES (1, '2026-07-01 12:00:00')");
            for (String[] zone : new String[][] {{"", "2026-07-01 12:00:00+09:00"}, {"Europe/Berlin", "2026-07-01 05:00:00+02:00"}}) {
                if (!zone[0].isEmpty()) {
                    statement.execute("SET TIME ZONE '" + zone[0] + "'");
                }
                try (ResultSet rows = statement.executeQuery("SELECT m FROM moments")) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo(zone[1]);
                    assertThat(rows.getObject(1)).isEqualTo(zone[1]);
                    assertThat(rows.getMetaData().getColumnTypeName(1)).isEqualTo("TIMESTAMP WITH TIME ZONE");
                }
            }
            try (PreparedStatement query = connection.prepareStatement("SELECT COUNT(*) FROM moments WHERE m = ?")) {
                query.setString(1, "2026-07-01 03:00:00Z");
                try (ResultSet rows = query.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(1);
                }
            }
        }
    }

    /// They cannot cancel by themselves.
    @ParameterizedTest
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void whatOneRunsIsEndedByAnother(String jar, String serialization) throws Exception {
        String endless = "SELECT COUNT(*) FROM TABLE(GENERATE_SERIES(1, 1000000000000)) AS s (i) WHERE i < 0";
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection killed = connect(jar, serialization);
                Connection other = connect(jar, serialization);
                Statement statement = other.createStatement()) {
            Future<SQLException> ended = threads.submit(() -> catchThrowableOfType(SQLException.class, () -> execute(killed, endless)));
            String session = null;
            while (session == null) {
                try (ResultSet rows = statement.executeQuery("SELECT session_id FROM SYSTEM.SESSIONS WHERE statement = '" + endless
                        + "'")) {
                    session = rows.next() ? rows.getString(1) : null;
                }
            }
            execute(other, "KILL QUERY " + session);
            assertThat(ended.get().getSQLState()).isEqualTo("57014");
            execute(killed, "VALUES 1");
        }
    }

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void arraysGoInAndComeBack(String jar, String serialization) throws Exception {
        try (Connection connection = connect(jar, serialization)) {
            execute(connection, "DROP TABLE IF EXISTS arrays",
                    "CREATE TABLE arrays (id INT PRIMARY KEY, n INT ARRAY, s VARCHAR(9) ARRAY, d DECIMAL(6, 2) ARRAY, b VARBINARY(4) ARRAY, "
                            + "t DATE ARRAY, u UUID ARRAY) USING SORTED",
                    "INSERT INTO arrays VALUES (1, ARRAY[1, NULL, 3], ARRAY['a', 'b c'], ARRAY[1.5, 2], ARRAY[X'00ff'], "
                            + "ARRAY[DATE '2026-02-28'], ARRAY[UUID '6f9619ff-8b86-d011-b42d-00c04fc964ff'])",
                    "INSERT INTO arrays (id, n) VALUES (2, ARRAY[])");
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT * FROM arrays ORDER BY id")) {
                ResultSetMetaData described = rows.getMetaData();
                assertThat(described.getColumnType(2)).isEqualTo(java.sql.Types.ARRAY);
                assertThat(described.getColumnTypeName(2)).isEqualTo("INTEGER ARRAY");
                assertThat(rows.next()).isTrue();
                assertThat((Object[]) rows.getArray(2).getArray()).containsExactly(1, null, 3);
                assertThat((Object[]) rows.getArray("S").getArray()).containsExactly("a", "b c");
                assertThat((Object[]) rows.getArray(4).getArray()).containsExactly(new BigDecimal("1.50"), new BigDecimal("2.00"));
                assertThat((Object[]) rows.getArray(7).getArray()).containsExactly("6f9619ff-8b86-d011-b42d-00c04fc964ff");
                assertThat(rows.next()).isTrue();
                assertThat((Object[]) rows.getArray(2).getArray()).isEmpty();
                assertThat(rows.getArray(3)).isNull();
            }
            try (PreparedStatement query = connection.prepareStatement("SELECT id FROM arrays WHERE id = ANY (?)")) {
                query.setArray(1, connection.createArrayOf("INTEGER", new Object[] {2, 7}));
                try (ResultSet rows = query.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(2);
                    assertThat(rows.next()).isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
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
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
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
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
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
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
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
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
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
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
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

    @ParameterizedTest
    @MethodSource("org.coconutdb.avatica.StockClients#clients")
    void clientsLogInByBasic(String jar, String serialization) throws Exception {
        try (TestServer secured = TestServer.secured()) {
            try (Connection joe = connect(secured, jar, serialization, login("joe", "joes"));
                    Connection eve = connect(secured, jar, serialization, login("eve", "eves"))) {
                try (Statement statement = joe.createStatement(); ResultSet found = statement.executeQuery(
                        "SELECT v, CURRENT_USER FROM t")) {
                    assertThat(found.next()).isTrue();
                    assertThat(found.getString(1) + found.getString(2)).isEqualTo("oneJOE");
                }
                SQLException denied = catchThrowableOfType(SQLException.class, () -> eve.createStatement().executeQuery("SELECT v FROM t"));
                assertThat(denied.getMessage()).contains("a privilege is missing");
                assertThat(denied.getSQLState()).isEqualTo("42501");
                try (ResultSet tables = joe.getMetaData().getTables(null, "PUBLIC", "%", null)) {
                    assertThat(tables.next()).isTrue();
                    assertThat(tables.getString("TABLE_NAME")).isEqualTo("T");
                }
                try (ResultSet tables = eve.getMetaData().getTables(null, "PUBLIC", "%", null)) {
                    assertThat(tables.next()).isFalse();
                }
            }
            // The client makes no SQLException of what is refused while it connects.
            Throwable wrong = org.assertj.core.api.Assertions.catchThrowable(() -> connect(secured, jar, serialization, login("joe",
                    "wrong"))
                            .createStatement().executeQuery("VALUES 1"));
            assertThat(String.valueOf(wrong)).contains("user name or password are wrong", "28P01");
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> connect(secured, jar, serialization, new Properties())
                    .createStatement().executeQuery("VALUES 1"))).hasStackTraceContaining("401");
        }
    }

    private static Properties login(String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("authentication", "BASIC");
        properties.setProperty("avatica_user", user);
        properties.setProperty("avatica_password", password);
        return properties;
    }
}
