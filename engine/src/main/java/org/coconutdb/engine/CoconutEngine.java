package org.coconutdb.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.cluster.ClusterMember;
import org.coconutdb.engine.cluster.LogCarrier;
import org.coconutdb.engine.commit.Checkpointer;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.commit.DatabaseDirectory;
import org.coconutdb.engine.commit.LocalLog;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.commit.OpeningMeter;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryUse;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.tier.ColdDirectory;
import org.coconutdb.engine.tier.Tier;
import org.coconutdb.engine.tier.TierPolicy;
import org.coconutdb.engine.transaction.Admission;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.ReadPolicy;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.transaction.WriteRoom;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An open database, embedded in this process. Any thread may call it.
public final class CoconutEngine implements AutoCloseable {
    /// Of hash tables' rows, over all blocks for tables.
    public static final int SLOT_COUNT = BlockTable.SLOT_COUNT;

    private static final Logger LOG = LoggerFactory.getLogger(CoconutEngine.class);
    // Freed in a piece: a tenth of a millisecond.
    private static final int MAINTAINED_RECORDS = 128;
    // Of who reads by ReadPolicy.Stale.
    private static final ScopedValue<Duration> KNOWN_MAX_AGE = ScopedValue.newInstance();
    // Longer than it takes to start the other hosts, by hand too.
    private static final long MEMBER_NANOS_MAX = TimeUnit.MINUTES.toNanos(15);

    private final EngineConfig config;
    private final @Nullable DatabaseDirectory directory;
    private final MemoryManager memory;
    private final Snapshots snapshots;
    private final List<Block> blocks;
    private final CommandLog log;
    // Null: this process has the database to itself, and the log is a LocalLog.
    private final @Nullable ClusterMember member;
    private final Transaction.Environment environment;
    private final LogClock clock;
    private final Expiry expiry;
    private final Orphans orphans;
    private final @Nullable ColdDirectory cold;
    private final @Nullable Tier tier;
    private final Housekeeper housekeeper;
    private final TableDirectory tables;
    // Set once, before the engine is given out.
    private @Nullable Checkpointer checkpointer;
    private final AtomicReference<@Nullable Thread> tender = new AtomicReference<>();
    private volatile boolean closed;

    private CoconutEngine(EngineConfig config, @Nullable DatabaseDirectory directory, MemoryManager memory, LogClock clock,
            int coldFileBytes, OpeningMeter meter, @Nullable LogCarrier carrier) {
        this.directory = directory;
        this.memory = memory;
        // Asked for tables already while the log is read.
        this.tables = new TableDirectory(memory);
        BlockTable blockTable = carrier != null ? new BlockTable(carrier.spaces())
                : new BlockTable(directory != null ? directory.blockCount() : config.blockCount());
        int blockCount = blockTable.blockCount();
        this.config = config.withBlockCount(blockCount);
        this.snapshots = new Snapshots(0, config.snapshotAgeMax().toNanos());
        this.clock = clock;
        LogBlockWriter blockWriter = new LogBlockWriter();
        if (carrier != null) {
            this.cold = null;
            this.tier = null;
            // Above every timestamp that a slot holds.
            ClusterMember joined = new ClusterMember(carrier, snapshots, clock,
                    id -> new Block(id, memory, () -> snapshots.visible() + 1, null), this::directoryChanged);
            this.member = joined;
            this.blocks = joined.blocks();
            this.log = joined.log();
        } else {
            this.member = null;
            AtomicLong lastTimestamp = new AtomicLong();
            List<Block> made = new ArrayList<>();
            this.cold = directory == null
                    ? null
                    : ColdDirectory.open(Disk.REAL, directory.cold(), directory.database(), blockCount + 1, coldFileBytes);
            for (int id = 0; id <= blockCount; id++) {
                // Above every timestamp given out, so above every open snapshot.
                made.add(new Block(id, memory, () -> lastTimestamp.get() + 1, cold == null ? null : cold.of(id)));
            }
            this.blocks = List.copyOf(made);
            try {
                if (directory == null || cold == null) {
                    this.tier = null;
                    this.log = LocalLog.inMemory(blocks, snapshots, lastTimestamp, clock);
                } else {
                    this.tier = new Tier(blocks, cold, memory, snapshots, blockWriter, new Policy(),
                            () -> (int) (clock.readMicros() / 1_000_000L));
                    this.log = LocalLog.recover(directory, blocks, snapshots, lastTimestamp, clock, cold, tier::relieveReplaying, meter,
                            config.durability(), config.syncInterval());
                }
            } catch (Throwable failure) {
                blocks.forEach(Block::close);
                if (cold != null) {
                    cold.close();
                }
                throw failure;
            }
        }
        blockWriter.use(log);
        Admission admission =
                new MemoryAdmission(memory, blocks, tables::byId, tables::anyBudget, config.hotBytesMax() / blockCount,
                        tier, blockWriter);
        this.environment = new Transaction.Environment(blocks, blockTable, log, snapshots, admission, clock,
                WriteRoom.of(config.transactionBytesMax()), member == null ? ConcurrentHashMap.newKeySet() : member.deciding(), member
                        == null ? null : member.reads());
        this.expiry = new Expiry(environment.blocks(), log, snapshots, clock, memory);
        this.orphans = new Orphans(environment);
        this.housekeeper = new Housekeeper(this::doChores);
    }

