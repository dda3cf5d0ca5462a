package org.coconutdb.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.coconutdb.avatica.CoconutServer;
import org.coconutdb.avatica.ServerConfig;
import org.coconutdb.cli.CapturedScreen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The interactive shell, typed into.
class ShellTest {
    private static final String URL = "jdbc:coconut:mem:shell-test;memory.lock=off;blocks=2";

    private static final String TRANSACTIONS = """
            INSERT INTO t VALUES (0);
            !autocommit off
            INSERT INTO t VALUES (1);
            !rollback
            INSERT INTO t VALUES (2);
            !commit
            INSERT INTO t VALUES (3);
            !autocommit on
            BEGIN;
            INSERT INTO t VALUES (4);
            SAVEPOINT here;
            INSERT INTO t VALUES (5);
            ROLLBACK TO here;
            COMMIT;
            BEGIN;
            DELETE FROM t;
            !set csvQuoteCharacter
            !quit
            """;

    @TempDir private Path home;
    private String homeBefore;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        homeBefore = System.getProperty("user.home");
        System.setProperty("user.home", home.toString());
        connection = DriverManager.getConnection(URL);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        System.setProperty("user.home", homeBefore);
        connection.close();
    }

    private static int type(String url, String text) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        // A terminal whose input ends is closed at once, with what was typed before in it.
        InputStream silence = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    ended.await();
                } catch (InterruptedException interrupted) {
                    throw new IOException(interrupted);
                }
                return -1;
            }
        };
        try (InputStream typed = new SequenceInputStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), silence)) {
            return new Shell(new CapturedScreen("").screen()).run(url, Login.NONE, typed);
        } finally {
            ended.countDown();
        }
    }

    private List<String> ids() throws SQLException {
        List<String> ids = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT id FROM t ORDER BY id")) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    @Test
    void itCommitsAndRollsBackByItsCommandsAndBySql() throws Exception {
        assertThat(type(URL, TRANSACTIONS)).isZero();
        assertThat(ids()).containsExactly("0", "2", "3", "4");
    }

    @Test
    void itDoesTheSameOnAServer() throws Exception {
        try (CoconutServer server = CoconutServer.start(ServerConfig.of(URL).withInsecure(true).withAddress("127.0.0.1", 0))) {
            assertThat(type(server.url(), TRANSACTIONS)).isZero();
            assertThat(ids()).containsExactly("0", "2", "3", "4");
        }
    }
}
