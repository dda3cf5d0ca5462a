package org.coconutdb.cli;

/// A command cannot go on; the message says why and what to do, in words for the terminal.
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommandException(String message) {
        super(message);
    }
}
