package org.coconutdb.engine.table;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Looks whether this JVM lets Chronicle Map work, before the library fails deep inside with an error that helps nobody.
final class JvmFlags {
    private JvmFlags() {}

    /// Throws MISSING_JVM_FLAGS with the first thing that is missing.
    static void require() {
        Module library = net.openhft.chronicle.map.ChronicleMap.class.getModule();
        Module base = Object.class.getModule();
        requireThat(base.isExported("sun.nio.ch", library), "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
        requireThat(base.isOpen("java.lang", library), "--add-opens=java.base/java.lang=ALL-UNNAMED");
        requireThat(base.isOpen("java.lang.reflect", library), "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED");
        Module compiler = ModuleLayer.boot().findModule("jdk.compiler").orElse(null);
        if (compiler == null) {
            throw CoconutException.of(ErrorCode.MISSING_JVM_FLAGS)
                    .with("missing", "module jdk.compiler")
                    .mend("Run on a full JDK 25, or add jdk.compiler to the jlink image: hash tables need it.");
        }
        requireThat(compiler.isExported("com.sun.tools.javac.file", library),
                "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED");
    }

    private static void requireThat(boolean holds, String flag) {
        if (!holds) {
            throw CoconutException.of(ErrorCode.MISSING_JVM_FLAGS)
                    .with("missing", flag)
                    .mend("Start the JVM with the flags in the file jvm.flags: java @jvm.flags -cp … YourApplication.");
        }
    }
}
