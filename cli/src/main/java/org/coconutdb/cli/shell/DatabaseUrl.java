package org.coconutdb.cli.shell;

import java.nio.file.Path;

/// What a user may type for a database: a whole JDBC URL, `mem:name`, `file:dir`, or just a directory.
public final class DatabaseUrl {
    /// A database that ends with the process.
    public static final String IN_MEMORY = "jdbc:coconut:mem:";
    private static final String PREFIX = "jdbc:coconut:";

    private DatabaseUrl() {}

    /// The JDBC URL of what was typed.
    public static String of(String typed) {
        if (typed.startsWith("jdbc:")) {
            return typed;
        }
        if (typed.startsWith("mem:") || typed.startsWith("file:")) {
            return PREFIX + typed;
        }
        if (typed.equals("mem")) {
            return IN_MEMORY;
        }
        return PREFIX + "file:" + typed;
    }

    /// The URL of a database in a directory.
    public static String ofDirectory(Path directory) {
        return PREFIX + "file:" + directory;
    }
}
