package org.coconutdb.engine;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of loopback that nobody has.
public final class FreePorts {
    // Below those of outgoing connections, one of which could have it when a host comes back.
    private static final int MIN = 20_000;
    private static final int MAX = 32_000;

    private FreePorts() {}

    public static List<Integer> choose(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        while (held.size() < count) {
            try {
                held.add(new ServerSocket(ThreadLocalRandom.current().nextInt(MIN, MAX), 1, InetAddress.getLoopbackAddress()));
            } catch (BindException taken) {
                // Another one, then.
            }
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        return held.stream().map(ServerSocket::getLocalPort).toList();
    }
}
