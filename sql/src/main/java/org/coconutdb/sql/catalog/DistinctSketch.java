package org.coconutdb.sql.catalog;

/// Counts different values, in 4 KiB whatever their number, to about 1.6 of 100: HyperLogLog (Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog: the
/// analysis of a near-optimal cardinality estimation algorithm", 2007), with hashes of 64 bits, which need none of its corrections for large numbers. One
/// thread.
final class DistinctSketch {
    private static final int INDEX_BITS = 12;
    private static final int REGISTERS = 1 << INDEX_BITS;
    private static final double ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

    private final byte[] registers = new byte[REGISTERS];

    /// @param hash of a value: alike for values that are, and spread over all of a long
    void add(long hash) {
        int register = (int) (hash >>> (Long.SIZE - INDEX_BITS));
        // The bit behind the hash ends the count.
        byte rank = (byte) (Long.numberOfLeadingZeros(hash << INDEX_BITS | 1L << (INDEX_BITS - 1)) + 1);
        if (rank > registers[register]) {
            registers[register] = rank;
        }
    }

    double estimate() {
        double sum = 0;
        int zeros = 0;
        for (byte register : registers) {
            sum += Math.scalb(1.0, -register);
            zeros += register == 0 ? 1 : 0;
        }
        double raw = ALPHA * REGISTERS * REGISTERS / sum;
        // Of few values: by the registers that none has met.
        return raw <= 2.5 * REGISTERS && zeros > 0 ? REGISTERS * Math.log((double) REGISTERS / zeros) : raw;
    }
}
