package org.coconutdb.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// A screen that keeps what is written, for tests.
public final class CapturedScreen {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Screen screen;

    /// A screen that is no terminal, with some text on standard input.
    public CapturedScreen(String in) {
        this(in, Screen.Facts.PLAIN);
    }

    public CapturedScreen(String in, Screen.Facts facts) {
        this.screen = new Screen(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                facts);
    }

    public Screen screen() {
        return screen;
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /// Runs a command line and answers its exit code.
    public int run(String... arguments) {
        return Coconut.run(screen, arguments);
    }
}
