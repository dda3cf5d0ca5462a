package org.coconutdb.engine;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

/// Starts another JVM with the flags, class path and JDK of this one.
public final class Jvm {
    private Jvm() {}

    public static ProcessBuilder start(Class<?> main, String... arguments) {
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        String flags = "@" + System.getProperty("coconut.root") + File.separator + "jvm.flags";
        List<String> command = new ArrayList<>(List.of(java, flags, "-Xmx256m", "-ea", "-cp", System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
