package org.coconutdb.bench;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Small transactions over JDBC beside other embedded databases at the same durability, by turns in one process. The turns are short, since a
/// shared machine's speed drifts: what is told is each one's median over the rounds, and the median of its ratio to the best peer within a
/// round. Arguments: a new directory, `file` or `memory`, threads, rounds, and peers (all of that kind by default).
public final class TransactionsSideBySide {
    private static final int ROWS = 100_000;
    private static final long ROUND_NANOS = 300_000_000L;
    private static final int WARM_UP_ROUNDS = 12;
    private static final int READS = 5;
    private static final int WRITES = 2;

    /// What is done, each a transaction of its own.
    private enum Work {
        INSERT,
        UPDATE,
        FIVE_READS_TWO_WRITES
    }

    /// One of a peer's clients.
    private static final class Client implements AutoCloseable {
        private final Connection connection;
        private final PreparedStatement insert;
        private final PreparedStatement update;
        private final PreparedStatement select;
        private final List<PreparedStatement> behindCommit = new ArrayList<>();

        Client(Peer peer, Path directory) throws SQLException {
            connection = peer.connect(directory);
            peer.prepare(connection);
            insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?, ?, ?)");
            update = connection.prepareStatement("UPDATE item SET stock = stock + 1 WHERE id = ?");
            select = connection.prepareStatement("SELECT stock FROM item WHERE id = ?");
            for (String statement : peer.behindCommit()) {
                behindCommit.add(connection.prepareStatement(statement));
            }
        }

        void insert(long key) throws SQLException {
            insert.setLong(1, key);
            insert.setString(2, "the name of item " + key);
            insert.setBigDecimal(3, BigDecimal.valueOf(key * 7, 2));
            insert.setInt(4, (int) key % 1000);
            insert.executeUpdate();
        }

        private void update(long key) throws SQLException {
            update.setLong(1, key);
            update.executeUpdate();
        }

