package org.coconutdb.engine.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A replica of a simulated block: Raft without what is not needed here (snapshots, changes of the members), the protocol's parts, and a state of a few
/// registers.
final class SimulatedReplica {
    private static final long MILLIS = SimulatedBlock.MILLIS;
    private static final long BEAT = 40 * MILLIS;
    // Shorter than a primary's own lease, so that old and new ones are there at once.
    private static final int ELECTION_MILLIS = 200;
    private static final int ENTRIES_MAX = 16;
    private static final double DRIFT = 0.1;
    private static final ReplicationTiming TIMING = new ReplicationTiming(500 * MILLIS, 500 * MILLIS, 200 * MILLIS, DRIFT);

    private sealed interface Command {
        record Nothing() implements Command {}

        record Write(int key, long value) implements Command {}

        record InSync(int replica, boolean admits) implements Command {}
    }

    private record Entry(long term, Command command) {}

    /// Gets the writes of the log.
    interface Writes {
        void accept(int key, long value);
    }

    private final SimulatedBlock block;
    private final int number;
    private final double rate;
    private final long offset;
    private final ReplicaSet members;

    // On disk, as far as it is synced.
    private long term;
    private int votedFor = -1;
    private final List<Entry> log = new ArrayList<>();
    private int synced;

    // In memory.
    private InSyncLog inSync;
    private LeaseHolder leases;
    private final Map<Integer, Long> state = new HashMap<>();
    private int applied;
    private int incarnation;
    private boolean isDown;
    private long pausedUntil;
    private int leader = -1;
    private long electionAt;
    private ReplicaSet votes = ReplicaSet.NONE;
    private @Nullable Primary primary;
    private final int[] matched;
    private final int[] next;
    private final Map<Integer, RegisterHistory.Operation> waiting = new HashMap<>();

    SimulatedReplica(SimulatedBlock block, int number, int count) {
        this.block = block;
        this.number = number;
        this.rate = 1 + (block.random.nextDouble() - 0.5) * 0.09;
        this.offset = block.random.nextInt();
        this.members = ReplicaSet.first(count);
        this.matched = new int[count];
        this.next = new int[count];
        this.inSync = new InSyncLog(members);
        this.leases = new LeaseHolder(TIMING, this::clock);
    }

    int number() {
        return number;
    }

    int commitIndex() {
        return applied;
    }

    boolean isLeader() {
        return primary != null;
    }

    void committedWrites(Writes into) {
        for (Entry entry : log.subList(0, applied)) {
            if (entry.command() instanceof Command.Write write) {
                into.accept(write.key(), write.value());
            }
        }
    }

    private long clock() {
        return (long) (block.nowNanos() * rate) + offset;
    }

    void start() {
        putElectionOff();
        beat(incarnation);
    }

    /// Does what came in, at once or when the process goes on; never where it is down.
    void deliver(Runnable action) {
        int now = incarnation;
        if (isDown) {
            return;
        }
        if (block.nowNanos() < pausedUntil) {
            block.at(pausedUntil - block.nowNanos() + block.random.nextInt(1000), () -> {
                if (incarnation == now) {
                    deliver(action);
                }
            });
            return;
        }
        action.run();
    }

    private void later(long nanos, Runnable action) {
        int now = incarnation;
        block.at(nanos, () -> {
            if (incarnation == now) {
                deliver(action);
            }
        });
    }

    void pause(long nanos) {
        pausedUntil = Math.max(pausedUntil, block.nowNanos() + nanos);
    }

    /// Dies, with all that is not synced, and comes back.
    void crash(long nanos) {
        if (isDown) {
            return;
        }
        isDown = true;
        incarnation++;
        pausedUntil = 0;
        truncate(synced);
        inSync = new InSyncLog(members);
        for (int i = 0; i < log.size(); i++) {
            note(i + 1, log.get(i));
        }
        leases = new LeaseHolder(TIMING, this::clock);
        state.clear();
        applied = 0;
        leader = -1;
        primary = null;
        waiting.clear();
        int now = incarnation;
        block.at(nanos, () -> {
            isDown = false;
            if (incarnation == now) {
                start();
            }
        });
    }

    private void putElectionOff() {
        electionAt = clock() + (ELECTION_MILLIS + block.random.nextInt(ELECTION_MILLIS)) * MILLIS;
    }

