package org.coconutdb.bench.storage;

import java.util.Arrays;

/// Times of several things that take turns in rounds. A shared machine's speed drifts by half within minutes, so a ratio is taken within a
/// round, where all had the same machine, and the median over the rounds is told.
public final class Rounds {
    private final double[][] nanos;

    /// Nothing is measured yet.
    public Rounds(int things, int rounds) {
        this.nanos = new double[things][rounds];
    }

    /// What one took in a round.
    public void put(int thing, int round, double time) {
        nanos[thing][round] = time;
    }

    /// Of the rounds.
    public double median(int thing) {
        return median(nanos[thing]);
    }

    double quickest(int thing) {
        return Arrays.stream(nanos[thing]).min().orElseThrow();
    }

    /// How many times the other's time a thing takes.
    public double ratio(int thing, int other) {
        return median(ratios(thing, other));
    }

    /// The quarter and the three quarters of the ratios over the rounds: what a difference must pass to be one.
    String spread(int thing, int other) {
        double[] sorted = ratios(thing, other);
        Arrays.sort(sorted);
        return String.format("%.2f to %.2f", sorted[sorted.length / 4], sorted[sorted.length * 3 / 4]);
    }

    private double[] ratios(int thing, int other) {
        double[] ratios = new double[nanos[thing].length];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = nanos[thing][round] / nanos[other][round];
        }
        return ratios;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
