package org.coconutdb.engine.replication;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One block's replica at this host: follows its log, leads it where it is elected, commits by the rules, and holds the lease. Any thread.
///
/// Locks are taken in this order: Raft's, that of [Proposals], this object's, then those of what it owns, and of the [ReplicatedState]. Nothing is asked of Raft's log while this object
/// is locked, except where Raft's lock is held already. Who waits for an outcome is told without any of them.
final class ReplicatedBlock implements BlockApplier.Entries {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedBlock.class);

    /// Ratis gives a hand-over up after a second.
    private static final long HANDING_OVER_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    /// Tells the other replicas how far the block is committed.
    interface CommitNews {
        void onCommitted(ReplicatedBlock block);
    }

    /// The commit index of a primary, and the term of the entry there: a log that has that entry has the primary's up to it.
    record Commit(long index, long entryTerm) {
        static final int BYTES = 2 * Long.BYTES;

        void put(ByteBuffer into) {
            into.putLong(index).putLong(entryTerm);
        }

        static Commit from(ByteBuffer bytes) {
            return new Commit(bytes.getLong(), bytes.getLong());
        }
    }

    /// What a primary tells its replicas.
    record Beat(long term, Commit commit) {}

    private final int block;
    private final Map<Integer, Integer> priorities = new HashMap<>();
    private final ClusterConfig config;
    private final ReplicaSet members;
    private final RaftLogView log;
    private final CommitNews news;
    private final BlockErrors errors;
    private final LeaseHolder lease;
    private final Proposals proposals;
    private final ProposedBatches proposed;
    private final RecentOutcomes recent = new RecentOutcomes(System::nanoTime);
    private final BlockApplier applier;
    private final Snapshots snapshots;
    private final Threads threads;
    private final LongSupplier nanoTime;
    private final AtomicBoolean isFollowDue = new AtomicBoolean();

    // Guarded by this.
    private final LogTail tail;
    private @Nullable Leading leading;
    private final Map<Integer, Changes> changes = new HashMap<>();
    private boolean isReady;
    private boolean isOpen;
    private boolean isForeign; // the log speaks of a member whom this host does not know
    private Commit commit = new Commit(-1, -1);
    private @Nullable Commit told;
    // What the newest entry that this primary has made says to be committed.
    private long toldByEntry = -1;
    private int heardPrimary = -1;
    private long heardTerm;

    // What evictions and admissions are judged by; leases and commits are not.
    private volatile CommitRule rule;

    // Written under the lock.
    private volatile long inFlightUntil = Long.MAX_VALUE;
    private volatile boolean isBroken;

    /// How often a member was evicted and admitted, and when last.
    private static final class Changes {
        private long evictions;
        private long admissions;
        private long atMillis;
    }

    /// Threads that a host has for its blocks.
    ///
    /// @param applying run entries
    /// @param proposing may wait for logs
    /// @param writing write snapshots
    record Threads(Executor applying, Executor proposing, Executor writing) {}

    /// @param config with the block's own rule, as it is to begin with
    /// @param nanoTime what leases are measured by
    ReplicatedBlock(ReplicatedBlockPlan plan, ClusterConfig config, ReplicatedState state, RaftLogView log, CommitNews news,
            Threads threads, LongSupplier nanoTime) {
        this.block = plan.block();
        this.config = config;
        this.rule = config.rule();
        this.members = plan.hosts();
        plan.members().forEach(member -> priorities.put(member.host(), member.priority()));
        this.log = log;
        this.news = news;
        this.threads = threads;
        this.nanoTime = nanoTime;
        this.errors = new BlockErrors(block, log, () -> rule.minVoters(members.size()));
        this.lease = new LeaseHolder(config.timing(), nanoTime);
        this.tail = new LogTail(members, state);
        this.proposals = new Proposals(this, state, log, threads.proposing());
        this.proposed = new ProposedBatches(proposals, errors, threads.applying());
        this.snapshots = new Snapshots(block, state, config.snapshotEvery(), this::mark, threads.writing());
        this.applier = new BlockApplier(block, state, log, this, snapshots, threads.applying());
    }

    int block() {
        return block;
    }

    ReplicaSet members() {
        return members;
    }

    /// Whether replicas answer reads by leases, which they have to ask for.
    boolean isReadByLeases() {
        return config.policy() == CommitPolicy.UNANIMOUS;
    }

    /// Another vote timeout, and another least number of voters, from now on; the policy stays.
    void setRule(CommitRule now) {
        if (now.policy() != config.policy()) {
            throw new IllegalArgumentException("a block's policy is for ever: " + block + ", " + now);
        }
        rule = now;
    }

    /// A member's, for Raft: whose is higher leads where logs are the same.
    int priority(int host) {
        return priorities.getOrDefault(host, 0);
    }

    /// Whether the first of two hosts is the one to lead, where their logs are the same.
    boolean isBefore(int host, int other) {
        int compared = Integer.compare(priority(host), priority(other));
        return compared > 0 || (compared == 0 && host < other);
    }

    BlockErrors errors() {
        return errors;
    }

    Proposals proposals() {
        return proposals;
    }

    RecentOutcomes recent() {
        return recent;
    }

    ProposedBatches proposed() {
        return proposed;
    }

    BlockApplier applier() {
        return applier;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    LeaseHolder lease() {
        return lease;
    }

    // The log. Called by Raft, which holds its lock, or with that lock.

    /// Who was there when the cluster was formed; before it is opened.
    synchronized void formedBy(ReplicaSet hosts) {
        tail.formedBy(hosts);
    }

    /// The state is that of an image, or empty; the log goes on behind it.
    synchronized void open(SnapshotMark mark) {
        tail.reset(mark.index(), mark.changes());
        commit = new Commit(mark.index(), mark.term());
        told = null;
        isOpen = true;
        mark.changes().forEach(change -> requireMember(change.replica()));
        inFlightUntil = Long.MAX_VALUE;
        recent.reset(mark.index());
        applier.open(mark.index(), mark.term());
        // What was proposed here before the state was replaced is in it, or is not.
        proposed.onTruncated(0);
    }

    /// The log was closed, and is about to be opened again: what the state has, which goes on from there; null where a snapshot has more, or nothing was applied.
    @Nullable
    SnapshotMark kept(long snapshotIndex) {
        long applied = applier.appliedIndex();
        if (applied < 0 || applied < snapshotIndex) {
            return null;
        }
        synchronized (this) {
            // The state is told of them again.
            tail.truncate(applied + 1);
        }
        return mark();
    }

    /// Nothing is read or applied from now on until it is opened again.
    void pause() throws InterruptedException {
        synchronized (this) {
            isOpen = false;
            inFlightUntil = Long.MAX_VALUE;
        }
        applier.pause();
    }

    /// Reads what is in the log and not known yet. What is found when the process begins counts as in flight until it is applied.
    void follow() {
        log.whileLocked(() -> follow(log.lastIndex()));
        advance();
    }

    private void follow(long upTo) {
        long next;
        synchronized (this) {
            if (!isOpen) {
                return;
            }
            truncate(tail.firstOther(log::termAt));
            next = tail.lastIndex() + 1;
        }
        RaftLogView.Logged logged = next <= upTo ? log.read(next) : null;
        while (logged != null) {
            append(logged);
            next++;
            logged = next <= upTo ? log.read(next) : null;
        }
        synchronized (this) {
            if (isOpen && inFlightUntil == Long.MAX_VALUE) {
                inFlightUntil = tail.lastIndex();
            }
        }
    }

    /// An entry is about to be in the log, and all before it are. Its marks are set when this returns.
    ///
    /// @param isNew whether it is made now; else the log may have it already
    void onAppending(long index, long term, BlockEntry entry, int bytes, boolean isNew) {
        follow(index - 1);
        synchronized (this) {
            if (index <= tail.lastIndex()) {
                LogTail.Unapplied known = tail.get(index);
                if (!isOpen || (!isNew && (known == null || known.term() == term))) {
                    return;
                }
                truncate(index);
            }
            append(new RaftLogView.Logged(index, term, entry, bytes));
        }
    }

    private synchronized void append(RaftLogView.Logged logged) {
        if (!isOpen || logged.index() != tail.lastIndex() + 1) {
            return;
        }
        tail.append(logged.index(), logged.term(), logged.entry(), logged.bytes());
        if (logged.entry() instanceof BlockEntry.Change change) {
            requireMember(change.replica());
        }
        Leading now = leading;
        if (now != null && logged.entry() != null) {
            toldByEntry = logged.entry().commitIndex();
        }
        if (now != null) {
            now.primary.onAppended(logged.index());
            if (logged.entry() instanceof BlockEntry.Change) {
                now.onChangeEnded();
            }
        }
        if (logged.entry() != null) {
            long known = logged.entry().commitIndex();
            LogTail.Unapplied there = tail.get(known);
            if (there != null) {
                commitUpTo(new Commit(known, there.term()));
            }
        }
        if (told != null && told.index() <= logged.index()) {
            onToldCommit(told);
        }
    }

    /// Whoever leads knows all members: else it would not wait for the vote of one that holds a lease. Who does not know one stops.
    private void requireMember(int replica) {
        if (!members.contains(replica) && !isForeign) {
            isForeign = true;
            LOG.atError().addKeyValue("block", block).addKeyValue("host", config.self()).addKeyValue("unknown", replica).log(
                    "the cluster has a host that this host's file does not name: write it into hosts, and start this host again");
            threads.writing().execute(this::onBroken);
        }
    }

    private synchronized void requireMembers(ReplicaSet ofRaft) {
        ofRaft.and(members.not()).stream().forEach(this::requireMember);
    }

    private void truncate(long from) {
        if (from > tail.lastIndex()) {
            return;
        }
        if (from <= commit.index()) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("block", block).with("truncatedFrom", from).with("commitIndex",
                    commit.index());
        }
        tail.truncate(from);
        inFlightUntil = inFlightUntil == Long.MAX_VALUE ? inFlightUntil : Math.min(inFlightUntil, from - 1);
        proposed.onTruncated(from);
    }

    // Leadership.

    void onElected(long term) {
        follow();
        requireMembers(log.memberHosts());
        synchronized (this) {
            if (isForeign) {
                return;
            }
            leading = new Leading(block, term, config, () -> rule, nanoTime, tail.inSync(), tail.lastIndex(), commit.index());
            isReady = false;
            toldByEntry = -1;
            onPrimaryHeard(config.self(), term);
        }
        LOG.atInfo().addKeyValue("block", block).addKeyValue("term", term).log("became primary");
    }

    /// Raft takes entries from now on.
    void onReady() {
        Leading now;
        synchronized (this) {
            now = leading;
            isReady = now != null;
        }
        if (now != null) {
            proposals.onReady(now);
        }
        advance();
    }

    void onNotLeading() {
        Leading before;
        synchronized (this) {
            before = leading;
            leading = null;
            isReady = false;
        }
        proposals.onLost();
        if (before != null) {
            LOG.atInfo().addKeyValue("block", block).addKeyValue("term", before.term).log("is primary no more");
        }
    }

    /// Why this primary has to let another lead, so that the block goes on; null where it has not. Called again and again.
    @Nullable
    String stuckFor() {
        Leading now;
        long last;
        synchronized (this) {
            now = leading;
            last = tail.lastIndex();
        }
        if (now == null) {
            return null;
        }
        if (log.handingOverNanos(now.term) > HANDING_OVER_NANOS_MAX) {
            return "a hand-over of its lead does not end";
        }
        long chosen = log.chosenIndex();
        synchronized (this) {
            return leading == now && now.isStuck(last, chosen) ? "its entries get no majority's answer" : null;
        }
    }

    synchronized boolean isPrimary() {
        return leading != null && isReady;
    }

    /// The term in which this replica leads and takes commands; -1.
    synchronized long primaryTerm() {
        return leading != null && isReady ? leading.term : -1;
    }

    /// What came of a command, as this replica knows it. That it was not done only a primary of a later term can say, which has an entry of its own committed and all
    /// applied that it found in its log: nobody who leads after it has another entry of the command's term, and none is appended any more.
    CommandOutcome outcome(CommandOutcome.Request of) {
        boolean isOver;
        synchronized (this) {
            Leading now = leading;
            isOver = now != null && isReady && now.term > of.term() && now.isSettled() && applier.appliedIndex() >= now.startIndex();
        }
        byte[] result = recent.result(of.id());
        if (result != null) {
            return CommandOutcome.done(result);
        }
        return !isOver ? CommandOutcome.OPEN
                : new CommandOutcome(recent.remembersFrom(of.since() + 1) ? CommandOutcome.Kind.NOT_DONE : CommandOutcome.Kind.FORGOTTEN,
                        null);
    }

    /// A replica has lost its log: whether it is evicted, at a primary. It will be; ask again.
    synchronized boolean lose(int replica) {
        return leading != null && leading.lose(replica);
    }

    /// It has a log again that Raft fills.
    synchronized void found(int replica) {
        if (leading != null) {
            leading.found(replica);
        }
    }

    synchronized boolean isSettledPrimary() {
        return leading != null && isReady && leading.isSettled();
    }

    void onVote(long term, int replica, long index) {
        synchronized (this) {
            if (leading == null || leading.term != term) {
                return;
            }
            leading.primary.onVote(replica, index);
        }
        advance();
    }

    synchronized void onAcknowledged(long term, int replica, long sentNanos) {
        if (leading != null && leading.term == term) {
            leading.primary.onAcknowledged(replica, sentNanos);
        }
    }

    synchronized boolean grant(int replica) {
        return leading != null && leading.grant(replica);
    }

    /// Commits what can be, at the primary.
    void advance() {
        Leading now;
        long known;
        synchronized (this) {
            now = leading;
            known = tail.lastIndex();
        }
        if (now == null) {
            return;
        }
        long flushed = log.flushedIndex();
        long chosen = log.chosenIndex();
        if (known < flushed) {
            // Raft's own entries.
            log.whileLocked(() -> follow(log.lastIndex()));
        }
        boolean hasMoved = false;
        synchronized (this) {
            if (leading == now) {
                now.primary.onVote(config.self(), flushed);
                now.primary.onChosen(chosen);
                long index = now.commitIndex();
                LogTail.Unapplied there = tail.get(index);
                hasMoved = there != null && commitUpTo(new Commit(index, there.term()));
            }
        }
        if (hasMoved) {
            proposals.onCommitted();
            news.onCommitted(this);
        }
    }

    /// Whether this primary has committed what none of its entries says, so that its replicas do not know.
    synchronized boolean isCommitUntold() {
        return leading != null && toldByEntry < commit.index();
    }

    synchronized boolean isLeading() {
        return leading != null;
    }

    /// Whether somebody waits for what [#tick] does: for a commit, for an outcome or for being refused.
    boolean isAtWork() {
        if (proposals.isWaiting() || proposed.isWaiting()) {
            return true;
        }
        synchronized (this) {
            return leading != null && (!leading.isSettled() || tail.lastIndex() > commit.index());
        }
    }

    /// Evicts and admits, and tells who waits for too long. May wait for the log.
    void tick() {
        Leading now;
        BlockEntry entry = null;
        boolean isWaiting = proposals.isWaiting();
        synchronized (this) {
            now = leading;
            if (now != null && isReady) {
                entry = now.change(isWaiting);
                entry = entry == null ? now.nudge(tail.lastIndex()) : entry;
            }
        }
        if (now != null && entry != null) {
            log.submit(new TickSubmission(now.term, entry), _ -> {
            });
        }
        // The primary asks itself.
        long askedNanos = nanoTime.getAsLong();
        if (grant(config.self())) {
            lease.onGranted(askedNanos);
        }
        proposals.giveUp(config.patience().leader().toNanos());
        proposed.giveUp(config.patience().outcome().toNanos());
        advance();
    }

    private record TickSubmission(long term, BlockEntry entry) implements RaftLogView.Submission {
        @Override
        public boolean onAppending(long index, long atTerm) {
            return atTerm == term;
        }
    }

    // What is committed.

    synchronized Commit commit() {
        return commit;
    }

    /// Null where this is no primary.
    synchronized @Nullable Beat beat() {
        return leading == null ? null : new Beat(leading.term, commit);
    }

    /// A commit index on which a read may rest, at this moment; null where this primary does not know one.
    synchronized @Nullable Commit readCommit() {
        return leading != null && leading.knowsCommitIndex() ? commit : null;
    }

    /// A primary of whatever term has said so. Waits for no lock of Raft's: it is called by threads that carry connections.
    void onCommitTold(Commit by) {
        boolean isUnknown;
        synchronized (this) {
            onToldCommit(by);
            isUnknown = isOpen && tail.lastIndex() < by.index();
        }
        if (isUnknown && isFollowDue.compareAndSet(false, true)) {
            // Raft tells nobody of its own entries.
            threads.proposing().execute(this::followLate);
        }
    }

    private void followLate() {
        isFollowDue.set(false);
        try {
            log.whileLocked(() -> follow(log.lastIndex()));
        } catch (CoconutException failure) {
            if (failure.code() != ErrorCode.NOT_PRIMARY) {
                throw failure;
            }
            // Raft has closed the log meanwhile.
        }
    }

    private void onToldCommit(Commit by) {
        if (by.index() <= commit.index()) {
            return;
        }
        LogTail.Unapplied there = tail.get(by.index());
        if (there != null && there.term() == by.entryTerm()) {
            told = null;
            commitUpTo(by);
        } else if (told == null || told.index() < by.index()) {
            told = by;
        }
    }

    private boolean commitUpTo(Commit now) {
        if (now.index() <= commit.index()) {
            return false;
        }
        commit = now;
        applier.wake();
        return true;
    }

    // What is applied.

    @Override
    public synchronized LogTail.@Nullable Unapplied committed(long index) {
        return isOpen && index <= commit.index() ? tail.get(index) : null;
    }

    @Override
    public void onApplied(LogTail.Unapplied applied, BlockEntry.@Nullable Commands commands, List<byte[]> results) {
        if (commands != null) {
            recent.add(applied.index(), commands.requestIds(), results);
        }
        synchronized (this) {
            tail.applied(applied);
        }
        if (applied.entry() instanceof BlockEntry.Change change) {
            onChanged(applied.index(), change);
        }
        proposed.onApplied(applied, results);
    }

    private void onChanged(long index, BlockEntry.Change change) {
        String why = null;
        boolean leads;
        synchronized (this) {
            Changes of = changes.computeIfAbsent(change.replica(), _ -> new Changes());
            of.evictions += change.admits() ? 0 : 1;
            of.admissions += change.admits() ? 1 : 0;
            of.atMillis = System.currentTimeMillis();
            Leading now = leading;
            leads = now != null && isReady;
            why = now == null || change.admits() ? null : now.evictedFor(change.replica());
        }
        if (leads) {
            LOG.atInfo().addKeyValue("block", block).addKeyValue("index", index).addKeyValue("replica", change.replica())
                    .addKeyValue("why", why).log(change.admits() ? "admitted a replica" : "evicted a replica");
        }
    }

    @Override
    public void onBroken() {
        isBroken = true;
        synchronized (this) {
            isOpen = false;
            inFlightUntil = Long.MAX_VALUE;
        }
        onNotLeading();
        // Others shall lead, and evict this one.
        threads.writing().execute(log::stop);
    }

    /// Whether it follows its log no more, since its state is not known.
    boolean isBroken() {
        return isBroken;
    }

    private synchronized SnapshotMark mark() {
        return new SnapshotMark(applier.appliedIndex(), applier.appliedTerm(), tail.inSync().newestUpTo(applier.appliedIndex()));
    }

    /// Nothing more is applied, and what waits for it does not any more.
    void close() {
        synchronized (this) {
            isOpen = false;
            inFlightUntil = Long.MAX_VALUE;
        }
        applier.stop();
        proposed.close();
        applier.failWaiters(errors);
    }

    // Reads.

    boolean mayRead() {
        if (applier.appliedIndex() < inFlightUntil) {
            return false;
        }
        return isReadByLeases() ? lease.isHeld() : readCommit() != null;
    }

    synchronized List<BlockLog.Votes> votes() {
        Leading now = leading;
        Changes none = new Changes();
        return members.stream().mapToObj(host -> {
            Changes of = changes.getOrDefault(host, none);
            return new BlockLog.Votes(block, config.self(), host, tail.inSync().contains(host), now == null ? null : now.votes(host),
                    of.evictions, of.admissions, of.atMillis);
        }).toList();
    }

    BlockLog.Status status() {
        int leader = log.leader();
        long term = log.currentTerm();
        synchronized (this) {
            return new BlockLog.Status(block, config.self(), leader, term, tail.inSync().all().stream().boxed().toList(), members.stream()
                    .boxed().toList(), tail.lastIndex(),
                    commit.index(), applier.appliedIndex(), mayRead(), agreed());
        }
    }

    private BlockLog.Agreed agreed() {
        return new BlockLog.Agreed(heardPrimary, heardTerm, tail.inSync().upTo(commit.index()).stream().boxed().toList(), tail.inSync()
                .lastUpTo(commit.index()));
    }

    /// A host says that it leads, or led, in a term. Unlike what Raft says of its leader it comes with the term, so that nobody is taken for another term's.
    synchronized void onPrimaryHeard(int host, long term) {
        if (term > heardTerm) {
            heardTerm = term;
            heardPrimary = host;
        }
    }
}