        private void read(long key) throws SQLException {
            select.setLong(1, key);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("a row is missing");
                }
                row.getInt(1);
            }
        }

        /// Answers how often it was refused and run again; negative where it was still refused at the deadline, and is given up: a peer whose
        /// clients find the database locked may starve one of them for minutes.
        int run(Work work, AtomicLong nextKey, long deadlineNanos) throws SQLException {
            long key = work == Work.INSERT ? nextKey.getAndIncrement() : 0;
            long[] keys = ThreadLocalRandom.current().longs(READS + WRITES, 0, ROWS).sorted().toArray();
            for (int refused = 0;; refused++) {
                try {
                    // SQLite begins a transaction here, and may find the database locked.
                    connection.setAutoCommit(work != Work.FIVE_READS_TWO_WRITES);
                    switch (work) {
                        case INSERT -> insert(key);
                        case UPDATE -> update(keys[0]);
                        case FIVE_READS_TWO_WRITES -> {
                            for (int i = 0; i < READS; i++) {
                                read(keys[i]);
                            }
                            for (int i = 0; i < WRITES; i++) {
                                update(keys[READS + i]);
                            }
                            connection.commit();
                        }
                    }
                    for (PreparedStatement statement : behindCommit) {
                        statement.execute();
                    }
                    return refused;
                } catch (SQLException failure) {
                    String state = failure.getSQLState();
                    boolean again = (state != null && state.startsWith("40")) || "HYT00".equals(state)
                            || String.valueOf(failure.getMessage()).contains("locked");
                    if (!again) {
                        throw failure;
                    }
                    if (!connection.getAutoCommit()) {
                        rollBack();
                    }
                    if (System.nanoTime() - deadlineNanos > 0) {
                        return -1 - refused;
                    }
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(100_000L << Math.min(refused, 6)));
                }
            }
        }

        /// SQLite, where it refused the beginning of a transaction because it is locked, has none to roll back, but takes itself for one that
        /// has: only the other mode and back begins one.
        private void rollBack() {
            try {
                connection.rollback();
            } catch (SQLException none) {
                try {
                    connection.setAutoCommit(true);
                } catch (SQLException stillNone) {
                    // It is in that mode now, and the transaction is run again from its beginning.
                }
            }
        }

        @Override
        public void close() throws SQLException {
            connection.setAutoCommit(true);
            connection.close();
        }
    }

    /// A peer with its clients and what was measured of it.
    private static final class Side {
        final Peer peer;
        final List<Client> clients = new ArrayList<>();
        final AtomicLong nextKey = new AtomicLong(ROWS);
        double[] rates = {};
        long refused;

        Side(Peer peer) {
            this.peer = peer;
        }

        double median() {
            return medianOf(rates.clone());
        }

        /// Median of the ratios within rounds.
        double times(Side other) {
            double[] ratios = new double[rates.length];
            Arrays.setAll(ratios, round -> rates[round] / other.rates[round]);
            return medianOf(ratios);
        }

        private static double medianOf(double[] values) {
            Arrays.sort(values);
            return values[values.length / 2];
        }
    }

    private final List<Side> sides = new ArrayList<>();
    private final int threads;

    private TransactionsSideBySide(int threads) {
        this.threads = threads;
    }

    /// Prints transactions a second, and how many times the best peer's that is.
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        boolean memory = arguments[1].equals("memory");
        int rounds = Integer.parseInt(arguments[3]);
        List<Peer> peers = arguments.length > 4
                ? Arrays.stream(arguments).skip(4).map(Peer::valueOf).toList()
                : (memory ? Peer.IN_MEMORY : Peer.ON_DISK);
        TransactionsSideBySide run = new TransactionsSideBySide(Integer.parseInt(arguments[2]));
        for (Peer peer : peers) {
            run.open(peer, directory);
        }
        for (Work work : Work.values()) {
            run.measure(work, rounds);
        }
        run.close();
    }

    private void open(Peer peer, Path directory) throws SQLException, IOException {
        Path own = Files.createDirectories(directory.resolve(peer.name()));
        if (peer.isCoconut()) {
            // It makes its directory itself.
            Files.delete(own);
        }
        Side side = new Side(peer);
        sides.add(side);
        try (Connection keeper = peer.connect(directory)) {
            peer.prepare(keeper);
            peer.createTable(keeper);
            for (int i = 0; i < threads; i++) {
                side.clients.add(new Client(peer, directory));
            }
            fill(side.clients.getFirst());
        }
    }

    private static void fill(Client client) throws SQLException {
        client.connection.setAutoCommit(true);
        for (int from = 0; from < ROWS; from += 100) {
            StringBuilder values = new StringBuilder("INSERT INTO item VALUES ");
            for (int key = from; key < from + 100; key++) {
                values.append(key == from ? "" : ", ").append("(").append(key).append(", 'the name of item ").append(key).append("', ")
                        .append(BigDecimal.valueOf(key * 7L, 2)).append(", ").append(key % 1000).append(")");
            }
            try (Statement statement = client.connection.createStatement()) {
                statement.execute(values.toString());
            }
        }
    }

    private void measure(Work work, int rounds) throws Exception {
        for (Side side : sides) {
            side.rates = new double[rounds];
            side.refused = 0;
        }
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            for (Side side : sides) {
                double rate = round(side, work);
                if (round >= 0) {
                    side.rates[round] = rate;
                }
            }
        }
        Side best = sides.stream().filter(side -> side.peer.isComparable()).max(Comparator.comparingDouble(Side::median))
                .orElse(sides.getFirst());
        for (Side side : sides) {
            System.out.printf(Locale.ROOT, "%-22s %2d threads  %-21s %9.0f a second  %5.2f × the best peer  run again %d%n",
                    work.name().toLowerCase(Locale.ROOT), threads, side.peer, side.median(), side.times(best), side.refused);
        }
    }

    private static double round(Side side, Work work) throws InterruptedException {
        AtomicLong done = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        // What is given up at the end counts neither as done nor as time.
        AtomicLong nanosUntilLastDone = new AtomicLong(ROUND_NANOS);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long start = System.nanoTime();
        List<Thread> running = new ArrayList<>();
        for (Client client : side.clients) {
            running.add(Thread.ofPlatform().start(() -> {
                try {
                    long count = 0;
                    long doneAfter = 0;
                    while (System.nanoTime() - start < ROUND_NANOS && failure.get() == null) {
                        int again = client.run(work, side.nextKey, start + ROUND_NANOS);
                        if (again < 0) {
                            refused.addAndGet(-again);
                            break;
                        }
                        refused.addAndGet(again);
                        count++;
                        doneAfter = System.nanoTime() - start;
                    }
                    done.addAndGet(count);
                    nanosUntilLastDone.accumulateAndGet(doneAfter, Math::max);
                } catch (SQLException | RuntimeException failed) {
                    failure.compareAndSet(null, failed);
                }
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException(side.peer + " " + work, failure.get());
        }
        side.refused += refused.get();
        return done.get() * 1e9 / nanosUntilLastDone.get();
    }

    private void close() throws SQLException {
        for (Side side : sides) {
            for (Client client : side.clients) {
                client.close();
            }
        }
    }
}
