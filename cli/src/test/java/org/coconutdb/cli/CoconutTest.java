package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoconutTest {
    @Test
    void versionNamesTheProductAndTheJdk() {
        CapturedScreen captured = new CapturedScreen("");

        int exitCode = captured.run("version");

        assertThat(exitCode).isZero();
        assertThat(captured.out()).matches("(?s)CoconutDB \\d+\\.\\d+\\.\\d+.*Java 25.*");
    }

    @Test
    void helpListsTheCommands() {
        CapturedScreen captured = new CapturedScreen("");

        int exitCode = captured.run("help");

        assertThat(exitCode).isZero();
        assertThat(captured.out()).contains("quickstart", "sql", "version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "--nope", "sql --nope", "sql --format nope", "quickstart --scale zero", "quickstart --scale 0",
            "quickstart --scale NaN", "version extra", "sql a b"})
    void aWrongCallIsUsageAndExitCodeTwo(String line) {
        CapturedScreen captured = new CapturedScreen("");

        int exitCode = captured.run(line.split(" "));

        assertThat(exitCode).isEqualTo(Coconut.USAGE);
        assertThat(captured.err()).contains("Usage: coconut");
        assertThat(captured.out()).isEmpty();
    }

    @Test
    void noCommandIsUsageAndExitCodeTwo() {
        CapturedScreen captured = new CapturedScreen("");

        assertThat(captured.run()).isEqualTo(Coconut.USAGE);
        assertThat(captured.err()).contains("Usage: coconut");
    }

    @Test
    void aScriptThatCannotBeReadFails() {
        CapturedScreen captured = new CapturedScreen("");

        int exitCode = captured.run("sql", "-f", Path.of("no", "such", "script.sql").toString());

        assertThat(exitCode).isEqualTo(Coconut.FAILED);
        assertThat(captured.err()).contains("cannot read the script").doesNotContain("\tat ");
    }
}
