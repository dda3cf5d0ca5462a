package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.table;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real clients on the real driver: plain JDBC and jOOQ.
class DriverTest {
    private static final String URL = "jdbc:coconut:mem:driver-test;memory.lock=off;blocks=2";

    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        connection = DriverManager.getConnection(URL);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    private void execute(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private List<String> column(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            return texts(rows, 1);
        }
    }

    private static List<String> texts(ResultSet rows, int column) throws SQLException {
        List<String> texts = new ArrayList<>();
        while (rows.next()) {
            texts.add(rows.getString(column));
        }
        return texts;
    }

    @Test
    void jooqWritesAndReads() throws SQLException {
        execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, customer VARCHAR(20) NOT NULL, total DECIMAL(12, 2), placed TIMESTAMP) USING SORTED");
        DSLContext jooq = DSL.using(connection, SQLDialect.DEFAULT);
        Table<Record> orders = table(name("ORDERS"));
        Field<Long> id = field(name("ID"), Long.class);
        Field<String> customer = field(name("CUSTOMER"), String.class);
        Field<BigDecimal> total = field(name("TOTAL"), BigDecimal.class);
        Field<LocalDateTime> placed = field(name("PLACED"), LocalDateTime.class);

        for (long i = 1; i <= 20; i++) {
            jooq.insertInto(orders, id, customer, total, placed)
                    .values(i, i % 2 == 0 ? "ann" : "bob", BigDecimal.valueOf(i * 10), LocalDateTime.of(2026, 1, 1, 0, 0).plusDays(i))
                    .execute();
        }
        jooq.update(orders).set(total, total.add(1)).where(id.between(1L, 4L)).execute();
        jooq.deleteFrom(orders).where(id.in(19L, 20L)).execute();

