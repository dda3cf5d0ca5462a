package org.coconutdb.flyway;

import java.util.List;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.parser.Parser;
import org.flywaydb.core.internal.parser.ParsingContext;
import org.flywaydb.core.internal.parser.Token;

/// Splits scripts as the standard has it. Their statements run one by one: most scripts make tables, which no transaction takes. One that only
/// writes rows can ask to be a transaction by `executeInTransaction=true` in its `.conf`.
final class CoconutParser extends Parser {
    private static final int PEEK_DEPTH = 3;

    CoconutParser(Configuration configuration, ParsingContext context) {
        super(configuration, context, PEEK_DEPTH);
    }

    @Override
    protected Boolean detectCanExecuteInTransaction(String statement, List<Token> keywords) {
        return false;
    }
}
