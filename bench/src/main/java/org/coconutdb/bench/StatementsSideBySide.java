package org.coconutdb.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.coconutdb.bench.storage.Rounds;

/// Prepared statements over JDBC beside other databases in memory, one connection each, by turns in one process: a shared machine's speed
/// drifts, so a turn is short, and what is told is the median of the ratios within a round. Time is the connection's thread's CPU time,
/// which neighbours disturb least. Arguments: rows, rounds, and peers (all of [Peer#IN_MEMORY_ALONE] by default);
/// `-Dwork=INSERT` for one kind of statement only.
public final class StatementsSideBySide {
    private static final long TURN_NANOS = 60_000_000L;
    private static final int WARM_UP_ROUNDS = 25;
    private static final int BATCH_ROWS = 1000;
    private static final int RANGE = 100;
    /// Rows of one value of the column with an index.
    private static final int GROUP = 10;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    /// What is done, each statement a transaction of its own.
    private enum Work {
        POINT_SELECT("SELECT name, price, stock FROM item WHERE id = ?"),
        RANGE_OF_100("SELECT id, price FROM item WHERE id BETWEEN ? AND ? ORDER BY id"),
        INDEX_LOOKUP_OF_10("SELECT id, name, price FROM item WHERE maker = ?"),
        UPDATE("UPDATE item SET stock = ? WHERE id = ?"),
        INSERT("INSERT INTO item VALUES (?, ?, ?, ?, ?)");

        private final String text;

        Work(String text) {
            this.text = text;
        }

        /// A hash table looks at all rows for a range.
        boolean isFor(Peer peer) {
            return this != RANGE_OF_100 || peer != Peer.COCONUT_HASH_MEMORY;
        }
    }

    /// A peer, its connection and its statements.
    private static final class Side implements AutoCloseable {
        final Peer peer;
        private final Connection connection;
        private final Map<Work, PreparedStatement> statements = new EnumMap<>(Work.class);
        private final int rows;
        private long nextKey;
        private long consumed;

        Side(Peer peer, int rows) throws SQLException {
            this.peer = peer;
            this.rows = rows;
            connection = peer.connect(Path.of("."));
            peer.prepare(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "CREATE TABLE item (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40), price DECIMAL(12, 2), stock INT, maker INT)"
                                + peer
                                        .using());
                fill();
                statement.execute("CREATE INDEX item_maker ON item (maker)");
            }
            for (Work work : Work.values()) {
                statements.put(work, connection.prepareStatement(work.text));
            }
        }

