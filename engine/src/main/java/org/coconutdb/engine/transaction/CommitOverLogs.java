package org.coconutdb.engine.transaction;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.error.CoconutException;

/// Two-phase commit over blocks that have logs of their own. One transaction, one thread.
/// ```
///  1 prepare  in the coordinator's block
///  2 prepare  in the others
///  3 decide   in the coordinator's block: the moment it has happened, and its timestamp
///  4 decide   in the others, and forget, in the background
/// ```
/// Invariants
/// 1. A block holds something of a transaction only when its coordinator's block had it prepared before. So where the coordinator knows nothing of it, it is
///    decided and forgotten, and what is held came too late to be part of it.
/// 2. The coordinator forgets a commit only when every block has it, so invariant 1's "too late" is of a rollback.
/// 3. The decision's timestamp is above those at which its parts were prepared: a snapshot below a part's does not see it.
final class CommitOverLogs {
    private final CommandLog log;
    private final long id;
    private final List<Proposal> prepares;

    /// @param prepares by block, the coordinator's first
    CommitOverLogs(CommandLog log, long id, List<Proposal> prepares) {
        this.log = log;
        this.id = id;
        this.prepares = prepares;
    }

    /// The blocks' votes, in the order of the prepares. OUTCOME_UNKNOWN where the decision was proposed and not heard of again; whoever meets the
    /// transaction then finishes it.
    List<CommandResult> run() {
        List<CommandResult> votes = prepare();
        boolean commit = votes.stream().allMatch(CommandResult::isDone);
        if (!commit) {
            inBackground(decisions(votes, new BlockCommand.Decide(id, false, 0), 0));
            return votes;
        }
        Proposal first = prepares.getFirst();
        CommandResult decided = log.propose(List.of(new Proposal(first.block(), new BlockCommand.Decide(id, true, 0)))).getFirst();
        BlockCommand.Decide decision = decided.decision();
        if (decision == null || !decision.commit()) {
            // Somebody took this process for gone, and rolled it back.
            inBackground(decisions(votes, new BlockCommand.Decide(id, false, 0), 1));
            return refused(votes);
        }
        inBackground(decisions(votes, decision, 1));
        return votes;
    }

    private List<CommandResult> prepare() {
        List<CommandResult> votes = new ArrayList<>(log.propose(prepares.subList(0, 1)));
        if (!votes.getFirst().isDone()) {
            // The others were not asked, and do not say why.
            return refused(votes.getFirst());
        }
        try {
            votes.addAll(log.propose(prepares.subList(1, prepares.size())));
            return votes;
        } catch (CoconutException failure) {
            // Some may be prepared, now or later: nobody will commit them.
            List<CommandResult> any = new ArrayList<>();
            prepares.forEach(_ -> any.add(CommandResult.DONE));
            inBackground(decisions(any, new BlockCommand.Decide(id, false, 0), 0));
            throw failure;
        }
    }

    /// As many results as there are parts, of which the first says why nothing was done.
    private List<CommandResult> refused(CommandResult first) {
        List<CommandResult> results = new ArrayList<>();
        results.add(first);
        while (results.size() < prepares.size()) {
            results.add(CommandResult.DONE);
        }
        return results;
    }

    private List<CommandResult> refused(List<CommandResult> votes) {
        List<CommandResult> results = new ArrayList<>(votes);
        results.set(0, CommandResult.conflict());
        return results;
    }

    private List<Proposal> decisions(List<CommandResult> votes, BlockCommand.Decide decision, int from) {
        List<Proposal> decisions = new ArrayList<>();
        for (int i = from; i < prepares.size(); i++) {
            if (votes.get(i).isDone()) {
                decisions.add(new Proposal(prepares.get(i).block(), decision));
            }
        }
        return decisions;
    }

    private void inBackground(List<Proposal> decisions) {
        log.proposeLater(decisions, List.of(new Proposal(prepares.getFirst().block(), new BlockCommand.Forget(id))));
    }
}
