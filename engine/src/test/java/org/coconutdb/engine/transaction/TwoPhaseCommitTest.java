package org.coconutdb.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.block.Read;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.commit.LocalLog;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a transaction over several blocks leaves to others when its thread dies between its steps. (Crashes of the process: LogRecoveryTest
/// and CrashIT.)
class TwoPhaseCommitTest {
    private static final TableDescriptor TABLE = new TableDescriptor(7, "T", TableKind.HASH, new byte[0]);
    private static final int BLOCKS = 4;

    /// Where the thread dies: before or behind the log has the group of entries.
    private enum Death {
        BEFORE_PREPARE,
        BEHIND_PREPARE,
        BEFORE_DECISION,
        BEHIND_DECISION
    }

    /// Stands for the end of a thread at any place: no code of the transaction expects it.
    private static final class Died extends Error {
        private static final long serialVersionUID = 1;
    }

    private final MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1L << 30);
    private final AtomicLong lastTimestamp = new AtomicLong();
    private final Snapshots snapshots = new Snapshots(0);
    private final List<Block> blocks = new ArrayList<>();
    private final BlockTable blockTable = new BlockTable(BLOCKS);
    private LocalLog log = LocalLog.inMemory(blocks, snapshots, lastTimestamp, LogClock.system());
    private Transaction.Environment environment = environment(log);

    private Transaction.Environment environment(CommandLog through) {
        return new Transaction.Environment(blocks, blockTable, through, snapshots, (_, _, _) -> Admission.Room.WITHOUT_BOUND,
                LogClock.system(), WriteRoom.of(1L << 20), ConcurrentHashMap.newKeySet());
    }

    @BeforeEach
    void open() {
        for (int id = 0; id <= BLOCKS; id++) {
            blocks.add(new Block(id, memory, () -> lastTimestamp.get() + 1, null));
        }
        log = LocalLog.inMemory(blocks, snapshots, lastTimestamp, LogClock.system());
        environment = environment(log);
        log.propose(blocks.stream()
                .map(block -> new CommandLog.Proposal(block.id(), new BlockCommand.CreateTable(TABLE.id(), TABLE.kind())))
                .toList());
    }

    @AfterEach
    void close() {
        log.close();
        blocks.forEach(Block::close);
        memory.close();
    }

    private static byte[] bytes(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private Integer read(int key) {
        try (Transaction reader = Transaction.beginReadOnly(environment)) {
            RecordView row = new RecordView();
            return reader.get(TABLE, bytes(key), row) ? ByteBuffer.wrap(row.rowBytes()).getInt() : null;
        }
    }

    private void put(int from, int to, int value) {
        try (Transaction writer = Transaction.begin(environment, Isolation.SERIALIZABLE)) {
            for (int key = from; key < to; key++) {
                writer.put(TABLE, bytes(key), bytes(value));
            }
            writer.commit();
        }
    }

    /// A log that the thread dies at. What it knows of transactions under way is the database's.
    private Transaction.Environment dying(Death death) {
        CommandLog deadly = new ThroughLog(log) {
            private boolean isDead;

            @Override
            public List<CommandResult> propose(List<Proposal> proposals) {
                boolean prepares = proposals.getFirst().command() instanceof BlockCommand.Prepare;
                dieAt(prepares ? Death.BEFORE_PREPARE : Death.BEFORE_DECISION);
                List<CommandResult> results = log.propose(proposals);
                dieAt(prepares ? Death.BEHIND_PREPARE : Death.BEHIND_DECISION);
                return results;
            }

            private void dieAt(Death place) {
                assertThat(isDead).as("proposes after its death").isFalse();
                if (place == death) {
                    isDead = true;
                    throw new Died();
                }
            }
        };
        return new Transaction.Environment(blocks, blockTable, deadly, snapshots, environment.admission(), environment.clock(),
                environment.writeRoom(), environment.deciding());
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void whoMeetsATransactionWhoseThreadDiedFinishesIt(Death death) {
        put(0, 40, 1);
        try (Transaction dies = Transaction.begin(dying(death), Isolation.SERIALIZABLE)) {
            for (int key = 0; key < 20; key++) {
                dies.put(TABLE, bytes(key), bytes(2));
            }
            dies.get(TABLE, bytes(30), new RecordView());
            dies.setCheck(check -> assertThat(check.restOnRow(TABLE, bytes(31), new RecordView())).isTrue());
            assertThatThrownBy(dies::commit).isInstanceOf(Died.class);
        }
        int expected = death == Death.BEHIND_DECISION ? 2 : 1;
        for (int key = 0; key < 20; key++) {
            assertThat(read(key)).as("all or nothing, key %s", key).isEqualTo(expected);
        }

        // One that it holds for writing, one that it has read, one that had to stay; then all, over all blocks.
        put(3, 4, 3);
        put(30, 31, 3);
        try (Transaction deletes = Transaction.begin(environment, Isolation.READ_COMMITTED)) {
            deletes.delete(TABLE, bytes(31));
            deletes.commit();
        }
        put(0, 40, 4);

        for (int key = 0; key < 40; key++) {
            assertThat(read(key)).isEqualTo(4);
        }
        assertThat(blocks).allSatisfy(block -> {
            assertThat(block.inDoubt()).isEmpty();
            assertThat(block.remembered()).isEmpty();
        });
    }

    @Test
    void whoIsBetweenItsPhasesIsLeftAloneAndKeepsWhatItHolds() {
        put(0, 40, 1);
        List<CommandResult> met = new ArrayList<>();
        CommandLog meets = new ThroughLog(log) {
            @Override
            public List<CommandResult> propose(List<Proposal> proposals) {
                List<CommandResult> results = log.propose(proposals);
                if (proposals.getFirst().command() instanceof BlockCommand.Prepare) {
                    // Somebody writes what is held, and what was read, between the phases.
                    for (int key : List.of(0, 30)) {
                        int block = blockTable.blockOf(TABLE, bytes(key));
                        met.addAll(log.propose(List.of(new Proposal(block, new BlockCommand.Commit(snapshots.visible(), List.of(), List.of(
                                new Write(TABLE.id(), Write.Condition.NONE, bytes(
                                        key), bytes(9), 0)))))));
                    }
                }
                return results;
            }
        };
        try (Transaction writer = Transaction.begin(new Transaction.Environment(blocks, blockTable, meets, snapshots, environment
                .admission(), environment.clock(), environment.writeRoom(), environment.deciding()), Isolation.SERIALIZABLE)) {
            for (int key = 0; key < 20; key++) {
                writer.put(TABLE, bytes(key), bytes(2));
            }
            writer.get(TABLE, bytes(30), new RecordView());
            writer.commit();
        }

        assertThat(met).hasSize(2).allSatisfy(result -> assertThat(result.outcome()).isEqualTo(CommandResult.Outcome.HELD));
        assertThat(read(0)).isEqualTo(2);
        assertThat(read(30)).isEqualTo(1);
    }

    @Test
    void aRowThatMustStayMayBeChangedAndNotDeletedBetweenThePhases() {
        put(0, 40, 1);
        List<CommandResult> met = new ArrayList<>();
        CommandLog meets = new ThroughLog(log) {
            @Override
            public List<CommandResult> propose(List<Proposal> proposals) {
                List<CommandResult> results = log.propose(proposals);
                if (proposals.getFirst().command() instanceof BlockCommand.Prepare) {
                    int block = blockTable.blockOf(TABLE, bytes(30));
                    for (byte[] row : new byte[][] {bytes(9), null}) {
                        met.addAll(log.propose(List.of(new Proposal(block, new BlockCommand.Commit(snapshots.visible(), List.of(), List.of(
                                new Write(TABLE.id(), Write.Condition.NONE, bytes(30), row, 0)))))));
                    }
                    // Others may rest on it too, and on a row that will be changed; not on one that will be deleted or made.
                    for (int key : List.of(30, 0, 1, 50)) {
                        met.addAll(log.propose(List.of(new Proposal(blockTable.blockOf(TABLE, bytes(key)),
                                new BlockCommand.Commit(snapshots.visible(), List.of(new Read.Exists(TABLE.id(), bytes(key))), List
                                        .of())))));
                    }
                }
                return results;
            }
        };
        try (Transaction writer = Transaction.begin(new Transaction.Environment(blocks, blockTable, meets, snapshots, environment
                .admission(), environment.clock(), environment.writeRoom(), environment.deciding()), Isolation.READ_COMMITTED)) {
            for (int key = 2; key < 20; key++) {
                writer.put(TABLE, bytes(key), bytes(2));
            }
            writer.put(TABLE, bytes(0), bytes(2));
            writer.delete(TABLE, bytes(1));
            writer.put(TABLE, bytes(50), bytes(2));
            writer.setCheck(check -> assertThat(check.restOnRow(TABLE, bytes(30), new RecordView())).isTrue());
            writer.commit();
        }

        assertThat(met).extracting(CommandResult::outcome)
                .containsExactly(CommandResult.Outcome.DONE, CommandResult.Outcome.HELD, CommandResult.Outcome.DONE,
                        CommandResult.Outcome.DONE, CommandResult.Outcome.HELD, CommandResult.Outcome.HELD);
        assertThat(read(30)).isEqualTo(9);
        assertThat(read(1)).isNull();
    }

    @Test
    void writeSkewBetweenTwoBlocksIsRefused() {
        put(0, 40, 1);
        int left = 0;
        int right = 1;
        while (blockTable.blockOf(TABLE, bytes(left)) == blockTable.blockOf(TABLE, bytes(right))) {
            right++;
        }
        try (Transaction one = Transaction.begin(environment, Isolation.SERIALIZABLE);
                Transaction two = Transaction.begin(environment, Isolation.SERIALIZABLE)) {
            one.get(TABLE, bytes(left), new RecordView());
            two.get(TABLE, bytes(right), new RecordView());
            one.put(TABLE, bytes(right), bytes(2));
            two.put(TABLE, bytes(left), bytes(2));
            one.commit();
            assertThatThrownBy(two::commit).isInstanceOfSatisfying(CoconutException.class, failure -> {
                assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT);
                assertThat(failure.getMessage()).contains("table=T");
            });
        }
        assertThat(read(left)).isEqualTo(1);
        assertThat(read(right)).isEqualTo(2);
    }
}
