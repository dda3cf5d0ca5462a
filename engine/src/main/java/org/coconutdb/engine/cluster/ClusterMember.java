package org.coconutdb.engine.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.ClusterTable;
import org.coconutdb.engine.SqlAddress;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.replication.HostLinks;
import org.coconutdb.engine.transaction.ReadGate;
import org.coconutdb.engine.version.Snapshots;
import org.jspecify.annotations.Nullable;

/// A host's part of a cluster: its replicas, and its way to all others. Made and closed by the engine. Any thread.
public final class ClusterMember implements AutoCloseable {
    private static final byte DIRECTORY_TOPIC = 18;

    private final LogCarrier carrier;
    private final HostLinks links;
    private final Replicas replicas;
    private final List<BlockReplica> states = new ArrayList<>();
    private final List<BlockLog> logs = new ArrayList<>();
    private final TimestampSource source;
    private final Timestamps timestamps;
    private final ReplicatedLog log;
    private final LocalReads reads;
    private final SqlAddresses addresses;
    private final KnownTable table;

    /// @param empty makes a block without anything, by its id
    /// @param directoryChanged called when the directory's rows have changed here, before anybody is told that they have; nothing is applied meanwhile
    public ClusterMember(LogCarrier carrier, Snapshots snapshots, LogClock clock, IntFunction<Block> empty, Runnable directoryChanged) {
        this.carrier = carrier;
        this.links = carrier.links();
        int count = carrier.spaces().getLast().end();
        this.replicas = new Replicas(count, snapshots, clock, empty);
        for (int block = 0; block < count; block++) {
            states.add(new BlockReplica(block, replicas, this::head, directoryChanged));
            logs.add(carrier.open(block, states.get(block)));
        }
        BlockLog directory = logs.get(BlockTable.DIRECTORY);
        this.source = new TimestampSource(directory, count, System::nanoTime);
        this.timestamps = new Timestamps(links, directory, count, source, snapshots, this::onSnapshot);
        this.log = new ReplicatedLog(logs, states, replicas, timestamps);
        this.reads = new LocalReads(links, timestamps, states, logs);
        this.addresses = new SqlAddresses(links, carrier.hosts().stream().map(HostAddress::number).toList(), System::currentTimeMillis);
        this.table = new KnownTable(carrier, logs, addresses);
    }

    /// Begins to take part. Changes of tables that other hosts ask for are made by it, where the directory leads here.
    public void start(Consumer<List<TableChange>> directory) {
        links.answer(DIRECTORY_TOPIC, (_, question) -> {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            Thread.ofVirtual().name("coconut-directory").start(() -> answer.complete(changeHere(directory, question)));
            return answer;
        });
        carrier.start();
    }

    private byte[] changeHere(Consumer<List<TableChange>> directory, byte[] question) {
        try {
            if (!logs.get(BlockTable.DIRECTORY).isPrimaryHere()) {
                return DirectoryMessages.notHere();
            }
            directory.accept(DirectoryMessages.decodeChanges(question));
            return DirectoryMessages.done();
        } catch (CoconutException failure) {
            return DirectoryMessages.encode(failure);
        }
    }

    /// This host's number.
    public int self() {
        return links.self();
    }

    /// By block id; places change when a replica is restored.
    public List<Block> blocks() {
        return replicas.blocks();
    }

    public CommandLog log() {
        return log;
    }

    public ReadGate reads() {
        return reads;
    }

    /// Transactions over several blocks whose threads, of this process, are between their phases.
    public Set<Long> deciding() {
        return reads.deciding();
    }

    /// Waits until the directory's rows here are as new as those anywhere.
    public void awaitDirectory() {
        reads.awaitDirectory();
    }

    /// Whether this host is to make changes of tables, one after the other: the directory's primary is here. Else they are made there, and this returns when they are, and
    /// are known here.
    public boolean changesHere(List<TableChange> changes) {
        while (true) {
            int primary = Waiting.primaryOf(logs.get(BlockTable.DIRECTORY));
            if (primary == links.self()) {
                return true;
            }
            byte[] answer = Waiting.on(links.ask(primary, DIRECTORY_TOPIC, DirectoryMessages.encode(changes)));
            if (DirectoryMessages.isDone(answer)) {
                awaitDirectory();
                return false;
            }
        }
    }

