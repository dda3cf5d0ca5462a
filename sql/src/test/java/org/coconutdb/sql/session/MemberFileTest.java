package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a member's file says of block spaces, and what of it is refused.
class MemberFileTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir private Path folder;

    private MemberFile read(String... lines) throws IOException {
        Path file = folder.resolve("member.properties");
        Files.writeString(file, """
                cluster = test
                host = 1
                hosts = 0@127.0.0.1:9700, 1@127.0.0.1:9701, 2@127.0.0.1:9702
                directory = data
                blocks = 5
                insecure = true
                """ + String.join("\n", lines));
        return MemberFile.read(file);
    }

    private static CommitRule rule(CommitPolicy policy, long voteTimeoutNanos, OptionalInt minVoters) {
        return new CommitRule(policy, voteTimeoutNanos, minVoters);
    }

    @Test
    void withoutSpacesThereIsTheDefaultOneWithWhatTheClusterSays() throws IOException {
        CommitRule usual = rule(CommitPolicy.UNANIMOUS, SECOND, OptionalInt.empty());
        assertThat(read().spaces()).containsExactly(BlockSpace.first(5, usual));
        assertThat(read().cluster().rule()).isEqualTo(usual);

        CommitRule own = rule(CommitPolicy.MAJORITY, 3 * SECOND, OptionalInt.of(3));
        MemberFile file = read("commit = majority", "vote.timeout = 3s", "min.voters = 3", "spaces =");
        assertThat(file.spaces()).containsExactly(BlockSpace.first(5, own));
        assertThat(file.cluster().rule()).isEqualTo(own);
    }

    @Test
    void spacesFollowEachOtherAndHaveWhatTheyDoNotSayFromTheCluster() throws IOException {
        MemberFile file = read("space.AUDIT.commit = majority", "spaces = audit:2, Events : 3,rest:1", "vote.timeout = 2s",
                "min.voters = 1",
                "space.events.vote.timeout = 500ms", "space.Events.min.voters = 3");

        BlockSpace first = BlockSpace.first(5, rule(CommitPolicy.UNANIMOUS, 2 * SECOND, OptionalInt.of(1)));
        BlockSpace audit = first.next("AUDIT", 2, rule(CommitPolicy.MAJORITY, 2 * SECOND, OptionalInt.of(1)));
        BlockSpace events = audit.next("EVENTS", 3, rule(CommitPolicy.UNANIMOUS, SECOND / 2, OptionalInt.of(3)));
        BlockSpace rest = events.next("REST", 1, rule(CommitPolicy.UNANIMOUS, 2 * SECOND, OptionalInt.of(1)));
        assertThat(file.spaces()).containsExactly(first, audit, events, rest);
        assertThat(rest.firstBlock()).isEqualTo(11);
    }

    static Stream<Arguments> refused() {
        String spaces = "spaces = audit:2, events:3";
        return Stream.of(
                Arguments.of(List.of("spaces = audit"), "Write spaces as name:blocks"),
                Arguments.of(List.of("spaces = audit:0"), "Write spaces as name:blocks"),
                Arguments.of(List.of("spaces = audit:two"), "Write spaces as name:blocks"),
                Arguments.of(List.of("spaces = audit:2,"), "Write spaces as name:blocks"),
                Arguments.of(List.of("spaces = 2nd:2"), "begins with a letter"),
                Arguments.of(List.of("spaces = audit:2, AUDIT:3"), "Name each space once"),
                Arguments.of(List.of("spaces = default:2"), "give this one another name"),
                Arguments.of(List.of("spaces = audit:252"), "up to 256 blocks"),
                Arguments.of(List.of("space = audit:2"), "Did you mean spaces?"),
                Arguments.of(List.of("space.audit.commit = majority"), "in a line spaces = …"),
                Arguments.of(List.of(spaces, "space.audti.commit = majority"), "Did you mean AUDIT?"),
                Arguments.of(List.of(spaces, "space.default.commit = majority"), "has what the cluster has"),
                Arguments.of(List.of(spaces, "space.audit.comit = majority"), "Did you mean space.audit.commit?"),
                Arguments.of(List.of(spaces, "space.audit = majority"), "space.<name>.commit, space.<name>.vote.timeout"),
                Arguments.of(List.of(spaces, "space.audit.blocks = 4"), "For each space there are"),
                Arguments.of(List.of(spaces, "space.audit.commit = most"), "Give unanimous or majority."),
                Arguments.of(List.of(spaces, "space.audit.commit = majority", "space.AUDIT.commit = unanimous"), "set twice"),
                Arguments.of(List.of(spaces, "space.audit.vote.timeout = 5ms"), "from 100ms to 1m"),
                Arguments.of(List.of(spaces, "space.audit.min.voters = 4"), "from 1 to 3"),
                Arguments.of(List.of(spaces, "space.audit.commit = majority", "space.audit.min.voters = 2"),
                        "set space.AUDIT.commit = unanimous"),
                Arguments.of(List.of(spaces, "commit = majority", "space.audit.vote.timeout = 2s"), "set space.AUDIT.commit = unanimous"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(List<String> lines, String mend) {
        assertThatThrownBy(() -> read(lines.toArray(String[]::new))).as("%s", lines)
                .isInstanceOfSatisfying(CoconutException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONNECTION_STRING);
                    assertThat(failure.mend()).contains(mend);
                });
    }
}
