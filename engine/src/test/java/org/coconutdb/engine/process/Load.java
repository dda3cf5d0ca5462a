package org.coconutdb.engine.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.coconutdb.engine.history.History;
import org.coconutdb.engine.history.History.Get;
import org.coconutdb.engine.history.History.Operation;
import org.coconutdb.engine.history.History.Outcome;
import org.coconutdb.engine.history.History.Transaction;
import org.coconutdb.engine.history.RegisterChecker;

/// Clients of a cluster during one run: each does one thing after the other, each at a host that it picks, and all of it is noted. Any thread.
///
/// A run has keys of its own: registers that are written blindly, judged by [RegisterChecker]; lists, and registers that who writes has read, judged with everything that is a
/// transaction by [org.coconutdb.engine.history.HistoryChecker].
final class Load {
    private static final int REGISTERS = 6;
    private static final int LISTS = 8;
    private static final int COUNTED = 3;
    // Who waits for longer goes elsewhere, so that something is seen while hosts are away; who is last waits.
    private static final int ANSWER_MILLIS_MAX = 1_500;
    private static final int LAST_MILLIS_MAX = 8_000;
    private static final int DOWN_MILLIS = 50;
    private static final int PAUSE_MILLIS_MAX = 12;

    private final ProcessCluster cluster;
    private final int run;
    private final AtomicInteger values = new AtomicInteger();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicInteger aborted = new AtomicInteger();
    private final List<Transaction> transactions = Collections.synchronizedList(new ArrayList<>());
    private final List<RegisterChecker.Operation> registers = Collections.synchronizedList(new ArrayList<>());
    private final List<String> broken = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> clients = new ArrayList<>();

    /// @param run number of the run, which its keys have
    Load(ProcessCluster cluster, int run) {
        this.cluster = cluster;
        this.run = run;
    }

    void start(int clientCount, RandomGenerator.SplittableGenerator seeds) {
        for (int i = 0; i < clientCount; i++) {
            RandomGenerator random = seeds.split();
            String name = "c" + i;
            clients.add(Thread.ofPlatform().name(name).start(() -> client(name, random)));
        }
    }

    /// Returns when all clients have ended.
    void stop() throws InterruptedException {
        isOver.set(true);
        for (Thread client : clients) {
            client.join();
        }
    }

    /// What hosts answered that they never should.
    List<String> broken() {
        synchronized (broken) {
            return List.copyOf(broken);
        }
    }

    History history() {
        synchronized (transactions) {
            return new History(List.copyOf(transactions));
        }
    }

    RegisterChecker registers() {
        RegisterChecker checker = new RegisterChecker();
        synchronized (registers) {
            registers.forEach(checker::add);
        }
        return checker;
    }

    String summary() {
        History history = history();
        long committed = history.transactions().stream().filter(each -> each.outcome() == Outcome.COMMITTED).count();
        long unknown = history.transactions().stream().filter(each -> each.outcome() == Outcome.UNKNOWN).count();
        synchronized (registers) {
            long unknownWrites = registers.stream().filter(each -> each.ended() == RegisterChecker.NEVER).count();
            return "transactions " + committed + " (unknown " + unknown + "), registers " + (registers.size() - unknownWrites)
                    + " (unknown "
                    + unknownWrites + "), refused " + aborted;
        }
    }

    private void client(String name, RandomGenerator random) {
        List<HostClient> hosts = new ArrayList<>();
        for (int host = 0; host < cluster.size(); host++) {
            hosts.add(new HostClient(cluster, host));
        }
        try {
            for (int number = 0; !isOver.get(); number++) {
                int host = random.nextInt(hosts.size());
                step(hosts.get(host), name + "." + number + "@" + host, random, ANSWER_MILLIS_MAX);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(PAUSE_MILLIS_MAX));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failure) {
            broken.add(name + ": " + failure);
        } finally {
            hosts.forEach(HostClient::close);
        }
    }

    private void step(HostClient host, String name, RandomGenerator random, int millisMax) {
        switch (random.nextInt(10)) {
            case 0, 1 -> writeRegister(host, name, random.nextInt(REGISTERS), millisMax);
            case 2, 3, 4 -> readRegister(host, name, random.nextInt(REGISTERS), millisMax);
            case 5 -> transaction(host, name, "lookup", List.of("r:" + list(random)), millisMax);
            case 6 -> transaction(host, name, "read", reads(random), millisMax);
            default -> transaction(host, name, "write", writes(random), millisMax);
        }
    }

    // ---- registers

    private boolean writeRegister(HostClient host, String name, int number, int millisMax) {
        String key = key(OperationText.REGISTERS, number);
        int value = values.incrementAndGet();
        long began = System.nanoTime();
        String answer = ask(host, "write w:" + key + ":" + value, millisMax);
        long ended = switch (word(answer)) {
            case "ok" -> System.nanoTime();
            case "unknown" -> RegisterChecker.NEVER;
            default -> 0;
        };
        if (ended != 0) {
            registers.add(new RegisterChecker.Operation(key, true, value, name, began, ended));
        }
        return ended != 0 && ended != RegisterChecker.NEVER;
    }

    private boolean readRegister(HostClient host, String name, int number, int millisMax) {
        String key = key(OperationText.REGISTERS, number);
        long began = System.nanoTime();
        String answer = ask(host, "lookup g:" + key, millisMax);
        if (!word(answer).equals("ok")) {
            return false;
        }
        int value = ((Get) OperationText.read(answer.substring("ok ".length()))).value();
        registers.add(new RegisterChecker.Operation(key, false, value, name, began, System.nanoTime()));
        return true;
    }

    // ---- transactions

