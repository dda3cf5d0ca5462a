package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.coconutdb.jdbc.CoconutDriver;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The driver as an application has it: on Java 17, alone on the class path, found by `ServiceLoader`.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class Java17DriverTest {
    private static final String PROGRAM = """
            import java.sql.*;

            public class Application {
                public static void main(String[] arguments) throws Exception {
                    try (Connection connection = DriverManager.getConnection(arguments[0]); Statement statement = connection.createStatement()) {
                        statement.execute("CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR(20))");
                        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                            for (int i = 0; i < 3000; i++) {
                                insert.setInt(1, i);
                                insert.setString(2, "row " + i);
                                insert.addBatch();
                            }
                            insert.executeBatch();
                        }
                        long sum = 0;
                        try (ResultSet rows = statement.executeQuery("SELECT id, text FROM t")) {
                            while (rows.next()) {
                                sum += rows.getInt(1);
                            }
                        }
                        String state = "none";
                        try {
                            statement.execute("SELECT * FROM nowhere");
                        } catch (SQLSyntaxErrorException failure) {
                            state = failure.getSQLState();
                        }
                        System.out.println("java " + Runtime.version().feature() + " sum " + sum + " state " + state + " product "
                                + connection.getMetaData().getDatabaseProductName());
                    }
                }
            }
            """;

    private static Optional<Path> java17() throws IOException {
        Path places = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(places)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(places)) {
            return homes.filter(home -> Files.isExecutable(home.resolve("bin/javac")) && isVersion17(home)).findFirst();
        }
    }

    private static boolean isVersion17(Path home) {
        Properties release = new Properties();
        try (InputStream in = Files.newInputStream(home.resolve("release"))) {
            release.load(in);
        } catch (IOException noRelease) {
            return false;
        }
        return release.getProperty("JAVA_VERSION", "").startsWith("\"17");
    }

    @Test
    void itRunsAloneOnJava17(@TempDir Path folder) throws Exception {
        Optional<Path> home = java17();
        Assumptions.assumeTrue(home.isPresent(), "a JDK 17 in /usr/lib/jvm");
        Path driver = Path.of(CoconutDriver.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path source = Files.writeString(folder.resolve("Application.java"), PROGRAM);
        try (TestServer server = TestServer.start()) {
            Process process = new ProcessBuilder(List.of(home.get().resolve("bin/java").toString(), "-cp", driver.toString(),
                    source.toString(), server.server().url())).redirectErrorStream(true).start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor()).as(out).isZero();
            assertThat(out.strip()).isEqualTo("java 17 sum 4498500 state 42P01 product CoconutDB");
        }
    }
}
