package org.coconutdb.engine.cluster;

import java.nio.ByteBuffer;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.commit.CommandCodec;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// A command of a replicated log, as bytes: `| 0 | command as in an embedded log |` or `| 1 | count 8 |`, big-endian.
sealed interface ReplicaCommand {
    /// What happens to the block.
    record Change(BlockCommand command) implements ReplicaCommand {}

    /// The directory's block: so many timestamps above all that were reserved before are the proposer's. Answers the last of those before.
    record Reserve(long count) implements ReplicaCommand {}

    byte CHANGE = 0;
    byte RESERVE = 1;

    static byte[] encode(BlockCommand command) {
        byte[] encoded = CommandCodec.toBytes(command);
        byte[] bytes = new byte[1 + encoded.length];
        System.arraycopy(encoded, 0, bytes, 1, encoded.length);
        return bytes;
    }

    static byte[] encode(Reserve reserve) {
        return ByteBuffer.allocate(1 + Long.BYTES).put(RESERVE).putLong(reserve.count()).array();
    }

    /// DATA_CORRUPTED where it is none.
    static ReplicaCommand decode(byte[] bytes) {
        if (bytes.length > 0 && bytes[0] == CHANGE) {
            return new Change(CommandCodec.fromBytes(bytes, 1, bytes.length - 1));
        }
        if (bytes.length == 1 + Long.BYTES && bytes[0] == RESERVE) {
            return new Reserve(ByteBuffer.wrap(bytes).getLong(1));
        }
        throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                .with("commandBytes", bytes.length)
                .mend("The block's log was written by another version, or is damaged.");
    }
}
