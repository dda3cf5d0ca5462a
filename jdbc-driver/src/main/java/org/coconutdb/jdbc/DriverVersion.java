package org.coconutdb.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The driver's version, as the build wrote it into `driver.properties`.
final class DriverVersion {
    static final String TEXT = read();
    static final int MAJOR = part(TEXT, 0);
    static final int MINOR = part(TEXT, 1);

    private DriverVersion() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = DriverVersion.class.getResourceAsStream("driver.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties.getProperty("version", "0.0.0");
    }

    /// The dotted version's part at `index`, 0 where it has none.
    static int part(String version, int index) {
        String[] parts = version.split("[.\\-+]", -1);
        if (index >= parts.length || !parts[index].matches("\\d{1,9}")) {
            return 0;
        }
        return Integer.parseInt(parts[index]);
    }
}
