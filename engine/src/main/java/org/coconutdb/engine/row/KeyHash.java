package org.coconutdb.engine.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A 64-bit hash of an encoded key: eight bytes at a time through a 64 × 64 → 128-bit multiplication whose halves are folded together
/// (the construction of wyhash, Wang Yi 2019). Well spread in all bits; not cryptographic, so where keys come from strangers the
/// seed must be one that they do not know.
public final class KeyHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    // Odd, half of the bits set: digits of the golden ratio and of the square roots of 3 and 5.
    private static final long WORD = 0x9E3779B97F4A7C15L;
    private static final long TAIL = 0xBB67AE8584CAA73BL;
    private static final long END = 0x3C6EF372FE94F82BL;

    private KeyHash() {}

    /// The hash under a seed, alike on all machines.
    public static long of(byte[] key, long seed) {
        long hash = seed ^ (key.length * END);
        int i = 0;
        for (; i + Long.BYTES <= key.length; i += Long.BYTES) {
            hash = fold(hash ^ (long) LONG.get(key, i), WORD);
        }
        if (i < key.length) {
            long tail = 0;
            for (int shift = 0; i < key.length; i++, shift += Byte.SIZE) {
                tail |= (key[i] & 0xFFL) << shift;
            }
            hash = fold(hash ^ tail, TAIL);
        }
        return fold(hash ^ WORD, END);
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
