package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher as a real process, without a JDK 25 in sight. What it does with one is what the build's own users see.
class LauncherIT {
    private static final Path LAUNCHER = Path.of(System.getProperty("coconut.root", ".."), "coconut").toAbsolutePath().normalize();
    private static final int WAIT_SECONDS = 60;

    @TempDir private Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    @Test
    void withoutAJdk25ItSaysHowToGetOne() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("no-jdks"));

        Outcome outcome = launch(Map.of("PATH", pathWithoutJava().toString(), "COCONUT_JDK_PLACES", empty.toString()), "version");

        assertThat(outcome.exitCode).isEqualTo(1);
        assertThat(outcome.err).contains("no JDK 25 found", "sdk install java", "COCONUT_JAVA_HOME").doesNotContain("line ");
    }

    @Test
    void aJdkOfAnotherVersionIsNotTaken() throws Exception {
        Path place = Files.createDirectories(folder.resolve("jdks"));
        Path other = place.resolve("jdk-17");
        Files.createDirectories(other.resolve("bin"));
        Files.writeString(other.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
        for (String tool : List.of("java", "javac")) {
            Path script = Files.writeString(other.resolve("bin").resolve(tool), "#!/bin/sh\nexit 99\n");
            assertThat(script.toFile().setExecutable(true)).isTrue();
        }

        Outcome outcome = launch(Map.of("PATH", pathWithoutJava().toString(), "COCONUT_JDK_PLACES", place.toString(), "JAVA_HOME",
                other.toString()), "version");

        assertThat(outcome.exitCode).isEqualTo(1);
        assertThat(outcome.err).contains("no JDK 25 found");
    }

    @Test
    void aWrongJavaHomeIsNamed() throws Exception {
        Path other = Files.createDirectories(folder.resolve("jdk-17"));

        Outcome outcome = launch(Map.of("PATH", pathWithoutJava().toString(), "COCONUT_JAVA_HOME", other.toString()), "version");

        assertThat(outcome.exitCode).isEqualTo(1);
        assertThat(outcome.err).contains(other.toString(), "no JDK 25");
    }

    /// A directory with what the launcher calls before it has found a JDK, and no java.
    private Path pathWithoutJava() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        for (String tool : List.of("bash", "dirname", "readlink", "grep", "cat")) {
            for (Path home : List.of(Path.of("/usr/bin"), Path.of("/bin"))) {
                if (Files.isExecutable(home.resolve(tool)) && !Files.exists(bin.resolve(tool))) {
                    Files.createSymbolicLink(bin.resolve(tool), home.resolve(tool));
                }
            }
        }
        return bin;
    }

    private Outcome launch(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "bash", LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("HOME", folder.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("the launcher ended in time").isTrue();
        return new Outcome(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
