package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who has no certificate of the cluster's authority can neither join, read nor propose.
class ReplicationTlsIT {
    private static final ClusterConfig.Patience SHORT = new ClusterConfig.Patience(Duration.ofMillis(1_500), Duration.ofSeconds(20));

    @TempDir Path directory;

    @Test
    void onlyHostsWithTheAuthoritysCertificatesBelongToTheCluster() throws Exception {
        TestCertificates authority = new TestCertificates(directory.resolve("ours"), "ours");
        TestCertificates stranger = new TestCertificates(directory.resolve("theirs"), "theirs");
        TlsFiles ours = authority.host("host2");
        List<@Nullable TlsFiles> files = new ArrayList<>(List.of(authority.host("host0"), authority.host("host1"), ours));
        try (TestCluster cluster = TestCluster.ofThree(directory, config -> {
            TlsFiles own = files.get(config.self());
            return (own == null ? config : config.with(own)).with(SHORT);
        }).startAll()) {
            cluster.settled();
            // The third has nothing, and a certificate of an authority of its own, and then none at all.
            cluster.lose(2);
            files.set(2, stranger.host("host2"));
            cluster.start(2);
            TestCluster.until("writes go on without the third", () -> cluster.log(0).propose(RegisterState.write(1, 10)).handle((_,
                    failure) -> failure == null).join());
            assertIsOutside(cluster);

            cluster.stop(2);
            files.set(2, null);
            cluster.start(2);
            assertIsOutside(cluster);

            cluster.stop(2);
            files.set(2, ours);
            cluster.start(2);
            TestCluster.until("the third is in sync", () -> cluster.log(2).mayRead());
            assertThat(cluster.state(2).read(1)).isEqualTo(10);
            TestCluster.get(cluster.log(2).propose(RegisterState.write(1, 12)));
        }
    }

    private static void assertIsOutside(TestCluster cluster) {
        assertRefused(() -> cluster.log(2).propose(RegisterState.write(1, 11)).get(60, TimeUnit.SECONDS), ErrorCode.NOT_PRIMARY);
        assertRefused(() -> cluster.log(2).catchUp().get(60, TimeUnit.SECONDS), ErrorCode.NOT_PRIMARY);
        byte[] question = ByteBuffer.allocate(4 + 12).putInt(0).put(RegisterState.write(1, 11)).array();
        assertRefused(() -> cluster.host(2).links().ask(0, HostBlockLog.PROPOSE, question).get(60, TimeUnit.SECONDS),
                ErrorCode.HOST_UNREACHABLE);
        assertThat(cluster.log(2).mayRead()).isFalse();
        assertThat(cluster.log(2).status().lastIndex()).isEqualTo(-1);
        assertThat(cluster.state(0).written().get(1)).doesNotContain(11L);
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call).cause()
                .isInstanceOfSatisfying(CoconutException.class, error -> assertThat(error.code()).as(error.getMessage()).isEqualTo(code));
    }
}
