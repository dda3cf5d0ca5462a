package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.ClusterTable;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.sql.catalog.NearestName;
import org.coconutdb.sql.catalog.SpaceName;
import org.coconutdb.sql.parser.OptionClause;
import org.coconutdb.sql.parser.SqlAlterSpace;

/// Gives a block space another vote timeout or least number of voters, at all hosts.
///
/// @param space its number
/// @param change of its rule, as it was said
record AlterSpace(int space, UnaryOperator<CommitRule> change) implements CompiledStatement.Definition {
    private static final String VOTE_TIMEOUT = "VOTE_TIMEOUT";
    private static final String MIN_VOTERS = "MIN_VOTERS";
    private static final List<String> SETTINGS = List.of(VOTE_TIMEOUT, MIN_VOTERS);
    // More than there can be hosts.
    private static final BigDecimal VOTERS_MAX = BigDecimal.valueOf(Integer.MAX_VALUE);
    private static final String EXAMPLE = "ALTER BLOCK SPACE DEFAULT SET VOTE_TIMEOUT = '2s', MIN_VOTERS = DEFAULT";

    /// UNDEFINED_SPACE, INVALID_STATEMENT for what is no setting or stands twice, INVALID_ARGUMENT.
    ///
    /// @param spaces by their numbers
    static AlterSpace of(SqlAlterSpace alter, List<BlockSpace> spaces) {
        // Where there is no cluster it is refused when it runs, by whoever may run it.
        int space = spaces.getFirst().rule().isEmpty() ? 0 : SpaceName.number(alter.space(), spaces);
        UnaryOperator<CommitRule> change = rule -> rule;
        List<String> said = new ArrayList<>();
        for (OptionClause setting : alter.settings()) {
            String name = setting.name().getSimple();
            if (!SETTINGS.contains(name)) {
                String nearest = NearestName.of(name, SETTINGS).map(other -> "Did you mean " + other + "? ").orElse("");
                throw at(CoconutException.of(ErrorCode.INVALID_STATEMENT).with("setting", name), setting.name())
                        .mend("A block space has no such setting that could be changed. " + nearest + "Known are " + String.join(", ",
                                SETTINGS)
                                + ", as in " + EXAMPLE + ".");
            }
            if (said.contains(name)) {
                throw at(CoconutException.of(ErrorCode.INVALID_STATEMENT).with("setting", name), setting.name()).mend(
                        "Give the setting once.");
            }
            said.add(name);
            UnaryOperator<CommitRule> before = change;
            UnaryOperator<CommitRule> next = name.equals(VOTE_TIMEOUT) ? voteTimeout(setting.value()) : minVoters(setting.value());
            change = rule -> next.apply(before.apply(rule));
        }
        return new AlterSpace(space, change);
    }

    private static UnaryOperator<CommitRule> voteTimeout(SqlNode value) {
        long nanos = Optional.of(value)
                .filter(SqlCharStringLiteral.class::isInstance)
                .map(text -> ((SqlCharStringLiteral) text).getValueAs(String.class))
                .flatMap(VoteBounds::timeout)
                .orElseThrow(() -> at(refused(VOTE_TIMEOUT, value), value).mend(VoteBounds.TIMEOUT_MEND + " It is text: '2s'."))
                .toNanos();
        return rule -> rule.with(nanos, rule.minVoters());
    }

    /// How many hosts there are is known when it runs.
    private static UnaryOperator<CommitRule> minVoters(SqlNode value) {
        if (value.getKind() == SqlKind.DEFAULT) {
            return rule -> rule.with(rule.voteTimeoutNanos(), OptionalInt.empty());
        }
        if (value instanceof SqlNumericLiteral number && number.isInteger()) {
            BigDecimal voters = number.getValueAs(BigDecimal.class);
            if (voters.signum() > 0 && voters.compareTo(VOTERS_MAX) <= 0) {
                return rule -> rule.with(rule.voteTimeoutNanos(), OptionalInt.of(voters.intValue()));
            }
        }
        throw at(refused(MIN_VOTERS, value), value).mend(
                "Give a whole number from 1 to that of the hosts, or DEFAULT: more than half of them.");
    }

    private static CoconutException refused(String setting, Object value) {
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("setting", setting).with("value", value);
    }

    private static CoconutException at(CoconutException error, SqlNode place) {
        return error.with("line", place.getParserPosition().getLineNum()).with("column", place.getParserPosition().getColumnNum());
    }

    @Override
    public void run(Database database, ExecutionSignal signal) {
        CoconutEngine engine = database.engine();
        ClusterTable cluster = engine.clusterTable();
        int hosts = cluster == null ? 1 : cluster.hosts().size();
        engine.changeSpace(space, rule -> requireVoters(change.apply(rule), hosts));
    }

    private static CommitRule requireVoters(CommitRule rule, int hosts) {
        int voters = rule.minVoters().orElse(1);
        if (voters > hosts) {
            throw refused(MIN_VOTERS, voters).mend(VoteBounds.votersMend(hosts));
        }
        return rule;
    }
}
