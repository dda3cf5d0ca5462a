package org.coconutdb.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.coconutdb.engine.cluster.ClusterMember;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.table.SliceScan;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a cluster's directory keeps beside tables, as this host knows it: the block spaces, their settings, and where the hosts are. Any thread, where nothing else is said.
///
/// What a host's file says of settings holds until the directory is known here, and is what the directory is told where it has no row of the space. From then on each
/// host follows the rows, when they are applied there.
final class ClusterDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDirectory.class);
    // A server listens, and says so, within a moment behind the opening. Mostly where it did before it was started anew, so that there is nothing to write.
    private static final int ROUNDS_UNANNOUNCED_MAX = 5;

    private final ClusterMember member;
    private final Transaction.Environment environment;
    // As this host's file says.
    private final List<BlockSpace> told;
    // Both are replaced while nothing is applied.
    private volatile List<BlockSpace> spaces;
    private volatile Map<Integer, HostRow> hosts = Map.of();
    private volatile boolean isAgreed;
    // The housekeeper.
    private int roundsUnannounced;

    ClusterDirectory(ClusterMember member, Transaction.Environment environment) {
        this.member = member;
        this.environment = environment;
        this.told = environment.blockTable().spaces();
        this.spaces = told;
    }

    /// By their numbers, with the rules that hold now.
    List<BlockSpace> spaces() {
        return spaces;
    }

    /// What a host has said of itself; null: nothing that is known here.
    @Nullable
    HostRow host(int number) {
        return hosts.get(number);
    }

    private static boolean hasSettings(BlockSpace space) {
        return space.rule().filter(rule -> rule.policy() == CommitPolicy.UNANIMOUS).isPresent();
    }

    /// Notes the spaces that this host was told of, where they are the first or have others behind, and settings of those that have none yet. INVALID_CONNECTION_STRING
    /// where the cluster has other spaces.
    void agree() {
        while (true) {
            try {
                Map<BlockSpace, SettingsRow> others = noteWhatIsMissing();
                // So that the rows are applied here, and hold.
                member.awaitDirectory();
                isAgreed = true;
                others.forEach(ClusterDirectory::warn);
                return;
            } catch (CoconutException failure) {
                // Another host has noted them, or nobody knows whether this one has: the rows say it.
                if (failure.code() != ErrorCode.SERIALIZATION_CONFLICT && failure.code() != ErrorCode.OUTCOME_UNKNOWN) {
                    throw failure;
                }
            }
        }
    }

    /// Answers the spaces of which the directory has other settings than this host was told.
    private Map<BlockSpace, SettingsRow> noteWhatIsMissing() {
        SpacesRow now = SpacesRow.of(told);
        Map<BlockSpace, SettingsRow> others = new LinkedHashMap<>();
        boolean isNew = false;
        try (Transaction transaction = Transaction.begin(environment, Isolation.SERIALIZABLE)) {
            RecordView row = new RecordView();
            SpacesRow known = transaction.get(TableDirectory.DIRECTORY, ClusterRows.SPACES_KEY, row)
                    ? SpacesRow.decode(row.rowBytes())
                    : new SpacesRow(List.of());
            known.requireKept(now);
            if (!known.equals(now)) {
                transaction.put(TableDirectory.DIRECTORY, ClusterRows.SPACES_KEY, now.encode());
                isNew = true;
            }
            for (int number = 0; number < told.size(); number++) {
                BlockSpace space = told.get(number);
                if (!hasSettings(space)) {
                    continue;
                }
                SettingsRow here = SettingsRow.of(space.rule().orElseThrow());
                SettingsRow kept = settings(transaction, number);
                if (kept == null) {
                    transaction.put(TableDirectory.DIRECTORY, ClusterRows.settingsKey(number), here.encode());
                    isNew = true;
                } else if (!kept.equals(here)) {
                    others.put(space, kept);
                }
            }
            if (isNew) {
                transaction.commit();
            }
        }
        return others;
    }

    private static @Nullable SettingsRow settings(Transaction transaction, int space) {
        RecordView row = new RecordView();
        return transaction.get(TableDirectory.DIRECTORY, ClusterRows.settingsKey(space), row) ? SettingsRow.decode(row.rowBytes()) : null;
    }

    private static void warn(BlockSpace space, SettingsRow kept) {
        SettingsRow here = SettingsRow.of(space.rule().orElseThrow());
        LOG.atWarn().addKeyValue("space", space.name())
                .addKeyValue("voteTimeoutMillis", millis(kept)).addKeyValue("voteTimeoutMillisOfFile", millis(here))
                .addKeyValue("minVoters", voters(kept)).addKeyValue("minVotersOfFile", voters(here))
                .log("this host's file has other settings of a block space than the cluster, whose own hold: write those into the file, or change them everywhere by "
                        + "ALTER BLOCK SPACE … SET VOTE_TIMEOUT = '…', MIN_VOTERS = …");
    }

    private static long millis(SettingsRow settings) {
        return TimeUnit.NANOSECONDS.toMillis(settings.voteTimeoutNanos());
    }

    private static String voters(SettingsRow settings) {
        return settings.minVoters().isPresent() ? String.valueOf(settings.minVoters().getAsInt()) : "DEFAULT";
    }

    /// Gives a space other settings, at all hosts; here they hold when it returns.
    ///
    /// INVALID_ARGUMENT where the space has none. SERIALIZATION_CONFLICT where another does so at once.
    void change(int space, UnaryOperator<CommitRule> change) {
        BlockSpace changed = told.get(space);
        CommitRule rule = changed.rule().orElseThrow();
        if (!hasSettings(changed)) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("space", changed.name())
                    .with("commit", "majority")
                    .mend("By majority nobody is waited for or evicted: there is nothing to set.");
        }
        try (Transaction transaction = Transaction.begin(environment, Isolation.SERIALIZABLE)) {
            SettingsRow kept = settings(transaction, space);
            SettingsRow now = SettingsRow.of(change.apply(kept == null ? rule : kept.in(rule)));
            if (!now.equals(kept)) {
                transaction.put(TableDirectory.DIRECTORY, ClusterRows.settingsKey(space), now.encode());
                transaction.commit();
            }
        }
        member.awaitDirectory();
    }

    /// Rows of the directory may have changed. While nothing is applied.
    void refresh(TableSlice directory) {
        Map<Integer, HostRow> foundHosts = new TreeMap<>(hosts);
        List<BlockSpace> foundSpaces = new ArrayList<>(spaces);
        RecordView row = new RecordView();
        SliceScan scan = directory.scan(ClusterRows.SETTINGS_AND_HOSTS, false, new ReadPoint(Long.MAX_VALUE, ReadPoint.TIMELESS));
        while (scan.next(row)) {
            byte[] key = row.keyBytes();
            try {
                if (ClusterRows.isHost(key)) {
                    foundHosts.put(ClusterRows.number(key), HostRow.decode(row.rowBytes()));
                } else if (ClusterRows.isSettings(key) && ClusterRows.number(key) < foundSpaces.size()) {
                    foundSpaces.set(ClusterRows.number(key), with(foundSpaces.get(ClusterRows.number(key)), SettingsRow.decode(row
                            .rowBytes())));
                }
            } catch (CoconutException unreadable) {
                // A host of a later version has written it. What was known holds on: entries have to be applied.
                LOG.atError().addKeyValue("key", List.of(key[1], key[2])).setCause(unreadable).log("a row of the directory cannot be read");
            }
        }
        if (!foundSpaces.equals(spaces)) {
            follow(foundSpaces);
        }
        if (!foundHosts.equals(hosts)) {
            hosts = Map.copyOf(foundHosts);
            foundHosts.forEach((host, is) -> member.learnAddress(host, is.sql(), is.epoch()));
        }
    }

    private static BlockSpace with(BlockSpace space, SettingsRow settings) {
        return hasSettings(space) ? new BlockSpace(space.name(), space.firstBlock(), space.blockCount(), space.rule().map(settings::in))
                : space;
    }

    private void follow(List<BlockSpace> found) {
        for (int number = 0; number < found.size(); number++) {
            BlockSpace space = found.get(number);
            if (!space.equals(spaces.get(number))) {
                CommitRule rule = space.rule().orElseThrow();
                member.setRule(space, rule, number == 0);
                LOG.atInfo().addKeyValue("space", space.name())
                        .addKeyValue("voteTimeoutMillis", millis(SettingsRow.of(rule)))
                        .addKeyValue("minVoters", voters(SettingsRow.of(rule)))
                        .log("follows the directory's settings of a block space");
            }
        }
        spaces = List.copyOf(found);
    }

    /// One round of the housekeeper: whether what this host says of itself is to be written.
    boolean hasToNoteHost() {
        if (!isAgreed || isHostNoted()) {
            return false;
        }
        HostRow there = hosts.get(member.self());
        boolean mayAnnounceTheSame = there != null && there.isWhere(own()) && !member.hasAnnounced();
        return !mayAnnounceTheSame || ++roundsUnannounced > ROUNDS_UNANNOUNCED_MAX;
    }

    private boolean isHostNoted() {
        HostRow there = hosts.get(member.self());
        return there != null && there.saysAs(own());
    }

    private HostRow own() {
        ClusterTable.Host here = member.here();
        return new HostRow(here.name(), here.replicationPort(), here.sql(), here.epoch());
    }

    /// Writes what this host says of itself, which it alone does. May wait for other hosts; where it fails, the next round does it again.
    void noteHost() {
        if (isHostNoted()) {
            return;
        }
        try (Transaction transaction = Transaction.begin(environment, Isolation.SERIALIZABLE)) {
            transaction.put(TableDirectory.DIRECTORY, ClusterRows.hostKey(member.self()), own().encode());
            transaction.commit();
        }
        member.awaitDirectory();
    }
}
