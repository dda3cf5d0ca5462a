package org.coconutdb.engine.replication;

import java.util.function.IntSupplier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What is said where a block's log does not do what it was asked for. Any thread.
///
/// @param minVoters how many replicas have to stay in sync, at that moment
record BlockErrors(int block, RaftLogView log, IntSupplier minVoters) {
    CoconutException notPrimary() {
        return CoconutException.of(ErrorCode.NOT_PRIMARY)
                .with("block", block)
                .with("primary", log.leader())
                .mend("Nothing was done: try again, a primary is elected within seconds where a majority of the hosts is there.");
    }

    CoconutException replicasMissing() {
        return CoconutException.of(ErrorCode.REPLICAS_MISSING)
                .with("block", block)
                .with("minVoters", minVoters.getAsInt())
                .mend("Nothing was done: bring back the hosts that are away.");
    }

    CoconutException busy(int waitingCommands, long waitingBytes) {
        return CoconutException.of(ErrorCode.REPLICATION_BUSY)
                .with("block", block)
                .with("waitingCommands", waitingCommands)
                .with("waitingBytes", waitingBytes)
                .mend("Try again later.");
    }

    CoconutException unknown(String why) {
        return CoconutException.of(ErrorCode.OUTCOME_UNKNOWN)
                .with("block", block)
                .with("reason", why)
                .mend("Read what it would have changed before trying again.");
    }
}
