package org.coconutdb.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.transaction.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finishes transactions over several blocks of a cluster whose hosts are gone: readers wait for what they hold, and nobody else may write it. Looks at the blocks
/// that are led here, so that one host does it.
///
/// Threads: [#round] is the housekeeper's; what it finds is finished beside it, since it may wait for other hosts.
final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    private record Held(int block, long transaction, int coordinator) {}

    private final Transaction.Environment environment;
    // When each was seen first.
    private final Map<Held, Long> seenNanos = new HashMap<>();
    private final AtomicBoolean isFinishing = new AtomicBoolean();

    Orphans(Transaction.Environment environment) {
        this.environment = environment;
    }

    /// Notes what is held in blocks that are led here, and has finished what was held for too long.
    void round() {
        List<Held> held = new ArrayList<>();
        // Not asked by the writer: a log that is cut off takes its own lock first, and then the writer's.
        List<Block> led = environment.blocks().stream().filter(block -> environment.log().leads(block.id())).toList();
        environment.log().asWriter(() -> {
            for (Block block : led) {
                for (BlockCommand.Prepare prepare : block.inDoubt()) {
                    held.add(new Held(block.id(), prepare.transaction(), prepare.coordinator()));
                }
            }
        });
        seenNanos.keySet().retainAll(held);
        long now = System.nanoTime();
        held.forEach(each -> seenNanos.putIfAbsent(each, now));
        if (!held.isEmpty() && isFinishing.compareAndSet(false, true)) {
            Map<Held, Long> since = Map.copyOf(seenNanos);
            Thread.ofVirtual().name("coconut-orphans").start(() -> finish(since));
        }
    }

    private void finish(Map<Held, Long> since) {
        try {
            since.forEach((held, seen) -> environment.finishOrphan(held.block(), CommandResult.held(held.transaction(), held.coordinator()),
                    System.nanoTime() - seen));
        } catch (CoconutException failure) {
            LOG.atInfo().addKeyValue("code", failure.code()).log("a transaction whose host is gone is not finished yet");
        } finally {
            isFinishing.set(false);
        }
    }
}
