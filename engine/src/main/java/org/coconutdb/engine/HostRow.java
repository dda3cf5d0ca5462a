package org.coconutdb.engine;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The directory's row of a host: where it is, as it has said itself. Big-endian.
/// ```
///  | format 1 (1) | epoch 8 | replicationPort 4 | nameBytes 4 | name … | serves 1 (0 nobody, 1 without TLS, 2 by TLS)
///  | where it serves somebody: sqlPort 4 | sqlNameBytes 4 | sqlName … |
/// ```
///
/// @param name where the other hosts reach it, with the port
/// @param sql null: it serves nobody
/// @param epoch of what it said of `sql`: the higher is the newer, whoever tells it
record HostRow(String name, int replicationPort, @Nullable SqlAddress sql, long epoch) {
    private static final byte FORMAT = 1;
    private static final byte NOBODY = 0;
    private static final byte PLAIN = 1;
    private static final byte TLS = 2;

    byte[] encode() {
        byte[] replication = ClusterRows.bytes(name);
        byte[] served = ClusterRows.bytes(sql == null ? "" : sql.host());
        ByteBuffer bytes = ByteBuffer.allocate(1 + Long.BYTES + 2 * Integer.BYTES + replication.length + 1
                + (sql == null ? 0 : 2 * Integer.BYTES + served.length))
                .put(FORMAT)
                .putLong(epoch)
                .putInt(replicationPort)
                .putInt(replication.length)
                .put(replication)
                .put(sql == null ? NOBODY : sql.tls() ? TLS : PLAIN);
        if (sql != null) {
            bytes.putInt(sql.port()).putInt(served.length).put(served);
        }
        return bytes.array();
    }

    /// BROKEN_INVARIANT where another version has written it.
    static HostRow decode(byte[] row) {
        return ClusterRows.decode("host", FORMAT, row, bytes -> {
            long epoch = bytes.getLong();
            int port = bytes.getInt();
            String name = ClusterRows.text(bytes);
            byte serves = bytes.get();
            if (serves < NOBODY || serves > TLS) {
                throw new IllegalArgumentException("serves " + serves);
            }
            SqlAddress sql = null;
            if (serves != NOBODY) {
                int sqlPort = bytes.getInt();
                sql = new SqlAddress(ClusterRows.text(bytes), sqlPort, serves == TLS);
            }
            return new HostRow(name, port, sql, epoch);
        });
    }

    /// Whether it is reached at the same address by the other hosts.
    boolean isWhere(HostRow other) {
        return name.equals(other.name) && replicationPort == other.replicationPort;
    }

    /// Whether it says the same, whenever it was said.
    boolean saysAs(HostRow other) {
        return isWhere(other) && Objects.equals(sql, other.sql);
    }
}