    private void beat(int ofIncarnation) {
        if (incarnation != ofIncarnation) {
            return;
        }
        block.at(BEAT, () -> beat(ofIncarnation));
        deliver(() -> {
            if (primary != null) {
                lead(primary);
            } else if (clock() - electionAt > 0) {
                standForElection();
            } else if (leader >= 0) {
                askForLease(leader);
            }
        });
    }

    // The log.

    private int lastIndex() {
        return log.size();
    }

    private long termAt(int index) {
        return index == 0 ? 0 : log.get(index - 1).term();
    }

    private void append(Entry entry) {
        log.add(entry);
        note(log.size(), entry);
    }

    private void note(int index, Entry entry) {
        if (entry.command() instanceof Command.InSync change) {
            inSync.append(new InSyncLog.Change(index, change.replica(), change.admits()));
        }
    }

    private void truncate(int length) {
        while (log.size() > length) {
            log.removeLast();
        }
        inSync.truncate(length + 1L);
        synced = Math.min(synced, length);
    }

    /// Syncs what is in the log by now, then goes on.
    private void sync(Runnable then) {
        int length = log.size();
        long atTerm = term;
        Runnable done = () -> {
            if (term == atTerm) {
                synced = Math.max(synced, Math.min(length, log.size()));
            }
        };
        long takes = block.random.nextInt(20) == 0 ? block.random.nextInt(300) * MILLIS : block.random.nextInt(1000) * 1000L;
        if (block.without == Rule.SYNC_BEFORE_VOTE) {
            later(takes, done);
            then.run();
        } else {
            later(takes, () -> {
                done.run();
                then.run();
            });
        }
    }

    private void apply(long upTo) {
        while (applied < Math.min(upTo, lastIndex())) {
            Entry entry = log.get(applied++);
            if (entry.command() instanceof Command.Write write) {
                state.put(write.key(), write.value());
            }
            RegisterHistory.Operation operation = waiting.remove(applied);
            if (operation != null && primary != null) {
                operation.endedNanos = block.nowNanos();
            }
        }
    }

    // Elections. A term and a vote are synced at once.

    private void enter(long newTerm) {
        if (newTerm > term) {
            term = newTerm;
            votedFor = -1;
            primary = null;
            leader = -1;
            waiting.clear();
        }
    }

    private void standForElection() {
        enter(term + 1);
        votedFor = number;
        votes = ReplicaSet.NONE.with(number);
        putElectionOff();
        long inTerm = term;
        int last = lastIndex();
        long lastTerm = termAt(last);
        others(other -> block.send(number, other, replica -> replica.onVoteRequest(number, inTerm, last, lastTerm)));
    }

    private void others(IntConsumer action) {
        members.without(number).stream().forEach(action);
    }

    private void onVoteRequest(int candidate, long inTerm, int last, long lastTerm) {
        enter(inTerm);
        // What is not synced may not be here tomorrow; but what is here is what others have counted as a vote only when it was.
        boolean isBehind = lastTerm < termAt(lastIndex()) || (lastTerm == termAt(lastIndex()) && last < lastIndex());
        if (inTerm == term && !isBehind && (votedFor == -1 || votedFor == candidate)) {
            votedFor = candidate;
            putElectionOff();
            block.send(number, candidate, replica -> replica.onVote(number, inTerm));
        }
    }

    private void onVote(int voter, long inTerm) {
        if (inTerm != term || votedFor != number || primary != null) {
            return;
        }
        votes = votes.with(voter);
        if (votes.isMajorityOf(members)) {
            leader = number;
            Arrays.fill(matched, 0);
            Arrays.fill(next, lastIndex() + 1);
            primary = block.without.primary(number, TIMING, this::clock, inSync, lastIndex(), applied);
            propose(new Command.Nothing());
            block.onDangerousMoment(number, block.random.nextInt(block.size()));
        }
    }

    // The leader.

    private int propose(Command command) {
        append(new Entry(term, command));
        int index = lastIndex();
        Primary leading = primary;
        if (leading != null) {
            leading.onAppended(index);
            sync(() -> {
                if (primary == leading) {
                    matched[number] = Math.max(matched[number], index);
                    leading.onVote(number, index);
                    advance(leading);
                }
            });
            others(this::replicate);
        }
        return index;
    }

    void write(int key, long value) {
        if (primary == null) {
            return;
        }
        RegisterHistory.Operation operation = block.history.begin(key, true, number, block.nowNanos());
        operation.value = value;
        waiting.put(propose(new Command.Write(key, value)), operation);
    }