    /// Opens a database: reads its log where it has a directory, and makes it where there is none.
    ///
    /// Throws DATABASE_IN_USE, FOREIGN_FILE, DATA_CORRUPTED, IO_FAILED, MEMORY_LIMIT_REACHED, MEMORY_LOCK_REFUSED, MISSING_JVM_FLAGS.
    public static CoconutEngine open(EngineConfig config) {
        return open(config, LogClock.system());
    }

    /// The same, and says how far it is.
    public static CoconutEngine open(EngineConfig config, OpeningProgress progress) {
        return open(config, LogClock.system(), ColdDirectory.FILE_BYTES_MAX, OpeningMeter.of(progress));
    }

    /// @param clock the time that rows are stamped with and expire by
    static CoconutEngine open(EngineConfig config, LogClock clock) {
        return open(config, clock, ColdDirectory.FILE_BYTES_MAX);
    }

    /// @param coldFileBytes a file of cold rows takes no more when it has so many bytes
    static CoconutEngine open(EngineConfig config, LogClock clock, int coldFileBytes) {
        return open(config, clock, coldFileBytes, OpeningMeter.NONE);
    }

    static CoconutEngine open(EngineConfig config, LogClock clock, int coldFileBytes, OpeningMeter meter) {
        if (config.memoryLimitBytes() < EngineConfig.MEMORY_LIMIT_BYTES_MIN) {
            throw CoconutException.of(ErrorCode.MEMORY_LIMIT_REACHED)
                    .with("limitBytes", config.memoryLimitBytes())
                    .with("limitBytesMin", EngineConfig.MEMORY_LIMIT_BYTES_MIN)
                    .mend("Raise memory.limit: a smaller one does not hold the database's own directory.");
        }
        MemoryManager memory = new MemoryManager(config.lock(), config.memoryLimitBytes());
        DatabaseDirectory directory = null;
        try {
            directory = config.directory() == null ? null : DatabaseDirectory.open(config.directory(), config.blockCount());
            CoconutEngine engine = new CoconutEngine(config, directory, memory, clock, coldFileBytes, meter, null);
            engine.start();
            return engine;
        } catch (Throwable failure) {
            memory.close();
            if (directory != null) {
                directory.close();
            }
            throw failure;
        }
    }

    /// Opens a host's part of a cluster, whose logs somebody else carries. It returns when the cluster has a directory that this host knows: more than half of the hosts
    /// take part by then. NOT_PRIMARY where that takes too long.
    ///
    /// @param config its directory is not looked at
    public static CoconutEngine openMember(EngineConfig config, LogCarrier carrier) {
        return openMember(config, carrier, LogClock.system());
    }

