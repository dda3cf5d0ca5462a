package org.coconutdb.sql.isolation.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.coconutdb.engine.history.History;
import org.coconutdb.engine.history.History.Operation;
import org.coconutdb.engine.history.History.Outcome;
import org.coconutdb.engine.history.History.Transaction;
import org.coconutdb.engine.history.HistoryChecker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random transactions of eight connections at once, checked afterwards for strict serializability. `-Dhistory.seconds=60` makes it longer.
class HistoryIT {
    private static final int SECONDS = Integer.getInteger("history.seconds", 4);
    private static final int CONNECTIONS = 8;

    @TempDir private Path directory;

    /// What is told of each transaction; called by any thread.
    private interface Listener {
        /// Before its commit is asked for.
        void asking(String name, long invoked, List<Operation> operations);

        void ended(String name, long completed, Outcome outcome);
    }

    /// Runs clients until told to stop; their first failure that is none of the kind that every client meets, or null.
    private static void runClients(String url, int level, long seed, AtomicInteger values, AtomicBoolean stop, Listener listener)
            throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int client = i;
            clients.add(Thread.ofPlatform().start(() -> {
                try (Connection connection = DriverManager.getConnection(url)) {
                    connection.setTransactionIsolation(level);
                    connection.setAutoCommit(false);
                    Random random = new Random(seed * CONNECTIONS + client);
                    for (int number = 0; !stop.get(); number++) {
                        transaction(connection, random, values, seed + "." + client + "." + number, listener);
                    }
                } catch (SQLException | RuntimeException failed) {
                    failure.compareAndSet(null, failed);
                    stop.set(true);
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(failure.get()).as("seed %s", seed).isNull();
    }

    private static void transaction(Connection connection, Random random, AtomicInteger values, String name, Listener listener)
            throws SQLException {
        long invoked = System.nanoTime();
        List<Operation> operations = List.of();
        try {
            operations = Workload.run(connection, random, values);
            if (random.nextInt(12) == 0) {
                connection.rollback();
                listener.asking(name, invoked, operations);
                listener.ended(name, System.nanoTime(), Outcome.ABORTED);
                return;
            }
            listener.asking(name, invoked, operations);
            connection.commit();
            listener.ended(name, System.nanoTime(), Outcome.COMMITTED);
        } catch (SQLException refused) {
            connection.rollback();
            if (!"40001".equals(refused.getSQLState())) {
                throw refused;
            }
            listener.ended(name, System.nanoTime(), Outcome.ABORTED);
        }
    }

    /// Collects a history from what listeners are told.
    private static final class Collected implements Listener {
        private final Map<String, Transaction> open = new HashMap<>();
        private final List<Transaction> ended = new ArrayList<>();

        @Override
        public synchronized void asking(String name, long invoked, List<Operation> operations) {
            open.put(name, new Transaction(name, operations, invoked, 0, Outcome.UNKNOWN));
        }

        @Override
        public synchronized void ended(String name, long completed, Outcome outcome) {
            Transaction asked = open.remove(name);
            if (asked != null) {
                ended.add(new Transaction(name, asked.operations(), asked.invoked(), completed, outcome));
            }
        }

        synchronized long committed() {
            return ended.stream().filter(transaction -> transaction.outcome() == Outcome.COMMITTED).count();
        }

        /// The greatest value of those that may be committed; 0: none.
        synchronized int lastValue() {
            return Stream.concat(ended.stream(), open.values().stream())
                    .flatMap(transaction -> transaction.operations().stream())
                    .mapToInt(operation -> switch (operation) {
                        case History.Append append -> append.value();
                        case History.Write write -> write.value();
                        case History.Read _,History.Get _ -> 0;
                    })
                    .max()
                    .orElse(0);
        }

        /// With a last transaction that reads everything.
        synchronized History history(Connection connection) throws SQLException {
            List<Transaction> all = new ArrayList<>(ended);
            all.addAll(open.values());
            connection.setAutoCommit(false);
            long invoked = System.nanoTime();
            List<Operation> reads = Workload.readAll(connection, lastValue());
            connection.commit();
            all.add(new Transaction("last", reads, invoked, System.nanoTime(), Outcome.COMMITTED));
            return new History(all);
        }
    }

    private static long count(History history, Outcome outcome) {
        return history.transactions().stream().filter(each -> each.outcome() == outcome).count();
    }

    private static String summary(History history) {
        return "committed " + count(history, Outcome.COMMITTED) + ", refused or rolled back " + count(history, Outcome.ABORTED)
                + ", unknown " + count(history, Outcome.UNKNOWN);
    }

    private History runFor(int seconds, String url, int level, long seed) throws Exception {
        Collected collected = new Collected();
        AtomicBoolean stop = new AtomicBoolean();
        try (Connection keeper = DriverManager.getConnection(url)) {
            Workload.create(keeper);
            Thread timer = Thread.ofPlatform().daemon().start(() -> {
                try {
                    TimeUnit.SECONDS.sleep(seconds);
                    while (collected.committed() <= 50) {
                        TimeUnit.MILLISECONDS.sleep(50);
                    }
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                stop.set(true);
            });
            runClients(url, level, seed, new AtomicInteger(), stop, collected);
            timer.join();
            return collected.history(keeper);
        }
    }

    @Test
    void transactionsOfManyConnectionsAreStrictlySerializable() throws Exception {
        long seed = Long.getLong("seed", 20261123L);
        History history = runFor(SECONDS, "jdbc:coconut:mem:history;memory.lock=off;blocks=4;query.parallelism=3;query.parallel.rows=0",
                Connection.TRANSACTION_SERIALIZABLE, seed);

        System.out.println("history: " + summary(history) + ", seed " + seed);
        assertThat(HistoryChecker.check(history)).as("seed %s", seed).isEmpty();
        assertThat(count(history, Outcome.COMMITTED)).isGreaterThan(50);
    }

    /// Else the test above might find nothing whatever happens.
    @Test
    void theSameFindsWhatWeakerLevelsLetPass() throws Exception {
        long seed = Long.getLong("seed", 20261123L);
        History repeatable =
                runFor(SECONDS, "jdbc:coconut:mem:history;memory.lock=off;blocks=4;query.parallelism=3;query.parallel.rows=0",
                        Connection.TRANSACTION_REPEATABLE_READ, seed);

        List<String> anomalies = HistoryChecker.check(repeatable);
        assertThat(anomalies).as("write skew, seed %s", seed).anySatisfy(line -> assertThat(line).startsWith("G2:"));
        assertThat(anomalies).as("nothing else, seed %s", seed).allSatisfy(line -> assertThat(line).contains("G2:"));
    }

    @Test
    void killsInBetweenLoseNothingAcknowledged() throws Exception {
        long seed = Long.getLong("seed", 20261123L);
        Random random = new Random(seed);
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=4;checkpoint.log.bytes=256KB";
        Collected collected = new Collected();
        // More on a machine that does little in the time.
        for (int round = 0; round < Math.max(2, SECONDS / 2) || (collected.committed() <= 20 && round < 100); round++) {
            runAndKill(url, seed + round, collected.lastValue(), 200 + random.nextInt(1500), collected);
        }
        History history;
        try (Connection connection = DriverManager.getConnection(url)) {
            history = collected.history(connection);
        }
        System.out.println("history with kills: " + summary(history) + ", seed " + seed);
        assertThat(HistoryChecker.check(history)).as("seed %s", seed).isEmpty();
        assertThat(count(history, Outcome.COMMITTED)).isGreaterThan(20);
    }

    private static void runAndKill(String url, long seed, int lastValue, int millis, Collected collected)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.add("@" + Path.of("../jvm.flags").toAbsolutePath().normalize());
        command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), Clients.class.getName(), url, Long.toString(seed),
                Integer.toString(lastValue)));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread killer = Thread.ofPlatform().unstarted(() -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            // By its handle: Process#destroyForcibly would close the pipe too, with what it said still in it.
            process.toHandle().destroyForcibly();
        });
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A line that the kill cut short has no end mark.
                if (line.endsWith(";")) {
                    hear(line.substring(0, line.length() - 1).split("\t", -1), collected);
                    // A new process takes a while to plan its first statements.
                    if (killer.getState() == Thread.State.NEW) {
                        killer.start();
                    }
                }
            }
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            killer.join();
        }
    }

    private static void hear(String[] words, Collected collected) {
        if (words[0].equals("asking")) {
            List<Operation> operations = Arrays.stream(words).skip(3).map(Workload::operation).toList();
            collected.asking(words[1], Long.parseLong(words[2]), operations);
        } else {
            collected.ended(words[1], Long.parseLong(words[2]), Outcome.valueOf(words[3]));
        }
    }

    /// The process that is killed: says each transaction before it asks for its commit, and how it ended. Its clock is the parent's:
    /// nanoTime counts from the start of the machine.
    static final class Clients {
        private Clients() {}

        public static void main(String[] arguments) throws Exception {
            Thread.ofPlatform().daemon().start(() -> {
                // Ends with its parent, should that be killed before it kills.
                try {
                    while (System.in.read() >= 0) {
                        continue;
                    }
                } catch (IOException gone) {
                    // The same.
                }
                Runtime.getRuntime().halt(1);
            });
            try (Connection keeper = DriverManager.getConnection(arguments[0])) {
                Workload.create(keeper);
                runClients(arguments[0], Connection.TRANSACTION_SERIALIZABLE, Long.parseLong(arguments[1]),
                        new AtomicInteger(Integer.parseInt(arguments[2])), new AtomicBoolean(), new Listener() {
                            @Override
                            public void asking(String name, long invoked, List<Operation> operations) {
                                StringBuilder line = new StringBuilder("asking\t").append(name).append('\t').append(invoked);
                                operations.forEach(operation -> line.append('\t').append(Workload.text(operation)));
                                say(line.append(';').toString());
                            }

                            @Override
                            public void ended(String name, long completed, Outcome outcome) {
                                say("ended\t" + name + "\t" + completed + "\t" + outcome + ";");
                            }
                        });
            }
        }

        private static void say(String line) {
            synchronized (Clients.class) {
                System.out.println(line);
                System.out.flush();
            }
        }
    }
}
