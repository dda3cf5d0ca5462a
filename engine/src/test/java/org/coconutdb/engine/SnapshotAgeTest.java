package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.coconutdb.engine.CoconutEngineTest.key;
import static org.coconutdb.engine.CoconutEngineTest.number;
import static org.coconutdb.engine.CoconutEngineTest.value;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Snapshots that grow too old, by a clock that the tests set. The housekeeper's own rounds change nothing but when a snapshot is first
/// seen.
class SnapshotAgeTest {
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private final AtomicLong nanos = new AtomicLong(5);
    private CoconutEngine engine;
    private TableDescriptor table;

    @BeforeEach
    void open() {
        open(LIMIT, TableKind.SORTED);
    }

    private void open(Duration limit, TableKind kind) {
        close();
        engine = CoconutEngine.open(new EngineConfig(null, 1, 1L << 30, LockPolicy.OFF).withSnapshotAgeMax(limit),
                new LogClock(() -> 1_800_000_000_000_000L, nanos::get));
        table = engine.createTable("T", kind, new byte[0]);
        put("a", 1);
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private void put(String key, int value) {
        try (Transaction transaction = engine.begin()) {
            transaction.put(table, key(key), value(value));
            transaction.commit();
        }
    }

    private void delete(String key) {
        try (Transaction transaction = engine.begin()) {
            transaction.delete(table, key(key));
            transaction.commit();
        }
    }

    private int get(Transaction transaction) {
        RecordView view = new RecordView();
        return transaction.get(table, key("a"), view) ? number(view.rowBytes()) : 0;
    }

    /// The housekeeper sees what is open now, and again when the time has passed.
    private void pass(Duration time) {
        engine.doChores();
        nanos.addAndGet(time.toNanos());
        engine.doChores();
    }

    private void assertTooOld(ThrowingCallable operation) {
        CoconutException failure = catchThrowableOfType(CoconutException.class, operation);
        assertThat(failure.code()).isEqualTo(ErrorCode.SNAPSHOT_TOO_OLD);
        assertThat(failure.facts()).containsEntry("ageMaxSeconds", "1800").containsEntry("ageSeconds", "1800");
        assertThat(failure).hasMessageContaining("snapshot.age.max");
    }

    @Test
    void aRestingSnapshotThatIsTooOldFailsWithAllItsOperations() {
        Transaction reader = engine.begin();
        Scan scan = reader.scan(table, KeyRange.ALL, false);
        reader.rest();

        pass(LIMIT);

        assertTooOld(reader::resume);
        assertTooOld(() -> get(reader));
        assertTooOld(() -> scan.next(new RecordView()));
        assertTooOld(() -> reader.scan(table, KeyRange.ALL, false));
        assertTooOld(() -> reader.put(table, key("b"), value(1)));
        assertTooOld(reader::commit);
        reader.close();
        reader.rest();
        try (Transaction another = engine.begin()) {
            assertThat(get(another)).isOne();
        }
    }

    @Test
    void aRestingSnapshotThatIsNotTooOldIsReadAsBefore() {
        try (Transaction reader = engine.begin()) {
            RecordView view = new RecordView();
            assertThat(reader.get(table, key("a"), view)).isTrue();
            reader.rest();
            put("a", 2);
            put("a", 3);

            pass(LIMIT.minusNanos(1));
            reader.resume();

            // What it had looked at before its rest, too.
            assertThat(number(view.rowBytes())).isOne();
            assertThat(get(reader)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void theVersionsThatItHeldAreFreedWithoutAnotherCommit(TableKind kind) {
        open(LIMIT, kind);
        for (int i = 0; i < 500; i++) {
            put("key" + i, i);
        }
        long before = engine.recordBytes(table);
        Transaction reader = engine.begin();
        reader.rest();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 500; i++) {
                put("key" + i, i);
            }
        }
        for (int i = 0; i < 500; i += 2) {
            delete("key" + i);
        }
        long held = engine.recordBytes(table);

        pass(LIMIT);
        engine.doChores();

        assertThat(held).isGreaterThan(15 * before);
        assertThat(engine.recordBytes(table)).isLessThan(before);
        engine.verify();
        assertTooOld(reader::resume);
    }

    @Test
    void aBusySnapshotKeepsWhatItLooksAtAndFailsWithItsNextOperation() {
        Transaction reader = engine.begin();
        RecordView view = new RecordView();
        assertThat(reader.get(table, key("a"), view)).isTrue();
        put("a", 2);

        pass(LIMIT);
        for (int i = 3; i < 200; i++) {
            put("a", i);
        }

        assertThat(number(view.rowBytes())).isOne();
        assertTooOld(() -> get(reader));
        assertTooOld(reader::resume);
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void aScanEndsInTheMiddle(TableKind kind) {
        open(LIMIT, kind);
        for (int i = 0; i < 2000; i++) {
            put("key" + i, i);
        }
        Transaction reader = engine.begin();
        Scan scan = reader.scan(table, KeyRange.ALL, false);
        RecordView view = new RecordView();
        for (int i = 0; i < 10; i++) {
            assertThat(scan.next(view)).isTrue();
        }

        pass(LIMIT);

        assertTooOld(() -> scan.next(view));
    }

    @Test
    void aMarkedSnapshotThatGoesToRestIsTakenAway() {
        put("b", 1);
        Transaction reader = engine.begin();
        long before = engine.recordBytes(table);
        for (int i = 2; i < 500; i++) {
            put("a", i);
        }
        pass(LIMIT);
        long marked = engine.recordBytes(table);
        reader.rest();

        engine.doChores();

        assertThat(marked).isGreaterThan(20 * before);
        assertThat(engine.recordBytes(table)).isLessThan(2 * before);
        assertTooOld(reader::resume);
    }

    @Test
    void aCommitOfWritesFailsThoughNobodyElseWrote() {
        Transaction busy = engine.begin();
        busy.put(table, key("a"), value(7));
        Transaction resting = engine.begin();
        resting.put(table, key("a"), value(8));
        resting.rest();

        pass(LIMIT);

        assertTooOld(busy::commit);
        assertTooOld(resting::commit);
        try (Transaction reader = engine.begin()) {
            assertThat(get(reader)).isOne();
        }
    }

    @Test
    void aConditionIsNeverJudgedByATombstoneThatWasCollected() {
        Transaction writer = engine.begin();
        assertThat(get(writer)).isOne();
        writer.update(table, key("a"), value(2));
        writer.rest();
        delete("a");

        pass(LIMIT);
        put("b", 1);
        engine.doChores();

        // With the tombstone gone, "unchanged since the snapshot" would hold.
        assertTooOld(writer::commit);
        try (Transaction reader = engine.begin()) {
            assertThat(get(reader)).isZero();
        }
    }

    @Test
    void aYoungerSnapshotInTheSameSlotBeginsAnew() {
        engine.begin().close();
        Transaction first = engine.begin();
        engine.doChores();
        nanos.addAndGet(LIMIT.toNanos() - 1);
        first.close();
        try (Transaction second = engine.begin()) {
            second.rest();

            nanos.addAndGet(1);
            engine.doChores();

            assertThat(get(second)).isOne();
        }
    }

    @Test
    void withoutALimitNoSnapshotIsTooOld() {
        open(Duration.ZERO, TableKind.SORTED);
        try (Transaction reader = engine.begin()) {
            reader.rest();
            put("a", 2);

            pass(Duration.ofDays(1000));

            assertThat(get(reader)).isOne();
        }
    }

    @Test
    void theEnginesOwnSnapshotsAreNeverTakenAway() {
        Snapshots snapshots = new Snapshots(7, LIMIT.toNanos());
        int held = snapshots.hold();
        int own = snapshots.open();
        int judged = snapshots.openReader();
        assertThat(snapshots.stopReading(judged, 7)).isTrue();
        snapshots.publish(9);

        snapshots.revokeOld(0);
        int told = snapshots.revokeOld(LIMIT.toNanos() * 2);

        assertThat(told).isZero();
        assertThat(snapshots.lowWater()).isEqualTo(7);
        snapshots.close(held);
        snapshots.close(own);
        assertThat(snapshots.marks().lowWater()).as("a commit is judged at 7").isEqualTo(7);
        assertThat(snapshots.marks().readers()).isEqualTo(9);
        snapshots.close(judged);
        assertThat(snapshots.lowWater()).isEqualTo(9);
    }
}
