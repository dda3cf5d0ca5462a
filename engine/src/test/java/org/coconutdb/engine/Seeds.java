package org.coconutdb.engine;

import java.util.Random;
import java.util.stream.LongStream;

/// Seeds of the tests that use chance: the same in every run, unless `-Dseed=…` names one.
public final class Seeds {
    private Seeds() {}

    public static LongStream of(int count) {
        String chosen = System.getProperty("seed");
        return chosen == null ? LongStream.rangeClosed(1, count) : LongStream.of(Long.parseLong(chosen, 16));
    }

    public static Random random(long seed) {
        return new Random(seed);
    }

    /// Stands in the message of a failure.
    public static String rerun(Class<?> test, String method, long seed) {
        return "rerun: ./mvnw -pl engine test -Dtest=" + test.getSimpleName() + "#" + method + " -DargLine.seed=-Dseed=" + Long.toHexString(
                seed);
    }
}