    private void lead(Primary leading) {
        others(this::replicate);
        leading.late(members.size() / 2 + 1, TIMING.voteTimeoutNanos()).stream().forEach(late -> change(late, false));
        leading.goneBehindEviction(TIMING.voteTimeoutNanos()).stream().forEach(gone -> change(gone, false));
        leading.caughtUp().stream().forEach(back -> change(back, true));
        advance(leading);
    }

    private void change(int replica, boolean admits) {
        propose(new Command.InSync(replica, admits));
        block.onDangerousMoment(number, replica);
    }

    private void replicate(int to) {
        int previous = next[to] - 1;
        List<Entry> entries = List.copyOf(log.subList(previous, Math.min(lastIndex(), previous + ENTRIES_MAX)));
        long inTerm = term;
        long previousTerm = termAt(previous);
        long committed = applied;
        long sent = clock();
        block.send(number, to, replica -> replica.onAppend(number, inTerm, previous, previousTerm, entries, committed, sent));
    }

    private void onAppend(int from, long inTerm, int previous, long previousTerm, List<Entry> entries, long committed, long sent) {
        enter(inTerm);
        if (inTerm < term) {
            return;
        }
        leader = from;
        putElectionOff();
        if (previous > lastIndex() || termAt(previous) != previousTerm) {
            int retry = Math.min(previous, lastIndex() + 1);
            block.send(number, from, replica -> replica.onRefused(number, inTerm, Math.max(1, retry - 1), sent));
            return;
        }
        int index = previous;
        for (Entry entry : entries) {
            index++;
            if (index <= lastIndex() && termAt(index) != entry.term()) {
                truncate(index - 1);
            }
            if (index > lastIndex()) {
                append(entry);
            }
        }
        int match = index;
        apply(Math.min(committed, match));
        sync(() -> {
            if (term == inTerm) {
                block.send(number, from, replica -> replica.onAppended(number, inTerm, match, sent));
            }
        });
    }

    private void onRefused(int from, long inTerm, int retry, long sent) {
        Primary leading = primary;
        if (leading != null && inTerm == term) {
            leading.onAcknowledged(from, sent);
            next[from] = Math.max(matched[from] + 1, Math.min(next[from], retry));
        }
    }

    private void onAppended(int from, long inTerm, int match, long sent) {
        Primary leading = primary;
        if (leading != null && inTerm == term) {
            leading.onAcknowledged(from, sent);
            leading.onVote(from, match);
            matched[from] = Math.max(matched[from], match);
            next[from] = Math.max(next[from], match + 1);
            advance(leading);
        }
    }

    private void advance(Primary leading) {
        int[] sorted = matched.clone();
        Arrays.sort(sorted);
        int majority = sorted[(sorted.length - 1) / 2];
        if (termAt(majority) == term) {
            leading.onChosen(majority);
        }
        long before = applied;
        apply(leading.commitIndex());
        if (applied > before) {
            others(this::replicate);
        }
    }

    // Leases and reads.

    private void askForLease(int of) {
        long asked = clock();
        int now = incarnation;
        block.send(number, of, replica -> replica.onLeaseAsked(number, asked, now));
    }

    private void onLeaseAsked(int by, long asked, int itsIncarnation) {
        if (primary != null && primary.grant(by)) {
            block.send(number, by, replica -> replica.onLeaseGranted(asked, itsIncarnation));
        }
    }

    private void onLeaseGranted(long asked, int ofIncarnation) {
        if (incarnation == ofIncarnation) {
            leases.onGranted(block.without == Rule.LEASE_FROM_ASKING ? clock() : asked);
        }
    }

    /// A read of a client, with pauses between its steps.
    void read(int key) {
        RegisterHistory.Operation operation = block.history.begin(key, false, number, block.nowNanos());
        step(() -> {
            boolean may = primary != null ? primary.mayRead() : leases.isHeld();
            if (may || block.without == Rule.LEASE_TO_READ) {
                step(() -> lookInFlight(operation));
            }
        });
    }

    private void lookInFlight(RegisterHistory.Operation operation) {
        boolean inFlight = log.subList(applied, log.size())
                .stream()
                .anyMatch(entry -> entry.command() instanceof Command.Write write && write.key() == operation.key);
        if (!inFlight || block.without == Rule.NOTHING_IN_FLIGHT) {
            step(() -> {
                operation.value = state.getOrDefault(operation.key, 0L);
                operation.endedNanos = block.nowNanos();
            });
        }
    }

    private void step(Runnable next) {
        if (block.random.nextInt(10) == 0) {
            later(block.random.nextInt(1_500) * MILLIS, next);
        } else {
            next.run();
        }
    }
}
