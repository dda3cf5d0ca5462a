package org.coconutdb.engine;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.coconutdb.engine.replication.CommitRule;

/// The directory's row of a block space's settings, of a space whose entries need the votes of all: what of its rule may change while it lives. Big-endian.
/// ```
///  | format 1 (1) | voteTimeoutNanos 8 | minVoters 4 (0: more than half) |
/// ```
record SettingsRow(long voteTimeoutNanos, OptionalInt minVoters) {
    private static final byte FORMAT = 1;

    static SettingsRow of(CommitRule rule) {
        return new SettingsRow(rule.voteTimeoutNanos(), rule.minVoters());
    }

    /// The space's rule with these.
    CommitRule in(CommitRule rule) {
        return rule.with(voteTimeoutNanos, minVoters);
    }

    byte[] encode() {
        return ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES).put(FORMAT).putLong(voteTimeoutNanos).putInt(minVoters.orElse(0))
                .array();
    }

    /// BROKEN_INVARIANT where another version has written it.
    static SettingsRow decode(byte[] row) {
        return ClusterRows.decode("settings of a block space", FORMAT, row, bytes -> {
            long voteTimeoutNanos = bytes.getLong();
            int minVoters = bytes.getInt();
            if (voteTimeoutNanos <= 0 || minVoters < 0) {
                throw new IllegalArgumentException("a vote timeout of " + voteTimeoutNanos + " ns, and " + minVoters + " voters");
            }
            return new SettingsRow(voteTimeoutNanos, minVoters == 0 ? OptionalInt.empty() : OptionalInt.of(minVoters));
        });
    }
}
