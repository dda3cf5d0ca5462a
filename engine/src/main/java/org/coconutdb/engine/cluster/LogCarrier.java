package org.coconutdb.engine.cluster;

import java.util.List;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.replication.HostLinks;
import org.coconutdb.engine.replication.ReplicatedState;

/// What carries a host's logs and messages.
public interface LogCarrier extends AutoCloseable {
    HostLinks links();

    /// The cluster's name.
    String cluster();

    /// All hosts of the cluster, this one too.
    List<HostAddress> hosts();

    /// Sets of blocks beside the directory, in their order: the same at all hosts.
    List<BlockSpace> spaces();

    /// Before [#start]: the log of a block, which moves the state.
    BlockLog open(int block, ReplicatedState state);

    /// All logs are opened, and who answers questions is known: begins to take part.
    void start();

    /// Ends taking part; nothing is applied when it returns.
    @Override
    void close();
}
