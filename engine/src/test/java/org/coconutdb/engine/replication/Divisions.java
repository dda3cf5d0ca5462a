package org.coconutdb.engine.replication;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/// What Ratis has of a host's blocks.
final class Divisions {
    private Divisions() {}

    /// Those that are open, in no order.
    static List<RaftServer.Division> of(ReplicationHost host) {
        try {
            Field field = ReplicationHost.class.getDeclaredField("server");
            field.setAccessible(true);
            RaftServer server = (RaftServer) field.get(host);
            List<RaftServer.Division> divisions = new ArrayList<>();
            for (RaftGroupId group : server.getGroupIds()) {
                divisions.add(server.getDivision(group));
            }
            return divisions;
        } catch (ReflectiveOperationException | IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /// Whether a host is a member by all of the division's log, be it chosen or not.
    static boolean hasMember(RaftServer.Division division, int host) {
        return division.getRaftConf().getPeer(RaftPeerId.valueOf(String.valueOf(host))) != null;
    }
}
