package org.coconutdb.engine.replication;

import java.util.concurrent.CompletableFuture;

/// Messages between the hosts of a cluster, beside their logs. A question gets one answer, or fails; it may arrive and its answer be lost. Any thread.
public interface HostLinks {
    /// Answers questions of one topic. Called on a thread that must not wait.
    interface Answerer {
        CompletableFuture<byte[]> answer(int fromHost, byte[] question);
    }

    /// This host's number.
    int self();

    /// Asks a host, this one too. Fails with HOST_UNREACHABLE where it surely did not get there or no answer came in time.
    CompletableFuture<byte[]> ask(int host, byte topic, byte[] question);

    /// As the other, for what is to be asked of somebody else soon.
    CompletableFuture<byte[]> ask(int host, byte topic, byte[] question, long nanosMax);

    /// From now on questions of the topic are answered by it; others fail.
    void answer(byte topic, Answerer answerer);
}
