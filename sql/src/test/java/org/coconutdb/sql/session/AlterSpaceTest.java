package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.sql.SqlClient;
import org.coconutdb.sql.parser.SqlAlterSpace;
import org.coconutdb.sql.parser.SqlParsing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What ALTER BLOCK SPACE says, and what of it is refused before any host is asked.
class AlterSpaceTest {
    private static final CommitRule RULE = new CommitRule(CommitPolicy.UNANIMOUS, TimeUnit.SECONDS.toNanos(1), OptionalInt.of(2));
    private static final BlockSpace FIRST = BlockSpace.first(2, RULE);
    private static final List<BlockSpace> SPACES = List.of(FIRST, FIRST.next("AUDIT", 1, RULE));

    private static AlterSpace compile(String sql) {
        return AlterSpace.of((SqlAlterSpace) SqlParsing.parse(sql), SPACES);
    }

    private static CommitRule rule(long voteTimeoutMillis, OptionalInt minVoters) {
        return new CommitRule(CommitPolicy.UNANIMOUS, TimeUnit.MILLISECONDS.toNanos(voteTimeoutMillis), minVoters);
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = '2s'", 1, rule(2_000, OptionalInt.of(2))),
                Arguments.of("alter block space \"AUDIT\" set min_voters = 3", 1, rule(1_000, OptionalInt.of(3))),
                Arguments.of("ALTER BLOCK SPACE DEFAULT SET MIN_VOTERS = DEFAULT", 0, rule(1_000, OptionalInt.empty())),
                Arguments.of("ALTER BLOCK SPACE \"DEFAULT\" SET MIN_VOTERS = 1, VOTE_TIMEOUT = '100ms'", 0, rule(100, OptionalInt.of(1))),
                Arguments.of("ALTER BLOCK SPACE DEFAULT SET VOTE_TIMEOUT = '1 min'", 0, rule(60_000, OptionalInt.of(2))));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void whatIsNotSaidStays(String sql, int space, CommitRule expected) {
        AlterSpace alter = compile(sql);

        assertThat(alter.space()).isEqualTo(space);
        assertThat(alter.change().apply(RULE)).isEqualTo(expected);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("ALTER BLOCK SPACE audti SET MIN_VOTERS = 1", ErrorCode.UNDEFINED_SPACE, "Did you mean AUDIT?"),
                Arguments.of("ALTER BLOCK SPACE audit SET VOTE_TIMEOUTS = '1s'", ErrorCode.INVALID_STATEMENT, "Did you mean VOTE_TIMEOUT?"),
                Arguments.of("ALTER BLOCK SPACE audit SET MIN_VOTERS = 1, MIN_VOTERS = 2", ErrorCode.INVALID_STATEMENT, "once"),
                Arguments.of("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = '99ms'", ErrorCode.INVALID_ARGUMENT, "100ms to 1m"),
                Arguments.of("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = '61s'", ErrorCode.INVALID_ARGUMENT, "100ms to 1m"),
                Arguments.of("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = 'soon'", ErrorCode.INVALID_ARGUMENT, "value='soon'"),
                Arguments.of("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = 2", ErrorCode.INVALID_ARGUMENT, "It is text: '2s'"),
                Arguments.of("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = ?", ErrorCode.INVALID_ARGUMENT, "100ms to 1m"),
                Arguments.of("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = DEFAULT", ErrorCode.INVALID_ARGUMENT, "100ms to 1m"),
                Arguments.of("ALTER BLOCK SPACE audit SET MIN_VOTERS = 0", ErrorCode.INVALID_ARGUMENT, "setting=MIN_VOTERS"),
                Arguments.of("ALTER BLOCK SPACE audit SET MIN_VOTERS = -1", ErrorCode.INVALID_ARGUMENT, "from 1"),
                Arguments.of("ALTER BLOCK SPACE audit SET MIN_VOTERS = 1.5", ErrorCode.INVALID_ARGUMENT, "from 1"),
                Arguments.of("ALTER BLOCK SPACE audit SET MIN_VOTERS = 18446744073709551617", ErrorCode.INVALID_ARGUMENT, "from 1"),
                Arguments.of("ALTER BLOCK SPACE audit SET MIN_VOTERS = '2'", ErrorCode.INVALID_ARGUMENT, "from 1"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeSetIsRefused(String sql, ErrorCode code, String part) {
        assertThatThrownBy(() -> compile(sql)).isInstanceOfSatisfying(CoconutException.class, failure -> {
            assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
            assertThat(failure.getMessage()).contains(part);
        });
    }

    @Test
    void aDatabaseOfOneProcessHasNothingToSet() throws SQLException {
        try (SqlClient client = SqlClient.open("jdbc:coconut:mem:;memory.lock=off;blocks=1")) {
            client.refused("ALTER BLOCK SPACE DEFAULT SET MIN_VOTERS = 1", "0A000", "one process's own");
            client.refused("ALTER BLOCK SPACE audit SET VOTE_TIMEOUT = '1s'", "0A000", "one process's own");
            client.refused("ALTER BLOCK SPACE audit", "42601");
            client.refused("ALTER BLOCK audit SET VOTE_TIMEOUT = '1s'", "42601");
        }
    }
}
