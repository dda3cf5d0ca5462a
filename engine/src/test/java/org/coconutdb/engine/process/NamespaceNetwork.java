package org.coconutdb.engine.process;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A network namespace of Linux for each host, on a bridge of this machine that leads nowhere else. Who is cut off sends its frames to a station that does not exist: they get lost as
/// on a broken line, so that connections stay open, and packets are sent again, as the kernel does it. Needs `ip` and the right to make namespaces.
final class NamespaceNetwork implements ClusterNetwork {
    private static final int SUBNETS = 250;
    private static final String NOBODY = "02:00:00:00:00:fe";

    private final String name;
    private final String subnet;
    private final int hosts;
    // Guarded by this.
    private final Set<List<Integer>> cuts = new LinkedHashSet<>();

    private NamespaceNetwork(long process, int hosts) {
        this.name = "cn" + process % 100_000;
        // For tests of networks (RFC 2544): nobody has such an address. Another each time: what was killed leaves its bridge behind.
        this.subnet = "198.18." + process % SUBNETS + ".";
        this.hosts = hosts;
    }

    /// Skips the test where that is not allowed here.
    static NamespaceNetwork create(int hosts) throws InterruptedException {
        NamespaceNetwork network = new NamespaceNetwork(ProcessHandle.current().pid(), hosts);
        boolean isBuilt = false;
        try {
            network.build();
            isBuilt = true;
        } catch (IOException notAllowed) {
            abort("no network namespaces here: " + notAllowed.getMessage());
        } finally {
            if (!isBuilt) {
                network.close();
            }
        }
        return network;
    }

    private void build() throws IOException, InterruptedException {
        ip("link add " + name + " type bridge");
        ip("addr add " + subnet + "254/24 dev " + name);
        ip("link set " + name + " up");
        for (int host = 0; host < hosts; host++) {
            String own = space(host);
            ip("netns add " + own);
            ip("link add " + own + " type veth peer name eth0 netns " + own);
            ip("link set " + own + " master " + name);
            ip("link set " + own + " up");
            ip("-n " + own + " addr add " + address(host) + "/24 dev eth0");
            ip("-n " + own + " link set eth0 up");
            ip("-n " + own + " link set lo up");
        }
    }

    private String space(int host) {
        return name + "-" + host;
    }

    private static void ip(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("ip " + arguments + ": " + told.strip());
        }
    }

    @Override
    public String address(int host) {
        return subnet + (host + 1);
    }

    @Override
    public List<String> prefix(int host) {
        return List.of("ip", "netns", "exec", space(host));
    }

    @Override
    public synchronized boolean cut(int from, int to) throws IOException, InterruptedException {
        if (cuts.add(List.of(from, to))) {
            ip("-n " + space(from) + " neigh replace " + address(to) + " lladdr " + NOBODY + " dev eth0 nud permanent");
        }
        return true;
    }

    @Override
    public synchronized void heal() throws IOException, InterruptedException {
        for (List<Integer> cut : cuts) {
            ip("-n " + space(cut.getFirst()) + " neigh del " + address(cut.getLast()) + " dev eth0");
        }
        cuts.clear();
    }

    @Override
    public void close() {
        for (int host = 0; host < hosts; host++) {
            tryToDelete("netns del " + space(host));
        }
        tryToDelete("link del " + name);
    }

    private static void tryToDelete(String what) {
        try {
            ip(what);
        } catch (IOException wasNotThere) {
            // It was not made.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
