package org.coconutdb.engine.replication;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// How Ratis is set up. What is measured and why: docs/decisions/0015-unanimous-commit.md.
final class RatisProperties {
    /// What lies around a command in an entry, and around an entry in Ratis's messages.
    private static final int SLACK_BYTES = 64 << 10;
    private static final int ENTRY_BYTES_MAX = Proposals.COMMAND_BYTES_MAX + SLACK_BYTES;
    private static final long SEGMENT_BYTES_MIN = 64 << 10;
    private static final long SEGMENT_BYTES_MAX = 32 << 20;
    private static final long SNAPSHOT_CHUNK_BYTES = 4 << 20;

    /// A candidate waits for the answers of all who are before it, also of one that was stopped and whose connections are open.
    static final TimeDuration VOTE_REQUEST_TIMEOUT = TimeDuration.valueOf(700, TimeUnit.MILLISECONDS);
    /// Ratis's own.
    static final TimeDuration REQUEST_TIMEOUT = TimeDuration.valueOf(3, TimeUnit.SECONDS);

    private RatisProperties() {}

    static RaftProperties of(ClusterConfig config) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, new VoteTap());
        grpc(properties, config);
        elections(properties);
        log(properties, config.snapshotEvery());
        snapshots(properties, config.snapshotEvery());
        // Never a folder for temporary files, which is the default.
        RaftServerConfigKeys.setRemovedGroupsDir(properties, config.directory().resolve("removed").toFile());
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.DEFAULT);
        // Nobody asks Ratis again for what it has answered.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.valueOf(2, TimeUnit.SECONDS));
        // A process that was stopped for long goes on when it is continued; Ratis would close.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(1_000, TimeUnit.DAYS));
        return properties;
    }

    static void setStorage(RaftProperties properties, Path directory) {
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
    }

    static void setRequestTimeout(RaftProperties properties, TimeDuration timeout) {
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, timeout);
    }

    private static void grpc(RaftProperties properties, ClusterConfig config) {
        GrpcConfigKeys.Server.setPort(properties, config.address(config.self()).port());
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(GrpcLinks.MESSAGE_BYTES_MAX));
    }

    private static void elections(RaftProperties properties) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, TimeDuration.valueOf(1, TimeUnit.SECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, TimeDuration.valueOf(2, TimeUnit.SECONDS));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, TimeDuration.valueOf(100, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, TimeDuration.valueOf(300, TimeUnit.MILLISECONDS));
    }

    private static void log(RaftProperties properties, ClusterConfig.SnapshotEvery every) {
        RaftServerConfigKeys.Log.setUseMemory(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        // A block's buffer holds one largest entry, off heap.
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX + SLACK_BYTES));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX));
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf(Math.clamp(every.bytes() / 2, SEGMENT_BYTES_MIN, 1
                << 20)));
        // The log is given back file by file.
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(Math.clamp(every.bytes() / 2, SEGMENT_BYTES_MIN,
                SEGMENT_BYTES_MAX)));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        // What is committed we say ourselves; Ratis's own entries about it would cost a sync each.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Write.setFollowerGapRatioMax(properties, -1);
    }

    private static void snapshots(RaftProperties properties, ClusterConfig.SnapshotEvery every) {
        // We say when; Ratis sees that one is there.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, 1);
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, 1);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, every.entriesKept());
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, true);
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf(SNAPSHOT_CHUNK_BYTES));
    }

    static GrpcTlsConfig tls(TlsFiles files) {
        return new GrpcTlsConfig(files.privateKey().toFile(), files.certificate().toFile(), files.authority().toFile(), true);
    }
}
