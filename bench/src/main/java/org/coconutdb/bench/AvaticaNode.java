package org.coconutdb.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.remote.LocalService;
import org.apache.calcite.avatica.remote.Service;

/// Avatica's own server, Protocol Buffers over Jetty, over an embedded CoconutDB by JDBC, as a process of its own. It is no dependency: its jars are gathered by
/// ```
/// ./mvnw -f bench/avatica dependency:copy-dependencies
/// ```
final class AvaticaNode implements AutoCloseable {
    private static final String DATABASE = "jdbc:coconut:mem:stock";

    private final Process process;
    private final int port;

    private AvaticaNode(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Says its port, and serves until the process that measures has gone.
    public static void main(String[] arguments) throws Exception {
        // A database in memory lives as long as somebody is connected.
        try (Connection _ = DriverManager.getConnection(DATABASE)) {
            Object meta = Class.forName("org.apache.calcite.avatica.jdbc.JdbcMeta").getConstructor(String.class).newInstance(
                    DATABASE);
            Class<?> handlers = Class.forName("org.apache.calcite.avatica.server.AvaticaHandler");
            Object handler = Class.forName("org.apache.calcite.avatica.server.AvaticaProtobufHandler").getConstructor(Service.class)
                    .newInstance(
                            new LocalService((Meta) meta));
            Object server = Class.forName("org.apache.calcite.avatica.server.HttpServer").getConstructor(int.class, handlers).newInstance(0,
                    handler);
            server.getClass().getMethod("start").invoke(server);
            System.out.println("port " + server.getClass().getMethod("getPort").invoke(server));
            while (System.in.read() >= 0) {
                // Nothing is said.
            }
        }
        Runtime.getRuntime().halt(0);
    }

    /// @param jars the directory that has them
    static AvaticaNode start(String jars) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path") + ":" + jars + "/*", AvaticaNode.class.getName()));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        // Left open: the process goes on to write.
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("port ")) {
                return new AvaticaNode(process, Integer.parseInt(line.substring("port ".length())));
            }
        }
        throw new IOException("Avatica's server did not start");
    }

    static String url(int port) {
        return "jdbc:avatica:remote:url=http://127.0.0.1:" + port + ";serialization=protobuf";
    }

    int port() {
        return port;
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