        private void fill() throws SQLException {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(Work.INSERT.text)) {
                for (nextKey = 0; nextKey < rows; nextKey++) {
                    set(insert);
                    insert.addBatch();
                    if (nextKey % BATCH_ROWS == BATCH_ROWS - 1 || nextKey == rows - 1) {
                        insert.executeBatch();
                        connection.commit();
                    }
                }
            }
            connection.setAutoCommit(true);
        }

        /// Values of the column with an index lie scattered over the keys.
        private void set(PreparedStatement insert) throws SQLException {
            insert.setLong(1, nextKey);
            insert.setString(2, "the name of item " + nextKey);
            insert.setBigDecimal(3, BigDecimal.valueOf(nextKey * 7, 2));
            insert.setInt(4, (int) (nextKey % 1000));
            insert.setInt(5, (int) (nextKey % (rows / GROUP)));
        }

        /// Answers how many rows it read or wrote.
        private int run(Work work, SplittableRandom random) throws SQLException {
            PreparedStatement statement = Objects.requireNonNull(statements.get(work));
            switch (work) {
                case POINT_SELECT -> {
                    statement.setLong(1, random.nextInt(rows));
                    try (ResultSet row = statement.executeQuery()) {
                        int found = 0;
                        while (row.next()) {
                            consumed += row.getString(1).length() + row.getBigDecimal(2).signum() + row.getInt(3);
                            found++;
                        }
                        return found;
                    }
                }
                case RANGE_OF_100 -> {
                    int from = random.nextInt(rows - RANGE);
                    statement.setLong(1, from);
                    statement.setLong(2, from + RANGE - 1);
                    try (ResultSet row = statement.executeQuery()) {
                        int found = 0;
                        while (row.next()) {
                            consumed += row.getLong(1) + row.getBigDecimal(2).signum();
                            found++;
                        }
                        return found;
                    }
                }
                case INDEX_LOOKUP_OF_10 -> {
                    statement.setInt(1, random.nextInt(rows / GROUP));
                    try (ResultSet row = statement.executeQuery()) {
                        int found = 0;
                        while (row.next()) {
                            consumed += row.getLong(1) + row.getString(2).length() + row.getBigDecimal(3).signum();
                            found++;
                        }
                        return found;
                    }
                }
                case UPDATE -> {
                    statement.setInt(1, random.nextInt(1000));
                    statement.setLong(2, random.nextInt(rows));
                    return statement.executeUpdate();
                }
                case INSERT -> {
                    set(statement);
                    nextKey++;
                    return statement.executeUpdate();
                }
                default -> throw new IllegalStateException(work.name());
            }
        }

        /// Answers the nanoseconds of CPU that one takes, of as many as fit into a turn.
        double turn(Work work, SplittableRandom random) throws SQLException {
            long end = System.nanoTime() + TURN_NANOS;
            long start = CPU.getCurrentThreadCpuTime();
            int done = 0;
            do {
                int found = run(work, random);
                int least = switch (work) {
                    case RANGE_OF_100 -> RANGE;
                    case INDEX_LOOKUP_OF_10 -> GROUP;
                    default -> 1;
                };
                if (found < least) {
                    throw new IllegalStateException(peer + ", " + work + ": " + found + " rows");
                }
                done++;
            } while (System.nanoTime() - end < 0);
            return (double) (CPU.getCurrentThreadCpuTime() - start) / done;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    private StatementsSideBySide() {
    }

    /// Prints what a statement takes, and how many times the quickest peer's time that is.
    public static void main(String[] arguments) throws SQLException {
        int rows = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        List<Peer> peers = arguments.length > 2
                ? Arrays.stream(arguments).skip(2).map(Peer::valueOf).toList()
                : Peer.IN_MEMORY_ALONE;
        List<Side> sides = new ArrayList<>();
        for (Peer peer : peers) {
            sides.add(new Side(peer, rows));
            System.out.println(peer + " has " + rows + " rows");
        }
        String only = System.getProperty("work");
        for (Work work : only == null ? Work.values() : new Work[] {Work.valueOf(only)}) {
            measure(work, sides, rounds);
        }
        for (Side side : sides) {
            System.out.println(side.peer + " read " + side.consumed);
            side.close();
        }
    }

    private static void measure(Work work, List<Side> all, int rounds) throws SQLException {
        List<Side> sides = all.stream().filter(side -> work.isFor(side.peer)).toList();
        SplittableRandom random = new SplittableRandom(1);
        Rounds times = new Rounds(sides.size(), rounds);
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            for (int side = 0; side < sides.size(); side++) {
                double nanos = sides.get(side).turn(work, random);
                if (round >= 0) {
                    times.put(side, round, nanos);
                }
            }
        }
        for (int side = 0; side < sides.size(); side++) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-20s %-22s %9.0f ns", work, sides.get(side).peer, times
                    .median(side)));
            if (sides.get(side).peer.isCoconut()) {
                for (int other = 0; other < sides.size(); other++) {
                    if (!sides.get(other).peer.isCoconut()) {
                        line.append(String.format(Locale.ROOT, "  %s %.2f ×", sides.get(other).peer, times.ratio(other, side)));
                    }
                }
            }
            System.out.println(line);
        }
    }
}
