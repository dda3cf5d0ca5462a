package org.coconutdb.engine.replication;

import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/// Lets tests cut links between hosts, one way too, slow down a host's disk, and run its clock faster or slower.
interface HostFaults {
    HostFaults NONE = (from, to) -> false;

    /// Whether what one host sends to another gets lost.
    boolean cuts(int from, int to);

    /// What loses Raft's messages that come in at a host, and what it answers; null where nothing gets lost.
    default @Nullable ServerInterceptor raft(int self) {
        return null;
    }

    /// The clock that leases are measured by, which never steps.
    default long nanoTime() {
        return System.nanoTime();
    }

    /// Called before the log of a block is synced, by the thread that does.
    default void onSync() {
        // The disk is as quick as it is.
    }
}
