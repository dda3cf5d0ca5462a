package org.coconutdb.jdbc.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.coconutdb.jdbc.session.BlockTable;
import org.coconutdb.jdbc.wire.WireBlockTable;
import org.coconutdb.jdbc.wire.WireReader;
import org.coconutdb.jdbc.wire.WireWriter;
import org.junit.jupiter.api.Test;

/// Where a driver goes by what it was told. Each test has names of its own: what is known is the whole process's.
class KnownClusterTest {
    private static final long ALL = 0b111;

    private static RemoteUrl url(String hostsAndMore) throws SQLException {
        return RemoteUrl.parse("jdbc:coconut://" + hostsAndMore, new Properties());
    }

    private static BlockTable.Host host(int number, String name, boolean tls, long epoch) {
        return new BlockTable.Host(number, name, 9_000, tls, epoch);
    }

    private static BlockTable table(long inSync, BlockTable.Host... hosts) {
        return new BlockTable("c", List.of(hosts), List.of(new BlockTable.Block(0, 1, ALL, inSync, 5)));
    }

    private static List<String> candidates(KnownCluster cluster) {
        return cluster.candidates().stream().map(RemoteUrl.Host::toString).toList();
    }

    @Test
    void hostsOfTheUrlComeFirstThenOthersOfTheCluster() throws SQLException {
        KnownCluster cluster = KnownCluster.of(url("first-b:9000,first-a:9000"));

        cluster.learn(table(ALL, host(0, "first-a", false, 1), host(1, "first-b", false, 1), host(2, "first-c", false, 1)));

        assertThat(candidates(cluster)).containsExactly("first-b:9000", "first-a:9000", "first-c:9000");
    }

    @Test
    void whoIsInSyncNowhereAndWhoCouldNotBeReachedComesLast() throws SQLException {
        KnownCluster cluster = KnownCluster.of(url("last-a:9000"));
        cluster.learn(table(0b110, host(0, "last-a", false, 1), host(1, "last-b", false, 1), host(2, "last-c", false, 1)));

        assertThat(candidates(cluster)).containsExactly("last-b:9000", "last-c:9000", "last-a:9000");

        cluster.failed(new RemoteUrl.Host("last-b", 9_000));
        assertThat(candidates(cluster)).containsExactly("last-c:9000", "last-a:9000", "last-b:9000");

        cluster.failed(new RemoteUrl.Host("last-c", 9_000));
        assertThat(candidates(cluster)).containsExactly("last-a:9000", "last-b:9000", "last-c:9000");

        cluster.answered(new RemoteUrl.Host("last-b", 9_000));
        assertThat(candidates(cluster)).containsExactly("last-b:9000", "last-a:9000", "last-c:9000");
    }

    @Test
    void onlyHostsThatAreReachedAsTheUrlSaysAreGoneTo() throws SQLException {
        BlockTable mixed = table(ALL, host(0, "mixed-a", false, 1), host(1, "mixed-b", true, 1), new BlockTable.Host(2, "", 0, false, 1));
        KnownCluster plain = KnownCluster.of(url("mixed:9000"));
        KnownCluster secured = KnownCluster.of(url("mixed:9000/?tls=true"));

        plain.learn(mixed);
        assertThat(candidates(secured)).as("what was told without TLS says nothing to who wants it").containsExactly("mixed:9000");
        secured.learn(mixed);

        assertThat(candidates(plain)).containsExactly("mixed:9000", "mixed-a:9000");
        assertThat(candidates(secured)).containsExactly("mixed:9000", "mixed-b:9000");
    }

    @Test
    void whatIsTrustedOtherwiseIsKnownApart() throws SQLException {
        KnownCluster pinned = KnownCluster.of(url("trust:9000/?tls=true&tls.pin=" + "ab".repeat(32)));

        pinned.learn(table(ALL, host(0, "trust-b", true, 1)));

        assertThat(candidates(KnownCluster.of(url("trust:9000/?tls=true")))).containsExactly("trust:9000");
        assertThat(candidates(KnownCluster.of(url("trust:9000/?tls=true&tls.pin=" + "ab".repeat(32))))).containsExactly("trust:9000",
                "trust-b:9000");
    }

    @Test
    void connectionsWithTheSameHostsShareWhatIsKnown() throws SQLException {
        KnownCluster.of(url("share-a,share-b")).learn(table(ALL, host(2, "share-c", false, 1)));

        assertThat(candidates(KnownCluster.of(url("share-b,share-a/other?user=joe")))).contains("share-c:9000");
        assertThat(candidates(KnownCluster.of(url("share-a,share-b/?discover=false")))).containsExactly("share-a:8765", "share-b:8765");
    }

    @Test
    void ofEachRowTheHigherEpochCountsWhoeverTellsIt() throws SQLException {
        KnownCluster cluster = KnownCluster.of(url("newer"));
        cluster.learn(new BlockTable("c", List.of(host(0, "old-0", false, 7), host(1, "new-1", false, 9)), List.of(new BlockTable.Block(0,
                1,
                ALL, ALL, 6))));
        cluster.learn(new BlockTable("c", List.of(host(0, "new-0", false, 8), host(1, "old-1", false, 8)), List.of(new BlockTable.Block(0,
                0,
                ALL, ALL, 5), new BlockTable.Block(1, 2, ALL, ALL, 1))));

        BlockTable known = cluster.table();

        assertThat(known).isNotNull();
        assertThat(known.hosts()).extracting(BlockTable.Host::name).containsExactly("new-0", "new-1");
        assertThat(known.blocks()).extracting(BlockTable.Block::primary).containsExactly(1, 2);
        assertThat(known.epoch()).isEqualTo(8 + 9 + 6 + 1);
    }

    @Test
    void anotherClusterAtTheSameHostsTakesThePlaceOfTheOneThatWasThere() throws SQLException {
        KnownCluster cluster = KnownCluster.of(url("moved"));
        cluster.learn(table(ALL, host(0, "moved-a", false, 100)));

        cluster.learn(new BlockTable("d", List.of(host(0, "moved-d", false, 1)), List.of(new BlockTable.Block(0, 0, 1, 1, 1))));

        assertThat(candidates(cluster)).containsExactly("moved:8765", "moved-d:9000");
    }

    @Test
    void noMoreThanSomeClustersAreRemembered() throws SQLException {
        KnownCluster kept = KnownCluster.of(url("many"));
        KnownCluster forgotten = KnownCluster.of(url("many-forgotten"));
        for (int i = 0; i < 70; i++) {
            KnownCluster.of(url("many-" + i));
            assertThat(KnownCluster.of(url("many"))).isSameAs(kept);
        }

        assertThat(KnownCluster.of(url("many-forgotten"))).isNotSameAs(forgotten);
    }

    @Test
    void aTableTravelsWhole() {
        BlockTable table = new BlockTable("größe", List.of(host(0, "a", true, 1_700_000_000_000L), new BlockTable.Host(63, "", 0, false,
                0)),
                List.of(new BlockTable.Block(0, -1, -1L, 1L << 63, 12), new BlockTable.Block(7, 63, 1, 0, 0)));
        WireWriter out = new WireWriter();

        WireBlockTable.write(out, 24, table);

        WireReader in = new WireReader(out.toByteArray());
        assertThat(in.next()).isEqualTo(24);
        assertThat(WireBlockTable.read(in.message())).isEqualTo(table);
    }
}