        assertThat(jooq.fetchCount(orders)).isEqualTo(18);
        assertThat(jooq.select(customer, count(), sum(total)).from(orders).groupBy(customer).orderBy(customer).fetch().formatCSV())
                .isEqualTo("CUSTOMER,count,sum\nann,9,902.00\nbob,9,812.00\n");
        assertThat(jooq.select(id).from(orders).where(placed.ge(LocalDateTime.of(2026, 1, 17, 0, 0))).orderBy(id.desc()).fetch(id))
                .containsExactly(18L, 17L, 16L);
        assertThat(jooq.selectFrom(orders).where(id.eq(3L)).fetchOne().get(total)).isEqualByComparingTo("31");
        assertThat(jooq.meta().getTables(name("PUBLIC", "ORDERS"))).hasSize(1);
    }

    @Test
    void databaseMetaDataDescribesTablesColumnsKeysAndTypes() throws SQLException {
        execute("CREATE TABLE a_b (id INT, name VARCHAR(30) NOT NULL, price DECIMAL(8, 3), at_ TIMESTAMP(2), PRIMARY KEY (name, id)) USING SORTED",
                "CREATE TABLE axb (id INT PRIMARY KEY)");
        DatabaseMetaData meta = connection.getMetaData();

        try (ResultSet tables = meta.getTables(null, "PUBLIC", "A\\_%", new String[] {"TABLE"})) {
            assertThat(texts(tables, 3)).containsExactly("A_B");
        }
        try (ResultSet tables = meta.getTables(null, null, "A_B", null)) {
            assertThat(texts(tables, 2)).containsExactly("META_SPACE", "META_SPACE", "PUBLIC", "PUBLIC");
        }
        try (ResultSet tables = meta.getTables(null, "PUBLIC", "A_B", null)) {
            assertThat(texts(tables, 3)).containsExactly("AXB", "A_B");
        }
        try (ResultSet columns = meta.getColumns(null, "PUBLIC", "A\\_B", "%")) {
            List<String> found = new ArrayList<>();
            while (columns.next()) {
                found.add(columns.getString("COLUMN_NAME") + " " + columns.getString("TYPE_NAME") + " " + columns.getInt("COLUMN_SIZE")
                        + " "
                        + columns.getInt("DECIMAL_DIGITS") + " " + columns.getString("IS_NULLABLE") + " " + columns.getInt(
                                "ORDINAL_POSITION"));
            }
            assertThat(found).containsExactly("ID INTEGER 10 0 NO 1", "NAME VARCHAR 30 0 NO 2", "PRICE DECIMAL 8 3 YES 3",
                    "AT_ TIMESTAMP 22 2 YES 4");
        }
        try (ResultSet keys = meta.getPrimaryKeys(null, "PUBLIC", "A_B")) {
            List<String> found = new ArrayList<>();
            while (keys.next()) {
                found.add(keys.getString("COLUMN_NAME") + " " + keys.getShort("KEY_SEQ"));
            }
            assertThat(found).containsExactly("ID 2", "NAME 1");
        }
        try (ResultSet types = meta.getTypeInfo()) {
            assertThat(texts(types, 1)).contains("BIGINT", "UUID", "TIMESTAMP WITH TIME ZONE", "VARBINARY", "JSON").hasSize(18);
        }
        try (ResultSet schemas = meta.getSchemas()) {
            assertThat(texts(schemas, 1)).containsExactly("INFORMATION_SCHEMA", "META_SPACE", "PUBLIC", "SYSTEM");
        }
        try (ResultSet indexes = meta.getIndexInfo(null, null, "AXB", true, false)) {
            assertThat(texts(indexes, 9)).containsExactly("ID");
        }
        assertThat(meta.getDatabaseProductName()).isEqualTo("CoconutDB");
    }

    @Test
    void everyMetadataResultHasTheColumnsThatJdbcNames() throws Exception {
        DatabaseMetaData meta = connection.getMetaData();
        for (var method : DatabaseMetaData.class.getMethods()) {
            if (method.getReturnType() != ResultSet.class) {
                continue;
            }
            Object[] arguments = new Object[method.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                Class<?> type = method.getParameterTypes()[i];
                arguments[i] = type == int.class ? (Object) 0 : type == boolean.class ? (Object) false : null;
            }
            try (ResultSet rows = (ResultSet) method.invoke(meta, arguments)) {
                assertThat(rows.getMetaData().getColumnCount()).as(method.getName()).isPositive();
                while (rows.next()) {
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        rows.getObject(i);
                    }
                }
            }
        }
    }

    @Test
    void resultSetsDescribeThemselves() throws SQLException {
        execute("CREATE TABLE t (id INT PRIMARY KEY, price DECIMAL(8, 3), name VARCHAR(30), doc VARBINARY, u UUID, z TIMESTAMP WITH TIME ZONE)");
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id AS key_, price, name || 'x' AS n, doc, u, z FROM t WHERE name = ?")) {
            ResultSetMetaData meta = select.getMetaData();
            assertThat(meta.getColumnCount()).isEqualTo(6);
            assertThat(meta.getColumnLabel(1)).isEqualTo("KEY_");
            assertThat(meta.getColumnName(1)).isEqualTo("ID");
            assertThat(meta.getTableName(1)).isEqualTo("T");
            assertThat(meta.getSchemaName(1)).isEqualTo("PUBLIC");
            assertThat(meta.isNullable(1)).isEqualTo(ResultSetMetaData.columnNoNulls);
            assertThat(meta.getPrecision(2)).isEqualTo(8);
            assertThat(meta.getScale(2)).isEqualTo(3);
            assertThat(meta.getTableName(3)).isEmpty();
            assertThat(meta.getColumnType(4)).isEqualTo(Types.VARBINARY);
            assertThat(meta.getColumnClassName(5)).isEqualTo("java.util.UUID");
            assertThat(meta.getColumnType(6)).isEqualTo(Types.TIMESTAMP_WITH_TIMEZONE);
            assertThat(select.getParameterMetaData().getParameterType(1)).isEqualTo(Types.VARCHAR);
        }
    }

    @Test
    void javaTimeAndJavaSqlTypesComeBack() throws SQLException {
        execute("CREATE TABLE t (id INT PRIMARY KEY, d DATE, ts TIMESTAMP, z TIMESTAMP WITH LOCAL TIME ZONE, u UUID)");
        UUID uuid = UUID.randomUUID();
        OffsetDateTime zoned = OffsetDateTime.of(2026, 3, 29, 2, 30, 0, 0, ZoneOffset.ofHours(5));
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?, ?)")) {
            insert.setInt(1, 1);
            insert.setObject(2, LocalDate.of(2026, 2, 28));
            insert.setTimestamp(3, Timestamp.valueOf("2026-03-29 02:30:00.123"));
            insert.setObject(4, zoned);
            insert.setObject(5, uuid);
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT * FROM t")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getObject(2, LocalDate.class)).isEqualTo(LocalDate.of(2026, 2, 28));
            assertThat(rows.getDate(2).toString()).isEqualTo("2026-02-28");
            assertThat(rows.getTimestamp(3).toString()).isEqualTo("2026-03-29 02:30:00.123");
            assertThat(rows.getObject(4, OffsetDateTime.class).toInstant()).isEqualTo(zoned.toInstant());
            assertThat(rows.getObject("U", UUID.class)).isEqualTo(uuid);
            assertThat(rows.getString(5)).isEqualTo(uuid.toString());
            assertThat(rows.next()).isFalse();
        }
    }

    @Test
    void batchesAnswerTheCountsAndAreAtomic() throws SQLException {
        execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            for (int i = 0; i < 2500; i++) {
                insert.setInt(1, i);
                insert.setInt(2, i);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).hasSize(2500).containsOnly(1);
            for (int i : new int[] {3000, 3001, 7, 3002}) {
                insert.setInt(1, i);
                insert.setInt(2, i);
                insert.addBatch();
            }
            BatchUpdateException failure = catchThrowableOfType(BatchUpdateException.class, insert::executeBatch);
            assertThat(failure.getSQLState()).isEqualTo("23505");
            assertThat(failure.getUpdateCounts()).isEmpty();
        }
        assertThat(column("SELECT COUNT(*) FROM t")).containsExactly("2500");
        try (PreparedStatement update = connection.prepareStatement("UPDATE t SET v = v + 1 WHERE id = ?")) {
            for (int i = 0; i < 3; i++) {
                update.setInt(1, 5);
                update.addBatch();
            }
            update.executeBatch();
        }
        assertThat(column("SELECT v FROM t WHERE id = 5")).containsExactly("8");
    }

    @Test
    void aStatementThatTakesTooLongIsCancelled() throws Exception {
        execute("CREATE TABLE t (id INT PRIMARY KEY)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
            for (int i = 0; i < 1000; i++) {
                insert.setInt(1, i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        String endless = "SELECT COUNT(*) FROM t a, t b, t c, t d WHERE a.id + b.id + c.id + d.id < 0";
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            SQLException timeout = catchThrowableOfType(SQLException.class, () -> {
                try (ResultSet rows = statement.executeQuery(endless)) {
                    rows.next();
                }
            });
            assertThat((Throwable) timeout).isInstanceOf(SQLTimeoutException.class);
            assertThat(timeout.getSQLState()).isEqualTo("57014");
        }
        try (Statement statement = connection.createStatement(); ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<SQLException> cancelled = thread.submit(() -> catchThrowableOfType(SQLException.class, () -> {
                try (ResultSet rows = statement.executeQuery(endless)) {
                    rows.next();
                }
            }));
            while (!cancelled.isDone()) {
                statement.cancel();
                Thread.onSpinWait();
            }
            assertThat(cancelled.get().getSQLState()).isEqualTo("57014");
        }
    }

    @Test
    void connectionsShareADatabaseAndItsRows() throws Exception {
        execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 0)");
        int threads = 4;
        int each = 100;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(() -> {
                    try (Connection own = DriverManager.getConnection(URL);
                            PreparedStatement add = own.prepareStatement("UPDATE t SET v = v + 1 WHERE id = ?")) {
                        for (int n = 0; n < each; n++) {
                            add.setInt(1, 1);
                            add.executeUpdate();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> task : running) {
                task.get();
            }
        }
        assertThat(column("SELECT v FROM t")).containsExactly(Integer.toString(threads * each));
    }

    @Test
    void aDatabaseInADirectoryIsThereAgain(@TempDir Path directory) throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off";
        try (Connection first = DriverManager.getConnection(url); Statement statement = first.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10)) USING SORTED");
            statement.execute("INSERT INTO t VALUES (1, 'kept')");
        }
        try (Connection again = DriverManager.getConnection(url);
                Statement statement = again.createStatement();
                ResultSet rows = statement.executeQuery("SELECT v FROM t WHERE id = 1")) {
            assertThat(texts(rows, 1)).containsExactly("kept");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "interval", "INTERVAL;durability.interval=5ms", "none"})
    void filesKeepWhatWasWrittenAndSayHowDurableTheyAre(String durability, @TempDir Path directory) throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;durability=" + durability;
        try (Connection first = DriverManager.getConnection(url); Statement statement = first.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY) USING SORTED");
            statement.execute("INSERT INTO t VALUES (1)");
        }
        try (Connection again = DriverManager.getConnection(url); Statement statement = again.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM t")) {
                assertThat(texts(rows, 1)).containsExactly("1");
            }
            try (ResultSet rows = statement.executeQuery(
                    "SELECT \"VALUE\" FROM \"SYSTEM\".SETTINGS WHERE name LIKE 'durability%' ORDER BY name")) {
                assertThat(texts(rows, 1)).containsExactly(durability.split(";")[0].toLowerCase(Locale.ROOT),
                        durability.contains("5ms") ? "5" : "100");
            }
        }
    }

    @Test
    void urlsAndDirectoriesThatCannotBeUsedSayWhatWouldBe(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("letter.txt"), "dear all");
        record Case(String url, String sqlState, String part) {}
        for (Case wrong : List.of(
                new Case("jdbc:coconut:mem:x;memory.lok=off", "08001", "Did you mean memory.lock?"),
                new Case("jdbc:coconut:mem:x;memory.lock=maybe", "08001", "required"),
                new Case("jdbc:coconut:mem:x;memory.limit=lots", "08001", "512MB"),
                new Case("jdbc:coconut:mem:x;memory.limit=1KB", "53200", "memory.limit"),
                new Case("jdbc:coconut:mem:x;memory.hot=warm", "08001", "512MB"),
                new Case("jdbc:coconut:mem:x;memory.hot=64KB", "08001", "1MB at least"),
                new Case("jdbc:coconut:mem:x;memory.hott=64MB", "08001", "Did you mean memory.hot?"),
                new Case("jdbc:coconut:mem:x;checkpoint.log.bytes=often", "08001", "512MB"),
                new Case("jdbc:coconut:mem:x;snapshot.age.max=long", "08001", "30min"),
                new Case("jdbc:coconut:mem:x;snapshot.age.max=-1s", "08001", "30min"),
                new Case("jdbc:coconut:mem:x;snapshot.age.max=999999d", "08001", "30min"),
                new Case("jdbc:coconut:mem:x;snapshot.age.max=500ms", "08001", "30min"),
                new Case("jdbc:coconut:mem:x;durability=sync", "08001", "in memory outlives nothing"),
                new Case("jdbc:coconut:file:x;durability=often", "08001", "sync, interval, none"),
                new Case("jdbc:coconut:file:x;durability.interval=50ms", "08001", "durability=interval"),
                new Case("jdbc:coconut:file:x;durability=none;durability.interval=50ms", "08001", "durability=interval"),
                new Case("jdbc:coconut:file:x;durability=interval;durability.interval=0", "08001", "1ms to 1h"),
                new Case("jdbc:coconut:file:x;durability=interval;durability.interval=2h", "08001", "1ms to 1h"),
                new Case("jdbc:coconut:mem:x;blocks=0", "08001", "1 to 256"),
                new Case("jdbc:coconut:mem:x;schema=NOPE", "3F000", "PUBLIC"),
                new Case("jdbc:coconut:file:", "08001", "directory"),
                new Case("jdbc:coconut:file:" + directory, "58P01", "letter.txt"))) {
            SQLException failure = catchThrowableOfType(SQLException.class, () -> DriverManager.getConnection(wrong.url()).close());
            assertThat(failure.getSQLState()).as(failure.getMessage()).isEqualTo(wrong.sqlState());
            assertThat(failure.getMessage()).contains(wrong.part());
        }
    }

    @Test
    void aMemoryLimitThatIsReachedRefusesWritesAndKeepsReads() throws SQLException {
        try (Connection small = DriverManager.getConnection("jdbc:coconut:mem:;memory.limit=8MB;memory.lock=off;blocks=1");
                Statement statement = small.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR) USING SORTED");
            SQLException full = null;
            int rows = 0;
            try (PreparedStatement insert = small.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                while (full == null) {
                    insert.setInt(1, rows);
                    insert.setString(2, "x".repeat(100_000));
                    try {
                        insert.executeUpdate();
                        rows++;
                    } catch (SQLException failure) {
                        full = failure;
                    }
                }
            }
            assertThat(full.getSQLState()).isEqualTo("53200");
            assertThat(full.getMessage()).contains("memory.limit");
            try (ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM t")) {
                assertThat(texts(count, 1)).containsExactly(Integer.toString(rows));
            }
            statement.execute("DELETE FROM t WHERE id < 20");
            statement.execute("INSERT INTO t VALUES (1000, 'fits again')");
        }
    }

    @Test
    void rowsAndKeysPastTheirLimitsAreRefused() throws SQLException {
        execute("CREATE TABLE t (id VARCHAR PRIMARY KEY, v VARCHAR, w VARCHAR)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?)")) {
            insert.setString(1, "k");
            insert.setString(2, "x".repeat(700_000));
            insert.setString(3, "x".repeat(700_000));
            SQLException tooLarge = catchThrowableOfType(SQLException.class, insert::executeUpdate);
            assertThat(tooLarge.getSQLState()).isEqualTo("54000");
            insert.setString(1, "k".repeat(2000));
            insert.setString(3, "");
            assertThat(catchThrowableOfType(SQLException.class, insert::executeUpdate).getSQLState()).isEqualTo("54000");
        }
        assertThat(column("SELECT COUNT(*) FROM t")).containsExactly("0");
    }

    @Test
    void closingAConnectionClosesWhatIsOpenOnIt() throws SQLException {
        execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
        Connection other = DriverManager.getConnection(URL);
        Statement statement = other.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM t");
        assertThat(rows.next()).isTrue();

        other.close();
        other.close();

        assertThat(statement.isClosed()).isTrue();
        assertThat(rows.isClosed()).isTrue();
        assertThat(catchThrowableOfType(SQLException.class, rows::next).getSQLState()).isEqualTo("24000");
        assertThat(catchThrowableOfType(SQLException.class, () -> other.createStatement()).getSQLState()).isEqualTo("08003");
    }

    @Test
    void lockedMemoryIsShownByMeasurement() throws SQLException {
        try (Connection locked = DriverManager.getConnection("jdbc:coconut:mem:locked;blocks=1"); Statement statement = locked
                .createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR) USING SORTED");
            statement.execute("INSERT INTO t VALUES (1, 'x')");
            String sql =
                    "SELECT SUM(MAPPED_BYTES), SUM(RESIDENT_BYTES), SUM(LOCKED_BYTES) FROM \"SYSTEM\".\"BLOCK_MEMORY\" WHERE TABLE_NAME = 'T'";
            long residentBefore;
            try (ResultSet memory = statement.executeQuery(sql)) {
                memory.next();
                residentBefore = memory.getLong(2);
                assertThat(residentBefore).isPositive().isLessThanOrEqualTo(memory.getLong(1));
                assertThat(memory.getLong(3)).isLessThanOrEqualTo(residentBefore);
            }
            try (PreparedStatement insert = locked.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                insert.setInt(1, 2);
                insert.setString(2, "x".repeat(500_000));
                insert.execute();
            }
            try (ResultSet memory = statement.executeQuery(sql)) {
                memory.next();
                assertThat(memory.getLong(2)).as("what was written is resident").isGreaterThanOrEqualTo(residentBefore + 490_000);
            }
        }
    }
}
