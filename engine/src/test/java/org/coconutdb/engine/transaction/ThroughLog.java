package org.coconutdb.engine.transaction;

import java.util.List;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.version.Marks;

/// Does all that another log does, until a test says otherwise.
abstract class ThroughLog implements CommandLog {
    private final CommandLog log;

    ThroughLog(CommandLog log) {
        this.log = log;
    }

    @Override
    public List<CommandResult> propose(List<Proposal> proposals) {
        return log.propose(proposals);
    }

    @Override
    public long lastTimestamp() {
        return log.lastTimestamp();
    }

    @Override
    public boolean isOneLog() {
        return log.isOneLog();
    }

    @Override
    public boolean leads(int block) {
        return log.leads(block);
    }

    @Override
    public void asWriter(Runnable task) {
        log.asWriter(task);
    }

    @Override
    public Marks marks(int block) {
        return log.marks(block);
    }

    @Override
    public void advance() {
        log.advance();
    }

    @Override
    public void close() {}
}
