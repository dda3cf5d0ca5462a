package org.coconutdb.cli.shell;

import java.nio.file.Path;
import java.util.regex.Pattern;

/// What a user may type for a database: a whole JDBC URL, `mem:name`, `file:dir`, `member:file` of a cluster's host, `host:port` of a server, or just a directory.
public final class DatabaseUrl {
    /// A database that ends with the process.
    public static final String IN_MEMORY = "jdbc:coconut:mem:";
    private static final String PREFIX = "jdbc:coconut:";
    // A directory of this form can be written as ./name:1.
    private static final Pattern SERVER = Pattern.compile("[A-Za-z0-9._-]+:\\d{1,5}");

    private DatabaseUrl() {}

    /// The JDBC URL of what was typed.
    public static String of(String typed) {
        if (typed.startsWith("jdbc:")) {
            return typed;
        }
        if (typed.startsWith("mem:") || typed.startsWith("file:") || typed.startsWith("member:")) {
            return PREFIX + typed;
        }
        if (typed.equals("mem")) {
            return IN_MEMORY;
        }
        if (SERVER.matcher(typed).matches()) {
            return PREFIX + "//" + typed + "/";
        }
        return PREFIX + "file:" + typed;
    }

    /// The URL of a database in a directory.
    public static String ofDirectory(Path directory) {
        return PREFIX + "file:" + directory;
    }
}