    /// What this host knows of each block, by block id.
    public List<BlockLog.Status> status() {
        return logs.stream().map(BlockLog::status).toList();
    }

    /// What this host knows of the votes in each block.
    public List<BlockLog.Votes> votes() {
        return logs.stream().flatMap(log -> log.votes().stream()).toList();
    }

    /// The block table as this host knows it, a tenth of a second ago at most. The same object while nothing has changed.
    public ClusterTable table() {
        return table.current();
    }

    /// From now on clients reach this host there; null: nowhere.
    public void announce(@Nullable SqlAddress address) {
        addresses.announce(address);
    }

    /// What the directory has of a host, which counts where nobody has said anything newer.
    ///
    /// @param sql null: it serves nobody
    public void learnAddress(int host, @Nullable SqlAddress sql, long epoch) {
        addresses.learn(host, sql, epoch);
    }

    /// What this host says of itself: where the others reach it, as its file has it, and where it serves SQL.
    public ClusterTable.Host here() {
        HostAddress address = carrier.hosts().stream().filter(host -> host.number() == self()).findFirst().orElseThrow();
        SqlAddresses.Known own = addresses.of(self());
        return new ClusterTable.Host(self(), address.host(), address.port(), own.address(), own.epoch());
    }

    /// Whether this process has said where it serves SQL, or that it does not.
    public boolean hasAnnounced() {
        return addresses.hasAnnounced();
    }

    /// From now on the blocks of a space are committed by another rule of the same policy. Asks no log for its lock: it is called while nothing is applied.
    ///
    /// @param isDefault then the directory is, too, but that more than a majority never have to stay in sync there: else the rule could not be changed back while a host is away
    public void setRule(BlockSpace space, CommitRule rule, boolean isDefault) {
        if (isDefault) {
            logs.get(BlockTable.DIRECTORY).setRule(rule.atMostMajority(carrier.hosts().size()));
        }
        for (int block = space.firstBlock(); block < space.end(); block++) {
            logs.get(block).setRule(rule);
        }
    }

    /// Tells other hosts where all are reached, and is told. Does not wait; called once a second.
    public void tellAddresses() {
        addresses.exchange();
    }

    /// How long ago another host has said something of where hosts are reached; -1 where it has not yet.
    public long heardMillisAgo(int host) {
        return addresses.heardMillisAgo(host);
    }

    private CompletionStage<EntryHead> head(int block) {
        if (block != BlockTable.DIRECTORY) {
            return timestamps.forEntry(block).thenApply(this::head);
        }
        // Its primary is who gives them out, for which it may first have to write to this log.
        TimestampAnswer answer = source.answer(links.self(), block, replicas.snapshots().lowWater());
        return CompletableFuture.completedFuture(answer == null
                ? new EntryHead(EntryHead.UNTIMED, replicas.clock().nowMicros(), 0)
                : head(answer));
    }

    private EntryHead head(TimestampAnswer answer) {
        return new EntryHead(answer.timestamp(), replicas.clock().nowMicros(), answer.lowWater());
    }

    /// What is closed in all blocks is shown soon, so that readers' slots move on.
    private void onSnapshot(TimestampAnswer answer) {
        long shown = Long.MAX_VALUE;
        for (int block = 0; block < states.size(); block++) {
            BlockReplica state = states.get(block);
            if (!logs.get(block).mayRead()) {
                reads.closeSoon(block, answer.timestamp());
            } else if (state.appendedTimestamp() >= answer.issued()[block]) {
                state.close(answer.timestamp());
            }
            shown = Math.min(shown, state.shownUpTo());
        }
        replicas.publish(Math.max(shown, replicas.snapshots().visible()));
    }

    /// Ends taking part and frees the replicas. The owner has made sure that no reader is left.
    @Override
    public void close() {
        try {
            carrier.close();
        } finally {
            replicas.close();
        }
    }
}
