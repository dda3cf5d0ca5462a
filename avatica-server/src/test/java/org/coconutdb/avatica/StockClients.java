package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Avatica's own clients, as they were published, old and new. The build copies their jars.
final class StockClients {
    private static final Path JARS = Path.of(System.getProperty("avatica.clients", "target/avatica-clients"));
    private static final Map<String, ClassLoader> LOADERS = new ConcurrentHashMap<>();

    private StockClients() {}

    /// Each jar with each form of messages.
    static Stream<Arguments> clients() throws Exception {
        List<String> versions;
        try (Stream<Path> files = Files.list(JARS)) {
            versions = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".jar")).sorted().toList();
        }
        assertThat(versions).as("clients in " + JARS).hasSizeGreaterThan(3);
        return versions.stream().flatMap(jar -> Stream.of(Arguments.of(jar, "protobuf"), Arguments.of(jar, "json")));
    }

    /// The client's driver, whose classes are its own.
    static Driver driver(String jar) throws ReflectiveOperationException {
        ClassLoader loader = LOADERS.computeIfAbsent(jar, name -> {
            try {
                // The newest leaves SLF4J to the application.
                URL logging = org.slf4j.LoggerFactory.class.getProtectionDomain().getCodeSource().getLocation();
                return new URLClassLoader(new URL[] {JARS.resolve(name).toUri().toURL(), logging}, ClassLoader.getPlatformClassLoader());
            } catch (MalformedURLException failure) {
                throw new IllegalStateException(failure);
            }
        });
        return (Driver) loader.loadClass("org.apache.calcite.avatica.remote.Driver").getDeclaredConstructor().newInstance();
    }
}