    /// @param clock the time that rows are stamped with and expire by
    static CoconutEngine openMember(EngineConfig config, LogCarrier carrier, LogClock clock) {
        MemoryManager memory = new MemoryManager(config.lock(), config.memoryLimitBytes());
        CoconutEngine engine;
        try {
            engine = new CoconutEngine(config, null, memory, clock, 0, OpeningMeter.NONE, carrier);
        } catch (Throwable failure) {
            carrier.close();
            memory.close();
            throw failure;
        }
        try {
            engine.startMember();
            return engine;
        } catch (Throwable failure) {
            engine.close();
            throw failure;
        }
    }

    private void startMember() {
        ClusterMember joined = Objects.requireNonNull(member);
        tables.join(joined, environment);
        housekeeper.start();
        joined.start(tables::change);
        long until = System.nanoTime() + MEMBER_NANOS_MAX;
        while (true) {
            try {
                tables.awaitDirectory();
                return;
            } catch (CoconutException failure) {
                // Hosts are started one after the other, and after a loss of power all come back at once.
                if (failure.code().category() != ErrorCode.Category.RESOURCES || System.nanoTime() - until >= 0) {
                    throw failure;
                }
                LOG.atInfo().addKeyValue("code", failure.code()).log("waits until more than half of the hosts are there");
            }
        }
    }

    private void directoryChanged() {
        tables.refresh(blocks.get(BlockTable.DIRECTORY));
    }

    /// Whether other hosts write to the database, too.
    public boolean isMember() {
        return member != null;
    }

    /// What this host knows of the cluster's blocks, by block id; empty where the database is this process's own.
    public List<BlockLog.Status> replicas() {
        return member == null ? List.of() : member.status();
    }

    /// What this host knows of the votes in the cluster's blocks; empty where the database is this process's own.
    public List<BlockLog.Votes> votes() {
        return member == null ? List.of() : member.votes();
    }

    /// The cluster's block table as this host knows it, a tenth of a second ago at most, and the same object while nothing has changed; null where the database is this process's own.
    public @Nullable ClusterTable clusterTable() {
        return member == null ? null : member.table();
    }

    /// How long ago another host of the cluster was heard of, in milliseconds; hosts tell each other something once a second. -1: not yet.
    public long heardMillisAgo(int host) {
        return member == null ? -1 : member.heardMillisAgo(host);
    }

    /// Tells the other hosts where this one serves SQL from now on; null: nowhere. Without effect where the database is this process's own.
    public void announce(@Nullable SqlAddress address) {
        if (member != null) {
            member.announce(address);
        }
    }

    /// The blocks that can hold rows of a table.
    public int[] blocksOf(TableDescriptor table) {
        return environment.blockTable().blocksOf(table, KeyRange.ALL);
    }

    /// One round of the housekeeper.
    void doChores() {
        clock.tick();
        if (member != null) {
            member.tellAddresses();
            // Also where nobody reads or writes here: what others may forget depends on it.
            log.advance();
        }
        revokeOldSnapshots();
        removeExpired(false);
        blocks.forEach(this::maintain);
        if (member != null) {
            blocks.forEach(this::moveOn);
            orphans.round();
        }
        ClusterDirectory cluster = tables.cluster();
        boolean notesHost = cluster != null && cluster.hasToNoteHost();
        if (notesHost || tables.mayHaveLeftovers()) {
            tendDirectory(notesHost);
        }
        if (checkpointer != null) {
            checkpointer.wake();
        }
    }

    /// Beside the housekeeper: it may wait for other hosts.
    private void tendDirectory(boolean notesHost) {
        Thread tending = Thread.ofVirtual().name("coconut-directory-rows").unstarted(() -> {
            try {
                if (notesHost) {
                    noteHost();
                }
                tables.heal();
            } catch (CoconutException failure) {
                LOG.atInfo().addKeyValue("code", failure.code()).log("changes of tables that were not finished are not taken back yet");
            } finally {
                tender.set(null);
            }
        });
        if (tender.compareAndSet(null, tending)) {
            tending.start();
        }
    }

    private void noteHost() {
        try {
            tables.noteHost();
        } catch (CoconutException failure) {
            LOG.atDebug().addKeyValue("code", failure.code()).log("where this host is does not stand in the directory yet");
        }
    }

