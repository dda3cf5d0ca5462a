package org.coconutdb.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/// How long a statement goes on after it was cancelled, whatever operator is at work: milliseconds from `Statement.cancel` until the statement has
/// failed, at random moments of statements that would run for minutes or hours; and of it what the garbage collector has stopped the process for. Argument: rounds of each.
/// ```
/// java @jvm.flags -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.CancelLatency 20
/// ```
public final class CancelLatency {
    private static final String LONG = "TABLE(GENERATE_SERIES(1, 1000000000000))";
    private static final String SHORT = "TABLE(GENERATE_SERIES(1, 200000))";
    private static final int TABLE_ROWS = 500_000;
    private static final int BATCH_ROWS = 5_000;
    // A cancel of a statement that has not begun is none.
    private static final int BEFORE_MIN_MILLIS = 50;
    private static final int BEFORE_MAX_MILLIS = 600;
    private static final long TOLD_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final List<String> STATEMENTS = List.of(
            "SELECT COUNT(*) FROM %l AS s (i)",
            "SELECT i FROM %l AS s (i) ORDER BY i DESC",
            "SELECT i, COUNT(*) FROM %l AS s (i) GROUP BY i",
            "SELECT DISTINCT i FROM %l AS s (i)",
            "SELECT a.i FROM %s AS a (i) JOIN %l AS b (i) ON a.i = b.i",
            "SELECT b.i FROM %l AS b (i) JOIN %s AS a (i) ON a.i = b.i + 1000000",
            "SELECT COUNT(*) FROM %s AS a (i) JOIN %s AS b (i) ON a.i + b.i < 0",
            "SELECT COUNT(*) FROM %s AS a (i) WHERE NOT EXISTS (SELECT 1 FROM %s AS b (i) WHERE b.i + a.i < 0)",
            "SELECT i FROM %l AS s (i) UNION SELECT 1",
            "SELECT i FROM %s AS s (i) EXCEPT ALL SELECT i FROM %l AS t (i)",
            "SELECT i, SUM(i) OVER (PARTITION BY i) FROM %l AS s (i)",
            "SELECT SUM(x) FROM (SELECT MAX(-i) OVER (ORDER BY i ROWS BETWEEN 90000 PRECEDING AND 90000 FOLLOWING) AS x FROM %s AS s (i))",
            "WITH RECURSIVE n (i) AS (VALUES 1 UNION ALL SELECT i + 1 FROM n WHERE i > 0) SELECT COUNT(*) FROM n",
            "SELECT COUNT(*) FROM t a, t b WHERE a.n + b.n < 0",
            "SELECT a.n, COUNT(*) FROM t a, t b WHERE a.m = b.m GROUP BY a.n",
            "SELECT COUNT(*) FROM %l AS s (i), LATERAL (SELECT COUNT(*) AS c FROM t WHERE m = MOD(s.i, 1000)) AS x");

    private CancelLatency() {}

