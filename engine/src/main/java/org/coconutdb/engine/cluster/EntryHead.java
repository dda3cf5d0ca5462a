package org.coconutdb.engine.cluster;

import java.nio.ByteBuffer;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What the primary says of all commands of an entry. Big-endian: `| timestamp 8 | wallMicros 8 | lowWater 8 |`.
///
/// @param timestamp of what the entry commits; [#UNTIMED] where nobody could give one out, so that only [ReplicaCommand.Reserve] has an effect
/// @param wallMicros the primary's time, in microseconds since 1970
/// @param lowWater no transaction that any host goes on with reads below it, as the entry's commits are judged
record EntryHead(long timestamp, long wallMicros, long lowWater) {
    static final long UNTIMED = 0;
    private static final int BYTES = 3 * Long.BYTES;

    byte[] encode() {
        return ByteBuffer.allocate(BYTES).putLong(timestamp).putLong(wallMicros).putLong(lowWater).array();
    }

    static EntryHead decode(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                    .with("headBytes", bytes.length)
                    .mend("The block's log was written by another version, or is damaged.");
        }
        ByteBuffer from = ByteBuffer.wrap(bytes);
        return new EntryHead(from.getLong(), from.getLong(), from.getLong());
    }

    boolean isTimed() {
        return timestamp != UNTIMED;
    }
}
