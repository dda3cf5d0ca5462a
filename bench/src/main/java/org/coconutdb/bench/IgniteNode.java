package org.coconutdb.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Array;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/// One node of Apache Ignite 2 with its Calcite engine, in a process of its own, since some queries are never answered there and only its end ends them. Its
/// jars are loaded apart (`-Dignite.lib=bench/ignite/target/lib`): it wants other versions than we do of what both use. It has its data in memory, and
/// is reached by its thin JDBC driver over loopback, the only one that its Calcite engine serves.
final class IgniteNode implements AutoCloseable {
    private static final Path FLAGS = Path.of("bench/ignite.flags");
    private static final String READY = "ready";

    private final Process process;
    private final Connection connection;

    private IgniteNode(Process process, Connection connection) {
        this.process = process;
        this.connection = connection;
    }

    /// Starts the node and connects to it.
    static IgniteNode start() throws SQLException {
        String directory = Objects.requireNonNull(System.getProperty("ignite.lib"), "-Dignite.lib=<directory of its jars>");
        try {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + FLAGS, "-Xmx3g",
                    "-Dignite.lib=" + directory, "-cp", System.getProperty("java.class.path"), IgniteNode.class.getName(), String.valueOf(
                            port))
                                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                                    .start();
            awaitReady(process);
            Driver driver = (Driver) loader(directory).loadClass("org.apache.ignite.IgniteJdbcThinDriver").getConstructor().newInstance();
            return new IgniteNode(process, Objects.requireNonNull(driver.connect("jdbc:ignite:thin://127.0.0.1:" + port
                    + "?queryEngine=calcite", new Properties()), "no connection"));
        } catch (ReflectiveOperationException | IOException failure) {
            throw new SQLException("Ignite did not start from " + directory, failure);
        }
    }

    private static void awaitReady(Process process) throws IOException {
        BufferedReader told = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        String line = told.readLine();
        while (line != null && !line.equals(READY)) {
            lines.add(line);
            line = told.readLine();
        }
        if (line == null) {
            throw new IOException(String.join("\n", lines));
        }
        // What it says later is of no interest, but must not fill the pipe.
        Thread.startVirtualThread(() -> {
            try (told) {
                while (told.readLine() != null) {
                    Thread.onSpinWait();
                }
            } catch (IOException ended) {
                Thread.currentThread().interrupt();
            }
        });
    }

    Connection connection() {
        return connection;
    }

    /// Ends the process, whatever it does.
    @Override
    public void close() {
        process.destroyForcibly();
    }

    /// The node's own process: argument is the port of its JDBC. Ends with its standard input.
    public static void main(String[] arguments) throws Exception {
        ClassLoader loader = loader(System.getProperty("ignite.lib"));
        Thread.currentThread().setContextClassLoader(loader);
        Class<?> configurationClass = loader.loadClass("org.apache.ignite.configuration.IgniteConfiguration");
        Object configuration = configurationClass.getConstructor().newInstance();
        call(configuration, "setLocalHost", String.class, "127.0.0.1");
        Path work = Files.createTempDirectory("ignite");
        call(configuration, "setWorkDirectory", String.class, work.toString());
        Class<?> connectorClass = loader.loadClass("org.apache.ignite.configuration.ClientConnectorConfiguration");
        Object connector = connectorClass.getConstructor().newInstance();
        call(connector, "setPort", int.class, Integer.valueOf(arguments[0]));
        call(configuration, "setClientConnectorConfiguration", connectorClass, connector);
        Class<?> engineClass = loader.loadClass("org.apache.ignite.calcite.CalciteQueryEngineConfiguration");
        Object engine = engineClass.getConstructor().newInstance();
        call(engine, "setDefault", boolean.class, true);
        Object engines = Array.newInstance(loader.loadClass("org.apache.ignite.configuration.QueryEngineConfiguration"), 1);
        Array.set(engines, 0, engine);
        Class<?> sqlClass = loader.loadClass("org.apache.ignite.configuration.SqlConfiguration");
        Object sql = sqlClass.getConstructor().newInstance();
        call(sql, "setQueryEnginesConfiguration", engines.getClass(), engines);
        call(configuration, "setSqlConfiguration", sqlClass, sql);
        loader.loadClass("org.apache.ignite.Ignition").getMethod("start", configurationClass).invoke(null, configuration);
        System.out.println(READY);
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void call(Object target, String setter, Class<?> type, Object value) throws ReflectiveOperationException {
        target.getClass().getMethod(setter, type).invoke(target, value);
    }

    private static ClassLoader loader(String directory) throws MalformedURLException {
        File[] files = Objects.requireNonNull(new File(directory).listFiles((_, name) -> name.endsWith(".jar")), directory);
        Arrays.sort(files);
        URL[] urls = new URL[files.length];
        for (int i = 0; i < files.length; i++) {
            urls[i] = files[i].toURI().toURL();
        }
        return new URLClassLoader("ignite", urls, ClassLoader.getPlatformClassLoader());
    }
}
