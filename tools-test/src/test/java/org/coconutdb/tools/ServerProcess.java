package org.coconutdb.tools;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The `coconut server` command in a process of its own, so that it can be killed.
record ServerProcess(Process process, String url) implements AutoCloseable {
    /// Returns when it listens.
    static ServerProcess start(Path data, int port) throws IOException {
        Process process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("coconut.root"), "jvm.flags"), "-Xmx512m", "-cp", System.getProperty("java.class.path"),
                "org.coconutdb.cli.Coconut", "server", data.toString(), "--insecure", "--port", Integer.toString(port)))
                        .redirectErrorStream(true).start();
        // Left open: the server goes on to write.
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder told = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            told.append(line).append('\n');
            int from = line.indexOf("jdbc:coconut://");
            if (from >= 0) {
                return new ServerProcess(process, line.substring(from).strip());
            }
        }
        throw new IOException("the server did not start: " + told);
    }

    int port() {
        return Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
    }

    /// As `kill -9`.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
