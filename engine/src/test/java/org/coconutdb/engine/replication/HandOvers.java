package org.coconutdb.engine.replication;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;

/// Leaves Ratis as a hand-over of the lead does that fails at once: it is not forgotten (`TransferLeadership.start` in Ratis 3.3), and the leader refuses entries for all of its term. By itself
/// that takes a host which dies between two lines of that method, so its field is set here.
final class HandOvers {
    private HandOvers() {}

    static void neverEnd(ReplicationHost host) throws ReflectiveOperationException {
        for (RaftServer.Division division : Divisions.of(host)) {
            Method owner = division.getClass().getDeclaredMethod("getTransferLeadership");
            owner.setAccessible(true);
            Object handOver = owner.invoke(division);
            Constructor<?> pending = Class.forName(handOver.getClass().getName() + "$PendingRequest").getDeclaredConstructors()[0];
            pending.setAccessible(true);
            @SuppressWarnings("unchecked") // the only thing of its kind there
            AtomicReference<Object> field = (AtomicReference<Object>) accessible(handOver.getClass().getDeclaredField("pending")).get(
                    handOver);
            field.set(pending.newInstance(handOver, new TransferLeadershipRequest(ClientId.randomId(), division.getId(), division.getGroup()
                    .getGroupId(), 1, division
                            .getId(), 1_000)));
        }
    }

    private static Field accessible(Field field) {
        field.setAccessible(true);
        return field;
    }
}