    /// Takes away the right of snapshots that are too old; [#maintain] then frees what only they needed.
    void revokeOldSnapshots() {
        int revoked = snapshots.revokeOld(clock.nanoTime());
        if (revoked > 0) {
            LOG.atWarn().addKeyValue("snapshots", revoked).addKeyValue("snapshot.age.max", config.snapshotAgeMax())
                    .log("transactions or result sets were left open and lost their snapshots");
            // So that what they unlinked is behind a snapshot even where nobody commits.
            log.advance();
        }
    }

    /// Of a cluster's block that is led here: what nobody reads any more is freed when an entry says that nobody does. Where something waits for that and nobody writes, this
    /// makes one.
    private void moveOn(Block block) {
        if (!log.leads(block.id())) {
            return;
        }
        AtomicBoolean waits = new AtomicBoolean();
        log.asWriter(() -> waits.set(block.beginCollection()));
        if (waits.get()) {
            log.proposeLater(List.of(), List.of(new Proposal(block.id(), new BlockCommand.Forget(0))));
        }
    }

    /// Lets slices finish what writes only do a little of, in pieces for which a commit can wait: giving back what has become free.
    private void maintain(Block block) {
        for (int table : block.tables()) {
            AtomicBoolean more = new AtomicBoolean(true);
            while (more.get() && !closed) {
                log.asWriter(() -> {
                    TableSlice slice = block.slice(table);
                    more.set(slice != null && slice.collect(log.marks(block.id()), MAINTAINED_RECORDS));
                });
            }
        }
    }

    /// Removes rows whose time to live is over.
    ///
    /// @param now of all tables, those too that were looked at a moment ago
    void removeExpired(boolean now) {
        synchronized (expiry) {
            if (now) {
                expiry.all();
            } else {
                expiry.round();
            }
        }
    }

    private void start() {
        finishOrphans();
        tables.open(environment);
        housekeeper.start();
        if (directory != null) {
            // After the orphans, so that a checkpoint hardly ever holds any.
            checkpointer = Checkpointer.start(directory, blocks, snapshots, (LocalLog) log, config.checkpointLogBytes(), cold);
        }
        if (tier != null) {
            tier.start();
        }
    }

    /// Decides transactions that a crash left between their phases: as the coordinator decided, and where it did not, not at all.
    private void finishOrphans() {
        List<Proposal> decisions = new ArrayList<>();
        List<Proposal> forgets = new ArrayList<>();
        log.asWriter(() -> {
            for (Block block : blocks) {
                for (BlockCommand.Prepare prepare : block.inDoubt()) {
                    BlockCommand.Decide decided = blocks.get(prepare.coordinator()).decision(prepare.transaction());
                    decisions.add(new Proposal(block.id(),
                            decided == null ? new BlockCommand.Decide(prepare.transaction(), false, 0) : decided));
                }
                for (long transaction : block.remembered()) {
                    forgets.add(new Proposal(block.id(), new BlockCommand.Forget(transaction)));
                }
            }
        });
        decisions.addAll(forgets);
        if (!decisions.isEmpty()) {
            log.propose(decisions);
        }
    }

    /// As it was opened; the number of blocks is the database's own.
    public EngineConfig config() {
        return config;
    }

    /// Runs something that knows the tables as the policy lets its reads be: [#catalogVersion] waits for nobody in it, where what is here is young enough.
    public <T> T knowing(ReadPolicy policy, Supplier<T> work) {
        return member != null && policy instanceof ReadPolicy.Stale(Duration maxAge)
                ? ScopedValue.where(KNOWN_MAX_AGE, maxAge).call(work::get)
                : work.get();
    }

    /// Rises with every change of the tables: a plan made at one version is right as long as it has not moved.
    public long catalogVersion() {
        if (member != null && !(KNOWN_MAX_AGE.isBound() && member.reads().isYoungerThan(snapshots.visible(), KNOWN_MAX_AGE.get()
                .toNanos()))) {
            member.awaitDirectory();
        }
        return tables.version();
    }

    /// All tables, ordered by id.
    public List<TableDescriptor> tables() {
        return tables.list();
    }

    public Optional<TableDescriptor> table(String name) {
        return Optional.ofNullable(tables.byName(name));
    }

