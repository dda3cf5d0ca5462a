package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.coconutdb.cli.Screen.Facts;
import org.coconutdb.sql.session.Openings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bar over a real database, with a clock of its own.
class OpeningBarTest {
    private static final String CLEARED = "\r\u001b[K";

    @TempDir private Path directory;
    private final CapturedScreen captured = new CapturedScreen("", new Facts(false, true, false, 100));
    private final AtomicLong nanos = new AtomicLong();
    private long stepNanos = 1_000_000_000;
    private String url = "";

    @BeforeEach
    void makeDatabase() throws SQLException {
        url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off";
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR(100))");
            statement.execute("INSERT INTO t VALUES (1, 'one'), (2, 'two')");
        }
    }

    private Openings.Listening listen() {
        return Openings.listen(new OpeningBar(captured.screen(), () -> nanos.getAndAdd(stepNanos)));
    }

    private Path logFile() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("db").resolve("log"))) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void aLongOpeningShowsABarThatIsGoneInTheEnd() throws SQLException {
        try (Openings.Listening _ = listen();
                Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM t")) {
            rows.next();

            assertThat(rows.getInt(1)).isEqualTo(2);
        }

        assertThat(captured.out()).contains("#".repeat(28) + " 100%  opening: 4 of 4 MiB").endsWith(CLEARED).doesNotContain("\n");
    }

    @Test
    void aShortOpeningShowsNothing() throws SQLException {
        stepNanos = 1_000;

        try (Openings.Listening _ = listen()) {
            DriverManager.getConnection(url).close();
        }

        assertThat(captured.out()).isEmpty();
    }

    @Test
    void onlyTheFirstConnectionOpensTheDatabase() throws SQLException {
        try (Connection _ = DriverManager.getConnection(url); Openings.Listening _ = listen()) {
            DriverManager.getConnection(url).close();
        }

        assertThat(captured.out()).isEmpty();
    }

    @Test
    void aDamagedFileGivesItsErrorBehindAClearedBar() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(logFile().toFile(), "rw")) {
            file.seek(100);
            file.write(0x55);
        }
        SQLException failure;

        try (Openings.Listening _ = listen()) {
            failure = catchThrowableOfType(SQLException.class, () -> DriverManager.getConnection(url).close());
        }

        assertThat(failure.getMessage()).contains(logFile().getFileName().toString());
        assertThat(failure.getSQLState()).isEqualTo("XX001");
        assertThat(captured.out()).contains("opening:").endsWith(CLEARED);
    }

    @Test
    void aCommandWhoseScreenIsNoTerminalShowsNoBar() {
        CapturedScreen pipe = new CapturedScreen("");

        int exitCode = pipe.run("sql", url, "-e", "SELECT COUNT(*) FROM t", "--format", "csv");

        assertThat(exitCode).isZero();
        assertThat(pipe.out()).doesNotContain("\r").contains("2");
    }
}
