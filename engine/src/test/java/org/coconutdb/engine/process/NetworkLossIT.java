package org.coconutdb.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.coconutdb.engine.cluster.FaultyCarrier.Missing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Hosts whose packets get lost for a while, with their connections open. It waits for long, so it is run by hand: `-Dcluster.loss=true`.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class NetworkLossIT {
    private static final long START_MILLIS_MAX = 90_000;
    // The kernel alone would try again when as much time has passed as the loss had lasted.
    private static final long LOST_SECONDS = 30;
    private static final long BACK_SECONDS_MAX = 12;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS) private Path directory;

    @Test
    void whoWasCutOffForLongIsBackSoon() throws Exception {
        assumeTrue(Boolean.getBoolean("cluster.loss"), "-Dcluster.loss=true");
        ClusterNetwork network = NamespaceNetwork.create(ClusterRun.HOSTS);
        try (ProcessCluster cluster = new ProcessCluster(directory, ClusterRun.HOSTS, Missing.NOTHING, false, network)) {
            cluster.startAll();
            cluster.awaitReady(START_MILLIS_MAX);
            awaitInSync(cluster, START_MILLIS_MAX / 1_000);

            for (int other = 0; other < 2; other++) {
                cluster.cut(2, other);
                cluster.cut(other, 2);
            }
            TimeUnit.SECONDS.sleep(LOST_SECONDS);
            assertThat(isInSync(cluster, 0)).as("while its packets get lost").isFalse();
            cluster.heal();
            long took = awaitInSync(cluster, BACK_SECONDS_MAX);
            System.out.println("in sync again " + TimeUnit.NANOSECONDS.toMillis(took) + " ms behind a loss of " + LOST_SECONDS + " s");
        }
    }

    /// How long it took, in nanoseconds.
    private static long awaitInSync(ProcessCluster cluster, long secondsMax) throws IOException, InterruptedException {
        long began = System.nanoTime();
        for (int host = 0; host < ClusterRun.HOSTS; host++) {
            while (!isInSync(cluster, host)) {
                assertThat(System.nanoTime() - began).as("host " + host + " is not in sync").isLessThan(TimeUnit.SECONDS.toNanos(
                        secondsMax));
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        return System.nanoTime() - began;
    }

    private static boolean isInSync(ProcessCluster cluster, int host) throws IOException {
        try (HostClient client = new HostClient(cluster, host)) {
            String status = client.ask("status", 20_000);
            return !(status.contains(":false") || status.contains("-1:") || status.contains(":1:") || status.contains(":2:"));
        }
    }
}
