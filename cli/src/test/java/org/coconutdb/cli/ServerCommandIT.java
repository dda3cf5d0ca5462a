package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The server as a process of its own, and the shell as its client.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ServerCommandIT {
    @TempDir private Path folder;

    /// @param told until it ran
    private record Running(Process process, String url, String told, BufferedReader out) {}

    private ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("coconut.root"), "jvm.flags"), "-ea", "-cp", System.getProperty("java.class.path"),
                "org.coconutdb.cli.Coconut"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private Running start(String... arguments) throws IOException {
        Process process = command(arguments).start();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder told = new StringBuilder();
        String url = "";
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            told.append(line).append('\n');
            int from = line.indexOf("jdbc:coconut://");
            url = from >= 0 && url.isEmpty() ? line.substring(from) : url;
            if (line.startsWith("Stop with")) {
                return new Running(process, url, told.toString(), out);
            }
        }
        throw new IOException("the server did not start: " + told);
    }

    private static String sql(int exitCode, String url, String statement) {
        CapturedScreen screen = new CapturedScreen("");
        assertThat(screen.run("sql", url, "-e", statement, "--format", "csv")).as(screen.err()).isEqualTo(exitCode);
        return exitCode == 0 ? screen.out() : screen.err();
    }

    private static int status(String url, String path) throws IOException, InterruptedException {
        String address = url.substring("jdbc:coconut:".length());
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http:" + address + path)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void itServesStopsOnSigtermAndStartsAgainWithWhatWasWritten() throws Exception {
        Path data = folder.resolve("data");
        Path config = Files.writeString(folder.resolve("server.conf"), "listen.port = 0\nmemory.lock = off\nblocks = 2\n");
        Running first = start("server", data.toString(), "--insecure", "--config", config.toString());
        sql(0, first.url, "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
        assertThat(sql(0, first.url.substring("jdbc:coconut://".length(), first.url.length() - 1), "SELECT COUNT(*) AS n FROM t"))
                .contains("2");
        assertThat(sql(1, first.url, "SELECT nothing FROM t")).contains("42703");
        assertThat(status(first.url, "health")).isEqualTo(200);
        assertThat(status(first.url, "ready")).isEqualTo(200);
        assertThat(status(first.url, "other")).isEqualTo(404);

        first.process.toHandle().destroy(); // Process.destroy would close what it still writes to

        assertThat(first.process.waitFor()).isZero();
        assertThat(first.out.lines().toList()).contains("Stopped.");
        Running second = start("server", data.toString(), "--insecure", "--port", "0");
        try {
            assertThat(sql(0, second.url, "SELECT COUNT(*) AS n FROM t")).contains("2");
            CapturedScreen inUse = new CapturedScreen("");
            assertThat(inUse.run("server", data.toString(), "--insecure", "--port", "0")).isEqualTo(1);
            assertThat(inUse.err()).contains("55006");
        } finally {
            second.process.toHandle().destroy();
            assertThat(second.process.waitFor()).isZero();
        }
    }

    @Test
    void theFirstStartTellsASecretOnceAndNobodyComesInWithoutOne() throws Exception {
        Path data = folder.resolve("data");
        Running first = start("server", data.toString(), "--port", "0");
        String secret;
        try {
            secret = first.told.lines()
                    .filter(line -> line.startsWith("Its password, told this once: "))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .findFirst()
                    .orElseThrow();
            assertThat(sql(1, first.url, "VALUES 1")).contains("28000");
            Path file = Files.writeString(folder.resolve("secret"), secret + "\n");
            CapturedScreen screen = new CapturedScreen("");
            assertThat(screen.run("sql", first.url, "--user", "coconut", "--password-file", file.toString(), "-e",
                    "CREATE USER joe PASSWORD 'joes'; VALUES CURRENT_USER", "--format", "csv")).as(screen.err()).isZero();
            assertThat(screen.out()).contains("COCONUT");
            assertThat(sql(1, first.url + "?user=joe&password=wrong", "VALUES 1")).contains("28P01");
            assertThat(sql(0, first.url + "?user=joe&password=joes", "VALUES CURRENT_USER")).contains("JOE");
        } finally {
            first.process.toHandle().destroy();
            assertThat(first.process.waitFor()).isZero();
        }
        Running second = start("server", data.toString(), "--port", "0");
        try {
            assertThat(second.told).doesNotContain("password, told").doesNotContain(secret);
            assertThat(sql(0, second.url + "?user=joe&password=joes", "VALUES CURRENT_USER")).contains("JOE");
        } finally {
            second.process.toHandle().destroy();
            assertThat(second.process.waitFor()).isZero();
        }
    }

    @Test
    void wrongCallsSayWhatIsRight() throws IOException {
        Path config = Files.writeString(folder.resolve("server.conf"), "listen.prot = 1\n");
        String data = folder.resolve("data").toString();
        for (String[] call : new String[][] {{"in the clear", "server", data, "--host", "0.0.0.0"}, {"listen.port", "server", data,
                "--insecure", "-c", config
                        .toString()},
                {"cannot read", "server", data, "--insecure", "-c", "nowhere.conf"}, {"mem:NAME", "server", "mem", "--insecure"},
                {"loopback only", "server", data, "--insecure", "--host", "0.0.0.0"}, {"65535", "server", data, "--insecure", "--port",
                        "-1"}}) {
            CapturedScreen screen = new CapturedScreen("");

            assertThat(screen.run(java.util.Arrays.copyOfRange(call, 1, call.length))).isEqualTo(Coconut.USAGE);
            assertThat(screen.err()).contains(call[0]);
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }
}