    private String key(String table, int number) {
        return table + run + "." + number;
    }

    private String list(RandomGenerator random) {
        return key(random.nextBoolean() ? OperationText.HASHED : OperationText.SORTED, random.nextInt(LISTS));
    }

    private String scan(String table) {
        return "s:" + table + run + ":" + LISTS;
    }

    private List<String> reads(RandomGenerator random) {
        List<String> words = new ArrayList<>();
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            words.add(switch (random.nextInt(4)) {
                case 0 -> scan(OperationText.HASHED);
                case 1 -> scan(OperationText.SORTED);
                case 2 -> "g:" + key(OperationText.COUNTED, random.nextInt(COUNTED));
                default -> "r:" + list(random);
            });
            pause(random, words);
        }
        return words;
    }

    private List<String> writes(RandomGenerator random) {
        List<String> words = new ArrayList<>();
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    String key = key(OperationText.COUNTED, random.nextInt(COUNTED));
                    words.add("g:" + key);
                    words.add("w:" + key + ":" + values.incrementAndGet());
                }
                case 1 -> words.add("r:" + list(random));
                case 2 -> words.add(scan(random.nextBoolean() ? OperationText.HASHED : OperationText.SORTED));
                default -> words.add("a:" + list(random) + ":" + values.incrementAndGet());
            }
            pause(random, words);
        }
        return words;
    }

    /// Mostly for no time; now and then for longer than a lease.
    private static void pause(RandomGenerator random, List<String> words) {
        switch (random.nextInt(40)) {
            case 0 -> words.add("p:" + random.nextInt(300, 1_200));
            case 1, 2, 3, 4 -> words.add("p:" + random.nextInt(1, 20));
            default -> {
                // At once.
            }
        }
    }

    private boolean transaction(HostClient host, String name, String kind, List<String> words, int millisMax) {
        long invoked = System.nanoTime();
        String answer = ask(host, kind + " " + String.join(" ", words), millisMax);
        long completed = System.nanoTime();
        switch (word(answer)) {
            case "ok" -> {
                List<Operation> operations = Arrays.stream(answer.substring("ok ".length()).split(" ")).map(OperationText::read).toList();
                transactions.add(new Transaction(name, operations, invoked, completed, Outcome.COMMITTED));
                return true;
            }
            case "unknown" -> ended(name, kind, words, invoked, Outcome.UNKNOWN);
            default -> ended(name, kind, words, invoked, Outcome.ABORTED);
        }
        return false;
    }

    /// What it has written may be seen, or must not be; what it has read is not known.
    private void ended(String name, String kind, List<String> words, long invoked, Outcome outcome) {
        if (kind.equals("write")) {
            List<Operation> writes = words.stream().filter(word -> word.startsWith("a:") || word.startsWith("w:")).map(OperationText::read)
                    .toList();
            transactions.add(new Transaction(name, writes, invoked, System.nanoTime(), outcome));
        }
    }

    // ---- asking

    private static String word(String answer) {
        int space = answer.indexOf(' ');
        return space < 0 ? answer : answer.substring(0, space);
    }

    private String ask(HostClient host, String request, int millisMax) {
        String answer;
        try {
            answer = host.ask(request, millisMax);
        } catch (HostClient.NoAnswerException lost) {
            answer = "unknown";
        } catch (IOException down) {
            answer = "aborted DOWN";
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(DOWN_MILLIS));
        }
        switch (word(answer)) {
            case "ok", "unknown" -> {
                // As it should be.
            }
            case "aborted" -> aborted.incrementAndGet();
            default -> broken.add(request + " -> " + answer.replace('|', '\n'));
        }
        return answer;
    }

    // ---- the end

    /// Writes and then reads everything at a host, each until it is done.
    ///
    /// @param untilNanos of System.nanoTime
    /// @return whether all was done in time
    boolean finish(int host, long untilNanos) throws InterruptedException {
        String name = "last@" + host;
        try (HostClient client = new HostClient(cluster, host)) {
            List<String> everything = new ArrayList<>(List.of(scan(OperationText.HASHED), scan(OperationText.SORTED)));
            for (int i = 0; i < COUNTED; i++) {
                everything.add("g:" + key(OperationText.COUNTED, i));
            }
            boolean isDone = until(untilNanos, () -> writeRegister(client, name, 0, LAST_MILLIS_MAX))
                    && until(untilNanos, () -> transaction(client, name, "write", List.of("a:" + key(OperationText.HASHED, 0) + ":" + values
                            .incrementAndGet(), "a:" + key(OperationText.SORTED, 0) + ":" + values.incrementAndGet()), LAST_MILLIS_MAX))
                    && until(untilNanos, () -> transaction(client, name, "read", everything, LAST_MILLIS_MAX));
            for (int i = 0; i < REGISTERS && isDone; i++) {
                int register = i;
                isDone = until(untilNanos, () -> readRegister(client, name, register, LAST_MILLIS_MAX));
            }
            return isDone;
        }
    }

    private interface Attempt {
        boolean run();
    }

    private static boolean until(long untilNanos, Attempt attempt) throws InterruptedException {
        while (!attempt.run()) {
            if (System.nanoTime() - untilNanos >= 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return true;
    }

    /// Everything that clients wrote, for who looks for the cause of what was found.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        synchronized (registers) {
            registers.forEach(operation -> lines.add(operation.toString()));
        }
        for (Transaction transaction : history().transactions()) {
            lines.add(transaction.name() + " " + transaction.outcome() + " from " + transaction.invoked() + " to " + transaction.completed()
                    + ": "
                    + transaction.operations().stream().map(OperationText::of).collect(Collectors.joining(" ")));
        }
        return lines;
    }
}
