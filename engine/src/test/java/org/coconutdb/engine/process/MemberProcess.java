package org.coconutdb.engine.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.MembersByClock;
import org.coconutdb.engine.cluster.FaultyCarrier;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.FaultyHost;
import org.coconutdb.engine.replication.HostAddress;

/// The process of one host. It says `READY` and a port on its output when it takes part, and answers [MemberRequests] there, a line each. On its input it hears of faults, a line
/// each, and that its parent has gone.
final class MemberProcess {
    private static final int BLOCKS = 5;
    private static final int BLOCKS_BY_MAJORITY = 3;
    // Those who wait for what is lost come back soon: clients are few.
    private static final ClusterConfig.Patience PATIENCE = new ClusterConfig.Patience(Duration.ofSeconds(2), Duration.ofSeconds(5));
    // Often, so that replicas that were away need what the log has no more.
    private static final ClusterConfig.SnapshotEvery SNAPSHOTS = new ClusterConfig.SnapshotEvery(2_000, 1 << 20, 200);
    private static final long MEMORY_BYTES = 256L << 20;

    private final String address;
    private final FaultyHost faults = new FaultyHost();
    private final FaultyCarrier carrier;
    private final AtomicLong wallMicrosAhead = new AtomicLong();

    private MemberProcess(int self, Path directory, FaultyCarrier.Missing missing, boolean isMixed, List<HostAddress> addresses) {
        ClusterConfig config = ClusterConfig.of("kit", self, addresses, directory).with(PATIENCE).with(SNAPSHOTS);
        this.address = addresses.get(self).host();
        BlockSpace first = BlockSpace.first(BLOCKS, config.rule());
        BlockSpace byMajority = first.next("MAJORITY", BLOCKS_BY_MAJORITY, config.with(CommitPolicy.MAJORITY).rule());
        this.carrier = new FaultyCarrier(config, isMixed ? List.of(first, byMajority) : List.of(first), faults, missing);
    }

    /// @param arguments number, directory, the missing rule, whether there is a space by majority, and the addresses of all hosts
    public static void main(String[] arguments) throws IOException {
        List<HostAddress> addresses = new ArrayList<>();
        for (int i = 4; i < arguments.length; i++) {
            String[] parts = arguments[i].split(":", -1);
            addresses.add(new HostAddress(i - 4, parts[0], Integer.parseInt(parts[1])));
        }
        new MemberProcess(Integer.parseInt(arguments[0]), Path.of(arguments[1]), FaultyCarrier.Missing.valueOf(arguments[2]), Boolean
                .parseBoolean(arguments[3]), addresses)
                        .run();
    }

    private void run() throws IOException {
        Thread.ofPlatform().daemon().name("faults").start(this::hear);
        EngineConfig config = EngineConfig.inMemory().withMemoryLimitBytes(MEMORY_BYTES);
        CoconutEngine engine = MembersByClock.open(config, carrier, this::wallMicros);
        MemberRequests requests = new MemberRequests(engine);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName(address))) {
            System.out.println("READY " + server.getLocalPort());
            while (true) {
                Socket client = server.accept();
                Thread.ofPlatform().daemon().name("client").start(() -> serve(client, requests));
            }
        }
    }

    private long wallMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) + wallMicrosAhead.get();
    }

    private static void serve(Socket client, MemberRequests requests) {
        try (client; BufferedReader lines = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            client.setTcpNoDelay(true);
            OutputStream out = client.getOutputStream();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.write((requests.answer(line) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException gone) {
            // Who asked does not wait for the answer.
        }
    }

    private void hear() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line.split(" ", -1));
            }
        } catch (IOException gone) {
            // The same.
        }
        Runtime.getRuntime().halt(0);
    }

    private void hear(String[] words) {
        switch (words[0]) {
            case "cut" -> faults.cut(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "heal" -> faults.heal();
            case "sync" -> faults.setSyncMillis(Long.parseLong(words[1]));
            case "apply" -> carrier.setApplyMillis(Long.parseLong(words[1]));
            case "rate" -> faults.setClockRate(Double.parseDouble(words[1]));
            case "wall" -> wallMicrosAhead.set(Long.parseLong(words[1]));
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }
}