    /// Prints the median and the largest of each statement, and of all.
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        Random random = new Random(1);
        List<Cancel> all = new ArrayList<>();
        Pauses pauses = new Pauses();
        try (Connection connection = DriverManager.getConnection("jdbc:coconut:mem:cancelled;blocks=4");
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            fill(connection);
            for (String template : STATEMENTS) {
                String sql = template.replace("%l", LONG).replace("%s", SHORT);
                List<Cancel> cancels = new ArrayList<>();
                for (int round = -1; round < rounds; round++) {
                    Cancel cancel = cancelled(connection, sql, thread, random.nextInt(BEFORE_MIN_MILLIS, BEFORE_MAX_MILLIS));
                    // The first is planned.
                    if (round >= 0) {
                        cancels.add(cancel);
                    }
                }
                pauses.awaitTold();
                report(cancels, pauses, sql);
                all.addAll(cancels);
            }
            report(all, pauses, "all");
            System.out.println(pauses);
        }
    }

    private static void fill(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (n INT PRIMARY KEY, m INT)");
            for (int first = 0; first < TABLE_ROWS; first += BATCH_ROWS) {
                statement.execute("INSERT INTO t SELECT i, MOD(i, 1000) FROM TABLE(GENERATE_SERIES(" + first + ", " + (first + BATCH_ROWS
                        - 1)
                        + ")) AS s (i)");
            }
        }
    }

    private static Cancel cancelled(Connection connection, String sql, ExecutorService thread, int before) throws Exception {
        try (Statement statement = connection.createStatement()) {
            Future<Long> ended = thread.submit(() -> ended(statement, sql));
            Thread.sleep(before);
            long startMillis = ManagementFactory.getRuntimeMXBean().getUptime();
            long start = System.nanoTime();
            statement.cancel();
            return new Cancel(startMillis, (ended.get() - start) / 1e6);
        }
    }

    /// When it failed.
    private static long ended(Statement statement, String sql) {
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                // Read on.
            }
            throw new IllegalStateException("came to its end: " + sql);
        } catch (SQLException failure) {
            long now = System.nanoTime();
            if (!"57014".equals(failure.getSQLState())) {
                throw new IllegalStateException(sql, failure);
            }
            return now;
        }
    }

    private static void report(List<Cancel> cancels, Pauses pauses, String what) {
        double[] millis = cancels.stream().mapToDouble(Cancel::millis).sorted().toArray();
        double own = cancels.stream().mapToDouble(pauses::without).max().orElse(0);
        long paused = cancels.stream().filter(cancel -> cancel.millis() - pauses.without(cancel) > 1).count();
        System.out.printf("median %6.1f ms, largest %6.1f ms, without pauses %6.1f ms, %d of %d fell into pauses  %s%n",
                millis[millis.length / 2],
                millis[millis.length - 1], own, paused, millis.length, what);
    }

    /// @param startMillis since the process began
    private record Cancel(long startMillis, double millis) {}

    private record Pause(long startMillis, long endMillis) {}

    /// What the garbage collector has stopped the process for. It is told in whole milliseconds.
    private static final class Pauses {
        private final Collection<Pause> pauses = new ConcurrentLinkedQueue<>();
        private final List<GarbageCollectorMXBean> collectors = new ArrayList<>();
        private final long before;

        Pauses() {
            for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                // Those that work beside the process stop it for moments, which others tell.
                boolean stops = !collector.getName().contains("Concurrent") && !collector.getName().contains("Cycles");
                if (stops && collector instanceof NotificationEmitter emitter) {
                    collectors.add(collector);
                    emitter.addNotificationListener((notification, _) -> {
                        if (notification.getUserData() instanceof CompositeData data) {
                            GcInfo gc = GarbageCollectionNotificationInfo.from(data).getGcInfo();
                            pauses.add(new Pause(gc.getStartTime(), gc.getEndTime()));
                        }
                    }, null, null);
                }
            }
            before = collections();
        }

        private long collections() {
            return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
        }

        /// The JVM tells of its pauses a moment later.
        void awaitTold() {
            long until = System.nanoTime() + TOLD_NANOS_MAX;
            while (pauses.size() < collections() - before && System.nanoTime() - until < 0) {
                Thread.onSpinWait();
            }
        }

        /// How long a cancel took beside them.
        double without(Cancel cancel) {
            double endMillis = cancel.startMillis() + cancel.millis();
            double paused = 0;
            for (Pause pause : pauses) {
                paused += Math.max(0, Math.min(endMillis, (double) pause.endMillis()) - (double) Math.max(cancel.startMillis(), pause
                        .startMillis()));
            }
            return Math.max(0, cancel.millis() - paused);
        }

        @Override
        public String toString() {
            return "pauses of the garbage collector: " + pauses.size() + ", the longest " + pauses.stream()
                    .mapToLong(pause -> pause.endMillis() - pause.startMillis()).max().orElse(0) + " ms";
        }
    }
}
