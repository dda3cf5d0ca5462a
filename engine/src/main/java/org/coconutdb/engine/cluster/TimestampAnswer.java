package org.coconutdb.engine.cluster;

import java.nio.ByteBuffer;

/// What the source of timestamps says. Big-endian: `| timestamp 8 | lowWater 8 | count 4 | issued 8 … |`.
///
/// @param timestamp the one that was asked for: given out, or the last that was
/// @param lowWater nobody reads below it, as far as hosts have told
/// @param issued by block, the last timestamp that was given out for an entry of it, or an upper bound
record TimestampAnswer(long timestamp, long lowWater, long[] issued) {
    byte[] encode() {
        ByteBuffer into = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES + issued.length * Long.BYTES);
        into.putLong(timestamp).putLong(lowWater).putInt(issued.length);
        for (long each : issued) {
            into.putLong(each);
        }
        return into.array();
    }

    static TimestampAnswer decode(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        long timestamp = from.getLong();
        long lowWater = from.getLong();
        long[] issued = new long[from.getInt()];
        for (int i = 0; i < issued.length; i++) {
            issued[i] = from.getLong();
        }
        return new TimestampAnswer(timestamp, lowWater, issued);
    }
}