    /// Makes an empty table; as durable as a commit when it returns. DUPLICATE_TABLE where the name is taken.
    public TableDescriptor createTable(String name, TableKind kind, byte[] definition) {
        return createTable(name, kind, definition, StorageOptions.DEFAULT);
    }

    /// Makes an empty table with bounds to what of it is in memory.
    public TableDescriptor createTable(String name, TableKind kind, byte[] definition, StorageOptions options) {
        changeTables(List.of(new TableChange.Create(name, kind, definition, options)));
        return Objects.requireNonNull(tables.byName(name));
    }

    /// Forgets a table and all its rows; as durable as a commit when it returns. UNDEFINED_TABLE where it is gone already. Its memory comes back when
    /// the last transaction that may read it has ended and another change is made.
    public void dropTable(int tableId) {
        changeTables(List.of(new TableChange.Drop(tableId)));
    }

    /// Makes, alters and drops tables, all of it or nothing, as durable as a commit when it returns. Writes go on; a transaction that has
    /// written to a table for a definition that is altered before it commits is refused with TABLE_CHANGED.
    ///
    /// DUPLICATE_TABLE, UNDEFINED_TABLE; TABLE_CHANGED where somebody altered a table since it was read; TABLE_NOT_EMPTY, or
    /// SERIALIZATION_CONFLICT where rows come at the same time.
    public void changeTables(List<TableChange> changes) {
        requireOpen();
        if (member == null || member.changesHere(changes)) {
            tables.change(changes);
        }
    }

    /// A serializable transaction that reads at the newest snapshot.
    public Transaction begin() {
        return begin(Isolation.SERIALIZABLE);
    }

    public Transaction begin(Isolation isolation) {
        return begin(isolation, ReadPolicy.LOCAL);
    }

    public Transaction begin(Isolation isolation, ReadPolicy policy) {
        requireOpen();
        return Transaction.begin(environment, isolation, policy);
    }

    /// A transaction that reads at the newest snapshot and may not write: the quickest.
    public Transaction beginReadOnly() {
        return beginReadOnly(ReadPolicy.LOCAL);
    }

    public Transaction beginReadOnly(ReadPolicy policy) {
        requireOpen();
        return Transaction.beginReadOnly(environment, policy);
    }

    /// A transaction for a single [Transaction#get], which may not write: in a cluster the quickest, and mostly without a word to another host.
    public Transaction beginLookup() {
        return beginLookup(ReadPolicy.LOCAL);
    }

    public Transaction beginLookup(ReadPolicy policy) {
        requireOpen();
        return Transaction.beginLookup(environment, policy);
    }

    /// Rows of a table in its newest state; exact when nobody writes. For the planner's estimates.
    public long rowCount(TableDescriptor table) {
        long rows = 0;
        for (Block block : blocks) {
            rows += block.rowCount(table.id()).orElse(0);
        }
        return rows;
    }

    /// Block spaces, by their numbers, with the rules that hold now; the default one alone where the database is this process's own.
    public List<BlockSpace> spaces() {
        ClusterDirectory cluster = tables.cluster();
        return cluster == null ? environment.blockTable().spaces() : cluster.spaces();
    }

