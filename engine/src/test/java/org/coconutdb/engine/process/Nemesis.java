package org.coconutdb.engine.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.coconutdb.engine.replication.ReplicationTiming;

/// What befalls a cluster, at random: the same seed does the same at about the same times. One thread.
final class Nemesis {
    private static final long HOUR_MICROS = TimeUnit.HOURS.toMicros(1);

    private final ProcessCluster cluster;
    private final RandomGenerator random;
    private final List<String> done = new ArrayList<>();

    Nemesis(ProcessCluster cluster, RandomGenerator random) {
        this.cluster = cluster;
        this.random = random;
    }

    /// What it has done, in a few words.
    List<String> done() {
        return done;
    }

    /// Works for a while, and leaves things as they are.
    void run(long millis) throws IOException, InterruptedException {
        if (random.nextInt(3) == 0) {
            clocks();
        }
        if (random.nextInt(3) == 0) {
            // Now, when all have all there is: what is lost is elsewhere.
            lose(random.nextInt(cluster.size()));
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - until < 0) {
            sleep(100, 1_500, until);
            act();
            sleep(200, 3_000, until);
            if (random.nextInt(4) > 0) {
                done.add("heal");
                cluster.heal();
            }
        }
    }

    private void sleep(int from, int to, long untilNanos) throws InterruptedException {
        long left = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
        TimeUnit.MILLISECONDS.sleep(Math.max(0, Math.min(left, random.nextInt(from, to))));
    }

    private int other(int host) {
        return (host + 1 + random.nextInt(cluster.size() - 1)) % cluster.size();
    }

    private void act() throws IOException, InterruptedException {
        int host = random.nextInt(cluster.size());
        switch (random.nextInt(21)) {
            case 0, 1, 2 -> kill(host);
            case 3 -> killAll();
            case 4, 5, 6 -> pause(host);
            case 7 -> {
                pause(host);
                pause(other(host));
            }
            case 8, 9 -> cut(host, other(host));
            case 10, 11 -> cutAll(host, true, true);
            case 12 -> {
                // Behind what may be an eviction.
                cutAll(host, true, true);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1_000, 3_000));
                kill(other(host));
            }
            case 13 -> cutAll(host, true, false);
            case 14 -> cutAll(host, false, true);
            case 15 -> {
                for (int each = 0; each < cluster.size(); each++) {
                    cutAll(each, true, false);
                }
            }
            case 16, 17 -> {
                int millis = random.nextInt(4) == 0 ? random.nextInt(500, 3_000) : random.nextInt(5, 200);
                done.add("sync of " + host + " +" + millis);
                cluster.slowDisk(host, millis);
            }
            case 18 -> {
                // For longer than connections are waited for: they are made anew.
                cutAll(host, true, true);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(3_100, 4_200));
            }
            default -> {
                int millis = random.nextInt(5, 150);
                done.add("apply at " + host + " +" + millis);
                cluster.slowApply(host, millis);
            }
        }
    }

    private void killAll() throws IOException, InterruptedException {
        done.add("kill all");
        for (int each = 0; each < cluster.size(); each++) {
            cluster.kill(each);
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
        cluster.startAll();
    }

    private void kill(int host) throws IOException, InterruptedException {
        done.add("kill " + host);
        cluster.kill(host);
        if (random.nextBoolean()) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
            cluster.start(host);
        }
    }

    private void lose(int host) throws IOException {
        done.add("disk of " + host + " lost");
        cluster.lose(host);
        cluster.start(host);
    }

    private void pause(int host) throws IOException {
        int millis = random.nextBoolean() ? random.nextInt(50, 700) : random.nextInt(700, 3_500);
        done.add("pause " + host + " " + millis);
        cluster.pause(host, millis);
    }

    private void cut(int from, int to) throws IOException, InterruptedException {
        done.add("cut " + from + ">" + to);
        cluster.cut(from, to);
    }

    private void cutAll(int host, boolean out, boolean in) throws IOException, InterruptedException {
        for (int other = 0; other < cluster.size(); other++) {
            if (other != host && out) {
                cut(host, other);
            }
            if (other != host && in) {
                cut(other, host);
            }
        }
    }

    /// Within what leases allow for, and any time of the day.
    private void clocks() {
        double drift = ReplicationTiming.DEFAULT.drift();
        for (int host = 0; host < cluster.size(); host++) {
            double rate = 1 + (random.nextDouble() - 0.5) * drift * 0.98;
            cluster.clockRate(host, rate);
            cluster.wallClock(host, random.nextLong(-HOUR_MICROS, HOUR_MICROS));
            done.add("clock of %d x%.4f".formatted(host, rate));
        }
    }
}
