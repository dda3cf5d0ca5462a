package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ForeignKeys;
import org.coconutdb.sql.catalog.TableName;
import org.coconutdb.sql.parser.SqlCreateCoconutTable;
import org.coconutdb.sql.parser.SqlParsing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Threads that insert, change and delete rows that refer to each other, at every isolation level and with every action: at each snapshot
/// every row that refers to one has it.
class ForeignKeysRandomTest {
    private static final String URL = "jdbc:coconut:mem:foreign-keys-random-test;memory.lock=off;blocks=3";
    private static final int KEYS = 10;
    private static final int THREADS = 4;
    private static final int TRANSACTIONS = Integer.getInteger("foreignKeys.transactions", 200);
    private static final List<String> ACTIONS = List.of("NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT");
    private static final List<String> LEVELS = List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE");

    private Connection connection;

    static LongStream seeds() {
        String chosen = System.getProperty("seed");
        return chosen == null ? LongStream.rangeClosed(1, 3) : LongStream.of(Long.parseLong(chosen, 16));
    }

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection(URL);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> orphans(Connection connection) throws SQLException {
        List<String> orphans = new ArrayList<>();
        for (String[] key : new String[][] {{"c", "p", "p", "id"}, {"u", "pu", "p", "u"}, {"d", "c", "c", "id"}, {"self", "up", "self",
                "id"},
                {"line", "p", "p", "id"}}) {
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("SELECT child.id, child." + key[1] + " FROM " + key[0]
                            + " AS child LEFT JOIN " + key[2] + " AS parent ON child." + key[1] + " = parent." + key[3] + " WHERE child."
                            + key[1] + " IS NOT NULL AND parent." + key[3] + " IS NULL")) {
                while (found.next()) {
                    orphans.add(key[0] + " " + found.getInt(1) + " → " + key[2] + " " + found.getInt(2));
                }
            }
        }
        return orphans;
    }

    private static String action(Random random) {
        return " ON DELETE " + ACTIONS.get(random.nextInt(ACTIONS.size())) + " ON UPDATE " + ACTIONS.get(random.nextInt(ACTIONS.size()));
    }

    private static String kind(Random random) {
        return random.nextBoolean() ? " USING HASH" : " USING SORTED";
    }

    private void create(Random random) throws SQLException {
        execute(connection, "CREATE TABLE p (id INT PRIMARY KEY, u INT UNIQUE, n INT)" + kind(random),
                "CREATE TABLE c (id INT PRIMARY KEY, p INT DEFAULT 1 REFERENCES p" + action(random) + ", n INT)" + kind(random),
                "CREATE TABLE u (id INT PRIMARY KEY, pu INT DEFAULT 1 REFERENCES p (u)" + action(random) + ", n INT)" + kind(random),
                "CREATE TABLE d (id INT PRIMARY KEY, c INT DEFAULT 1 REFERENCES c" + action(random) + ", n INT)" + kind(random),
                "CREATE TABLE self (id INT PRIMARY KEY, up INT DEFAULT 1 REFERENCES self" + action(random) + ", n INT)" + kind(random),
                "CREATE TABLE line (p INT REFERENCES p ON DELETE CASCADE" + (random.nextBoolean() ? " ON UPDATE CASCADE" : "")
                        + ", id INT, n INT, PRIMARY KEY (p, id)) USING SORTED");
    }

    private static String write(Random random) {
        String table = List.of("p", "p", "c", "u", "d", "self", "line").get(random.nextInt(7));
        String column = Map.of("p", "u", "c", "p", "u", "pu", "d", "c", "self", "up", "line", "p").get(table);
        int id = random.nextInt(KEYS);
        String other = random.nextInt(5) == 0 && !table.equals("line") ? "NULL" : String.valueOf(random.nextInt(KEYS));
        return switch (random.nextInt(11)) {
            case 0, 1, 2 -> "INSERT INTO " + table + " (id, " + column + ") VALUES (" + id + ", " + other + ")";
            case 3 -> "UPSERT INTO " + table + " (id, " + column + ") VALUES (" + id + ", " + other + "), (" + random.nextInt(KEYS) + ", "
                    + random.nextInt(KEYS) + ")";
            case 4 -> "UPDATE " + table + " SET " + column + " = " + other + " WHERE id = " + id;
            case 5 -> "UPDATE " + table + " SET id = " + random.nextInt(KEYS) + " WHERE id = " + id;
            case 6 -> "UPDATE " + table + " SET n = n + 1 WHERE id = " + id;
            case 7, 8 -> "DELETE FROM " + table + " WHERE id = " + id;
            case 9 -> "DELETE FROM " + table + " WHERE id > " + (KEYS - 3);
            default -> table.equals("line") ? "UPDATE line SET n = 1"
                    : "INSERT INTO " + table + " (id, " + column + ") VALUES (" + id + ", " + other + ") ON CONFLICT (id) DO UPDATE SET "
                            + column + " = EXCLUDED." + column;
        };
    }

    private static void write(long seed, Map<String, AtomicInteger> outcomes) throws SQLException {
        Random random = new Random(seed);
        try (Connection own = DriverManager.getConnection(URL); Statement statement = own.createStatement()) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                int statements = random.nextInt(3) == 0 ? 1 : 2 + random.nextInt(3);
                String outcome = "done";
                try {
                    if (statements == 1) {
                        statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + LEVELS.get(random.nextInt(3)));
                        statement.execute(write(random));
                    } else {
                        statement.execute("BEGIN ISOLATION LEVEL " + LEVELS.get(random.nextInt(3)));
                        for (int s = 0; s < statements; s++) {
                            writeWithin(statement, random);
                        }
                        statement.execute("COMMIT");
                    }
                } catch (SQLException refused) {
                    assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("23503", "23505", "40001", "23502");
                    outcome = refused.getSQLState();
                    if (statements > 1) {
                        own.createStatement().execute("ROLLBACK");
                    }
                }
                outcomes.computeIfAbsent(outcome, _ -> new AtomicInteger()).incrementAndGet();
            }
        }
    }

    /// A statement that fails is undone by itself; sometimes one that does not, too.
    private static void writeWithin(Statement statement, Random random) throws SQLException {
        boolean isUndone = random.nextInt(8) == 0;
        if (isUndone) {
            statement.execute("SAVEPOINT s");
        }
        try {
            statement.execute(write(random));
        } catch (SQLException refused) {
            assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("23503", "23505", "23502");
        }
        if (isUndone) {
            statement.execute("ROLLBACK TO s");
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyRowHasWhatItRefersToAtEverySnapshot(long seed) throws Exception {
        System.out.println("seed: " + Long.toHexString(seed));
        create(new Random(seed));
        Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
        int snapshots = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                long own = seed * 1000 + thread;
                writers.add(threads.submit(() -> {
                    write(own, outcomes);
                    return null;
                }));
            }
            while (!writers.stream().allMatch(Future::isDone)) {
                execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                assertThat(orphans(connection)).as("-Dseed=%s repeats it", Long.toHexString(seed)).isEmpty();
                execute(connection, "COMMIT");
                snapshots++;
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        System.out.println(new TreeMap<>(outcomes) + ", snapshots looked at: " + snapshots);
        assertThat(orphans(connection)).isEmpty();
        IndexEntries.verify(URL);
        assertThat(outcomes.get("done").get()).isGreaterThan(TRANSACTIONS / 2);
        assertThat(outcomes).containsKeys("23503", "40001");
    }

    @Test
    void theSameTestFindsARowThatWasWrittenPastTheCheck() throws SQLException {
        create(new Random(1));
        execute(connection, "INSERT INTO p (id, u) VALUES (1, 1)", "INSERT INTO c (id, p) VALUES (1, 1)");
        assertThat(orphans(connection)).isEmpty();
        try (Databases.Share share = Databases.instance().open(ConnectionUrl.parse(URL, new Properties()));
                Transaction transaction = share.database().engine().begin()) {
            CatalogTable p = share.database().catalog().snapshot().table("PUBLIC", "P").orElseThrow();
            transaction.delete(p.descriptor(), p.keyCodec().encode(new Object[] {1}));
            transaction.commit();
        }
        assertThat(orphans(connection)).containsExactly("c 1 → p 1");
    }

    private static CatalogTable tableC(Database database) {
        return database.catalog().snapshot().table("PUBLIC", "C").orElseThrow();
    }

    private static ForeignKeys.Declared declared(Database database, String clause) {
        SqlCreateCoconutTable create = (SqlCreateCoconutTable) SqlParsing.parse("CREATE TABLE t (x INT, " + clause + ")");
        CatalogSnapshot catalog = database.catalog().snapshot();
        return ForeignKeys.declare(create.foreignKeys().getFirst(), catalog.table("PUBLIC", "C").orElseThrow().definition(), catalog,
                "PUBLIC");
    }

    private static void add(Database database, String clause) {
        ForeignKeyBuild.run(database, tableC(database), declared(database, clause),
                new ExecutionSignal(Session.Limits.NONE, KeyRequest.NOTHING, null, database.queryMemory(), () -> ZoneOffset.UTC,
                        () -> Viewer.OWNER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void aForeignKeyIsAddedOrRefusedWhileWritesGoOn(String kind) throws Exception {
        execute(connection, "CREATE TABLE p (id INT PRIMARY KEY) USING " + kind, "CREATE TABLE c (id INT PRIMARY KEY, p INT) USING "
                + kind);
        for (int id = 0; id < 300; id++) {
            execute(connection, "INSERT INTO p VALUES (" + id + ")", "INSERT INTO c VALUES (" + id + ", " + id + ")");
        }
        AtomicBoolean over = new AtomicBoolean();
        int added = 0;
        int refused = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Databases.Share share = Databases.instance().open(ConnectionUrl.parse(URL, new Properties()))) {
            Database database = share.database();
            Future<?> writer = threads.submit(() -> {
                try (Connection own = DriverManager.getConnection(URL); Statement write = own.createStatement()) {
                    // A parent that goes while it is referred to, where nothing keeps it, and comes back.
                    String[] steps = {"DELETE FROM p WHERE id = 299", "INSERT INTO p VALUES (299)", "INSERT INTO c VALUES (1000, 1000)",
                            "DELETE FROM c WHERE id = 1000", "UPDATE c SET p = 5 WHERE id = 7", "UPDATE c SET p = 7 WHERE id = 7"};
                    for (int step = 0; !over.get(); step++) {
                        try {
                            write.execute(steps[step % steps.length]);
                        } catch (SQLException failure) {
                            assertThat(failure.getSQLState()).as(failure.getMessage()).isIn("23503", "23505", "40001");
                        }
                    }
                }
                return null;
            });
            try {
                for (int round = 0; round < 20; round++) {
                    try {
                        add(database, "CONSTRAINT added FOREIGN KEY (p) REFERENCES p");
                        added++;
                        assertThat(tableC(database).definition().foreignKeys().getFirst()
                                .ready()).isTrue();
                        try (Statement statement = connection.createStatement();
                                ResultSet orphans = statement.executeQuery(
                                        "SELECT COUNT(*) FROM c WHERE p IS NOT NULL AND p NOT IN (SELECT id FROM p)")) {
                            assertThat(orphans.next()).isTrue();
                            assertThat(orphans.getInt(1)).isZero();
                        }
                        database.catalog().dropForeignKey(new TableName("PUBLIC", "C"), "ADDED");
                    } catch (CoconutException failure) {
                        assertThat(failure.sqlState()).as(failure.getMessage()).isEqualTo("23503");
                        refused++;
                    }
                    assertThat(tableC(database).definition().indexes()).isEmpty();
                }
            } finally {
                over.set(true);
            }
            writer.get();
        }
        System.out.println("foreign keys added: " + added + ", refused: " + refused);
        assertThat(added).isPositive();
    }

    @Test
    void tablesReferToEachOtherAndWhatACrashLeftIsDropped(@TempDir Path directory)
            throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=3";
        try (Connection file = DriverManager.getConnection(url);
                Databases.Share share = Databases.instance().open(ConnectionUrl.parse(url, new Properties()))) {
            execute(file, "CREATE TABLE c (id INT PRIMARY KEY, p INT)", "CREATE TABLE p (id INT PRIMARY KEY, c INT REFERENCES c)");
            add(share.database(), "FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE");
            file.setAutoCommit(false);
            execute(file, "INSERT INTO c VALUES (1, 1)", "INSERT INTO p VALUES (1, 1)");
            file.commit();
            file.setAutoCommit(true);
            assertThatThrownBy(() -> execute(file, "INSERT INTO c VALUES (2, 2)")).hasMessageContaining("C_P_FKEY");
            // As a crash leaves it while it is added.
            ForeignKeys.Declared half = declared(share.database(), "CONSTRAINT half FOREIGN KEY (p) REFERENCES p");
            share.database().catalog().addForeignKey(tableC(share.database()),
                    half.definition());
        }
        try (Connection file = DriverManager.getConnection(url); Statement statement = file.createStatement()) {
            try (ResultSet found = statement.executeQuery(
                    "SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS ORDER BY 1")) {
                assertThat(found.next()).isTrue();
                assertThat(found.getString(1)).isEqualTo("C_P_FKEY");
                assertThat(found.next()).isTrue();
                assertThat(found.getString(1)).isEqualTo("P_C_FKEY");
                assertThat(found.next()).isFalse();
            }
            assertThatThrownBy(() -> execute(file, "DELETE FROM c")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> execute(file, "DROP TABLE p")).isInstanceOf(SQLException.class);
            execute(file, "UPDATE p SET c = NULL", "DELETE FROM p");
            try (ResultSet found = statement.executeQuery("SELECT COUNT(*) FROM c")) {
                assertThat(found.next()).isTrue();
                assertThat(found.getInt(1)).isZero();
            }
        }
    }
}
