package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Map;
import org.coconutdb.cli.Screen.Facts;
import org.junit.jupiter.api.Test;

class ScreenTest {
    @Test
    void aPipeShowsNoColoursAndNoBars() {
        Facts facts = Facts.of(Map.of("TERM", "xterm"));

        assertThat(facts.terminal()).isFalse();
        assertThat(facts.colours()).isFalse();
        assertThat(facts.interactive()).isFalse();
    }

    @Test
    void aTerminalShowsColoursUnlessNoColorIsSet() {
        Facts facts = Facts.of(Map.of("TERM", "xterm", "COCONUT_TERMINAL", " in out err", "COLUMNS", "132"));
        Facts refused = Facts.of(Map.of("TERM", "xterm", "COCONUT_TERMINAL", "in out", "NO_COLOR", "1"));

        assertThat(facts).isEqualTo(new Facts(true, true, true, 132));
        assertThat(refused.terminal()).isTrue();
        assertThat(refused.colours()).isFalse();
    }

    @Test
    void aWidthThatIsNoNumberIsIgnored() {
        assertThat(Facts.of(Map.of("COLUMNS", "wide")).columns()).isEqualTo(100);
    }

    @Test
    void errorsCarryTheSqlStateAndNoStackTrace() {
        CapturedScreen captured = new CapturedScreen("");

        captured.screen().error(new SQLException("no such table", "42P01"));
        captured.screen().error(new CommandException("choose another directory"));

        assertThat(captured.err().lines()).containsExactly("error 42P01: no such table", "choose another directory");
    }
}