    /// Gives a block space another vote timeout or another least number of voters, at all hosts: here they hold when it returns. Those of the default one are the directory's, too,
    /// of which no more than a majority have to stay in sync, so that it can always be changed back.
    ///
    /// INVALID_ARGUMENT where the space commits by majority, NOT_SUPPORTED where the database is this process's own; SERIALIZATION_CONFLICT where another changes them at once.
    ///
    /// @param space its number
    /// @param change the policy has to stay
    public void changeSpace(int space, UnaryOperator<CommitRule> change) {
        requireOpen();
        ClusterDirectory cluster = tables.cluster();
        if (cluster == null) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("statement", "ALTER BLOCK SPACE")
                    .mend("Only hosts of a cluster wait for each other's votes: this database is one process's own.");
        }
        cluster.change(space, change);
    }

    /// Where the other hosts reach a host, as it has written into the directory; null: it has not yet, or the database is this process's own.
    public @Nullable String replicationAddress(int host) {
        ClusterDirectory cluster = tables.cluster();
        HostRow row = cluster == null ? null : cluster.host(host);
        return row == null ? null : new SqlAddress(row.name(), row.replicationPort(), false).toString();
    }

    /// The space that a table lies in.
    public BlockSpace spaceOf(TableDescriptor table) {
        return environment.blockTable().spaceOf(table);
    }

    /// Bytes in a table's records, older versions included.
    long recordBytes(TableDescriptor table) {
        long bytes = 0;
        for (Block block : blocks) {
            TableSlice slice = block.slice(table.id());
            bytes += slice == null ? 0 : slice.recordBytes();
        }
        return bytes;
    }

    /// What of each table is hot and what is cold, ordered by block and table.
    public List<TierUse> tierUse() {
        requireOpen();
        List<TierUse> uses = new ArrayList<>();
        for (Block block : blocks) {
            for (int table : block.tables().stream().sorted().toList()) {
                TableSlice slice = block.slice(table);
                if (slice != null) {
                    long coldRows = slice.coldRowCount();
                    long coldBytes = cold == null ? 0 : cold.bytesOf(block.id(), table);
                    uses.add(new TierUse(block.id(), table, slice.rowCount() - coldRows, slice.hotBytes(), coldRows, coldBytes,
                            slice.promotions(), slice.demotions()));
                }
            }
        }
        return uses;
    }

    /// The cold tier, null where the database has none.
    @Nullable
    Tier tier() {
        return tier;
    }

    /// Every owner's memory, measured now.
    public List<MemoryUse> memoryUse() {
        requireOpen();
        List<MemoryUse> use = new ArrayList<>();
        // As the writer: nothing is mapped or unmapped while it is measured.
        log.asWriter(() -> use.addAll(memory.use()));
        return use;
    }

    /// What each block holds now, ordered by block id.
    public List<BlockStatus> blocks() {
        requireOpen();
        return blocks.stream().map(Block::status).toList();
    }

    /// Checks every index's structure; BROKEN_INVARIANT with the place where one does not hold. Writes wait meanwhile.
    public void verify() {
        requireOpen();
        log.asWriter(() -> blocks.forEach(Block::verify));
    }

    /// Writes a checkpoint of a `file:` database and waits for it: what is in it is not replayed when the database is opened, and its log
    /// is deleted. Writes go on meanwhile. The database does this by itself when its log has grown. DISK_FULL or IO_FAILED where it cannot
    /// be written: nothing is lost then, and the log goes on growing. Without effect for a database in memory.
    public void checkpoint() {
        requireOpen();
        if (checkpointer != null) {
            checkpointer.run();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw CoconutException.of(ErrorCode.CONNECTION_CLOSED).with("object", "database").mend("Open the database again.");
        }
    }

    /// Ends the database: waits for commits under way. A transaction that is still open fails with an error from then on.
    @Override
    public void close() {
        // It may wait for hosts that are away.
        Thread tending = tender.get();
        if (tending != null) {
            tending.interrupt();
        }
        tables.close(this::closeAlone);
    }

    private void closeAlone() {
        closed = true;
        expiry.stop();
        housekeeper.close();
        if (tier != null) {
            tier.close();
        }
        try {
            if (checkpointer != null) {
                checkpointer.close();
            }
            log.close();
        } finally {
            if (member == null) {
                blocks.forEach(Block::close);
            } else {
                member.close();
            }
            memory.close();
            if (cold != null) {
                cold.close();
            }
            if (directory != null) {
                directory.close();
            }
        }
    }

    /// Budgets and ages of the tables as they are now.
    private final class Policy implements TierPolicy {
        @Override
        public long hotBytesMax(int table) {
            return budget(options(table).hotBytesMax());
        }

        @Override
        public long hotBytesMaxOfBlock() {
            return budget(config.hotBytesMax() / config.blockCount());
        }

        private static long budget(long bytes) {
            return bytes == 0 ? Long.MAX_VALUE : bytes;
        }

        @Override
        public int coldAfterSeconds(int table) {
            return options(table).coldAfterSeconds();
        }

        private StorageOptions options(int table) {
            TableDescriptor descriptor = tables.byId(table);
            return descriptor == null ? StorageOptions.DEFAULT : descriptor.options();
        }
    }
}
