package org.coconutdb.bench;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Array;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;

/// One node of Apache Ignite 2 with its Calcite engine, in this process, from jars that are loaded apart (`-Dignite.lib=bench/ignite/target/lib`):
/// it wants other versions than we do of what both use. It has its data in memory, and is reached by its thin JDBC driver over
/// loopback, the only one that its Calcite engine serves.
final class IgniteNode {
    private static final String URL = "jdbc:ignite:thin://127.0.0.1?queryEngine=calcite";

    private IgniteNode() {
    }

    /// Starts the node and connects to it. The process has to be ended by an exit.
    static Connection start() throws SQLException {
        String directory = Objects.requireNonNull(System.getProperty("ignite.lib"), "-Dignite.lib=<directory of its jars>");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try {
            ClassLoader loader = new URLClassLoader("ignite", jars(directory), ClassLoader.getPlatformClassLoader());
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> configurationClass = loader.loadClass("org.apache.ignite.configuration.IgniteConfiguration");
            Object configuration = configurationClass.getConstructor().newInstance();
            call(configuration, "setLocalHost", String.class, "127.0.0.1");
            Path work = Files.createTempDirectory("ignite");
            call(configuration, "setWorkDirectory", String.class, work.toString());
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
            Driver driver = (Driver) loader.loadClass("org.apache.ignite.IgniteJdbcThinDriver").getConstructor().newInstance();
            return Objects.requireNonNull(driver.connect(URL, new Properties()), "no connection");
        } catch (ReflectiveOperationException | IOException failure) {
            throw new SQLException(String.format(Locale.ROOT, "Ignite did not start from %s", directory), failure);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static void call(Object target, String setter, Class<?> type, Object value) throws ReflectiveOperationException {
        target.getClass().getMethod(setter, type).invoke(target, value);
    }

    private static URL[] jars(String directory) throws MalformedURLException {
        File[] files = Objects.requireNonNull(new File(directory).listFiles((_, name) -> name.endsWith(".jar")), directory);
        Arrays.sort(files);
        URL[] urls = new URL[files.length];
        for (int i = 0; i < files.length; i++) {
            urls[i] = files[i].toURI().toURL();
        }
        return urls;
    }
}
