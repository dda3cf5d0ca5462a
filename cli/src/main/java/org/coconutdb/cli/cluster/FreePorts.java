package org.coconutdb.cli.cluster;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of loopback that nobody listens on now.
final class FreePorts {
    // Below those that the system gives to outgoing connections: one of them may be somebody's when a host is started again.
    private static final int PORT_MIN = 20_000;
    private static final int PORT_MAX = 32_000;

    private FreePorts() {}

    /// So many different ones; who takes them soon will hardly find them taken.
    static List<Integer> some(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            List<Integer> ports = new ArrayList<>();
            while (ports.size() < count) {
                int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
                try {
                    held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                    ports.add(port);
                } catch (BindException taken) {
                    // Another one, then.
                }
            }
            return ports;
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }
}
