package org.coconutdb.cli.shell;

import java.util.Collection;
import java.util.List;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import sqlline.Application;
import sqlline.PromptHandler;
import sqlline.SqlLine;
import sqlline.SqlLineOpts;

/// What sqlline asks about the program that it runs in. Public, with a public constructor, because sqlline makes it by name.
public final class CoconutApplication extends Application {
    /// Made by sqlline.
    public CoconutApplication() {}

    @Override
    public String getInfoMessage() {
        return "CoconutDB shell. End statements with ;   Commands: !tables  !describe TABLE  !outputformat csv  !help  !quit";
    }

    @Override
    public Collection<String> getConnectionUrlExamples() {
        return List.of("jdbc:coconut:mem:", "jdbc:coconut:file:");
    }

    @Override
    public SqlLineOpts getOpts(SqlLine sqlLine) {
        SqlLineOpts options = super.getOpts(sqlLine);
        return sqlLine instanceof Shell.CoconutSqlLine ours ? ours.with(options) : options;
    }

    @Override
    public PromptHandler getPromptHandler(SqlLine sqlLine) {
        return new Prompt(sqlLine);
    }

    private static final class Prompt extends PromptHandler {
        Prompt(SqlLine sqlLine) {
            super(sqlLine);
        }

        @Override
        public AttributedString getPrompt() {
            return new AttributedStringBuilder().append("coconut> ", AttributedStyle.DEFAULT.bold()).toAttributedString();
        }
    }
}
