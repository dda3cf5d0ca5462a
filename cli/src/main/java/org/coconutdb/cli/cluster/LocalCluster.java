package org.coconutdb.cli.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.coconutdb.cli.CommandException;

/// A cluster of processes on this machine, in one directory:
/// ```
///  cluster.properties        how many hosts, their ports
///  authority.pem             the cluster's own certificate authority, which signs nothing any more
///  host-0/member.properties  what the host has to know of the cluster
///  host-0/tls                its certificate and key
///  host-0/data               its logs
///  host-0/host.log           what it says; host.pid while it runs
/// ```
public final class LocalCluster {
    private static final String FILE = "cluster.properties";
    private static final String HOSTS = "hosts";
    private static final String SQL_PORT = "sql.port.";
    private static final int HOSTS_MAX = 16;

    private final Path directory;
    private final List<LocalHost> hosts;

    private LocalCluster(Path directory, List<LocalHost> hosts) {
        this.directory = directory;
        this.hosts = List.copyOf(hosts);
    }

    /// Makes a cluster that does not run yet. The directory must not be there, or be empty.
    ///
    /// @param blocks for tables
    /// @param port of the first host for SQL, the others' behind it; 0: ports that are free now
    public static LocalCluster create(Path directory, int hostCount, int blocks, int port) throws IOException, InterruptedException {
        if (hostCount < 1 || hostCount > HOSTS_MAX) {
            throw new CommandException("a local cluster has 1 to " + HOSTS_MAX + " hosts, not " + hostCount);
        }
        if (blocks < 1 || blocks > 64) {
            throw new CommandException("a local cluster has 1 to 64 blocks, not " + blocks);
        }
        if (port < 0 || port + hostCount > 65_536) {
            throw new CommandException("--port is " + port + ": the hosts' ports lie from it on, up to 65535; 0: ports that are free");
        }
        if (Files.exists(directory)) {
            try (Stream<Path> content = Files.list(directory)) {
                if (content.findAny().isPresent()) {
                    throw new CommandException(directory + " is not empty: name another directory, or destroy the cluster in it");
                }
            }
        }
        Files.createDirectories(directory);
        List<Integer> sqlPorts = port == 0 ? FreePorts.some(hostCount) : IntStream.range(port, port + hostCount).boxed().toList();
        List<Integer> hostPorts = FreePorts.some(hostCount);
        StringBuilder addresses = new StringBuilder();
        for (int host = 0; host < hostCount; host++) {
            addresses.append(host == 0 ? "" : ", ").append(host).append("@127.0.0.1:").append(hostPorts.get(host));
        }
        Properties properties = new Properties();
        properties.setProperty(HOSTS, Integer.toString(hostCount));
        Certificates certificates = Certificates.makeAuthority(directory);
        for (int host = 0; host < hostCount; host++) {
            Path home = home(directory, host);
            Files.createDirectories(home);
            certificates.makeHost(home.resolve("tls"), "host-" + host);
            Files.writeString(home.resolve(LocalHost.MEMBER_FILE), """
                    # A host of a cluster on this machine; docs/cluster.md has the keys.
                    cluster = %s
                    host = %d
                    hosts = %s
                    blocks = %d
                    directory = data
                    tls.certificate = tls/certificate.pem
                    tls.key = tls/key.pem
                    tls.authority = ../authority.pem
                    """.formatted(directory.toAbsolutePath().normalize().getFileName(), host, addresses, blocks), StandardCharsets.UTF_8);
            properties.setProperty(SQL_PORT + host, Integer.toString(sqlPorts.get(host)));
        }
        certificates.forgetAuthorityKey();
        // Last: a directory with it is a whole cluster.
        try (var out = Files.newBufferedWriter(directory.resolve(FILE))) {
            properties.store(out, "A cluster of processes on this machine, made by: coconut cluster create");
        }
        return open(directory);
    }

    /// The cluster in a directory.
    public static LocalCluster open(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new CommandException("there is no cluster in " + directory + ": make one with  ./coconut cluster create --local 3 "
                    + directory);
        }
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        List<LocalHost> hosts = new ArrayList<>();
        try {
            for (int host = 0; host < Integer.parseInt(properties.getProperty(HOSTS, "")); host++) {
                hosts.add(new LocalHost(host, home(directory, host), Integer.parseInt(properties.getProperty(SQL_PORT + host, ""))));
            }
        } catch (NumberFormatException damaged) {
            throw new CommandException(file + " is damaged: a number is missing in it");
        }
        return new LocalCluster(directory, hosts);
    }

    private static Path home(Path directory, int host) {
        return directory.resolve("host-" + host);
    }

    public Path directory() {
        return directory;
    }

    public List<LocalHost> hosts() {
        return hosts;
    }

    /// What a driver connects to: any host will do.
    public String url() {
        StringBuilder url = new StringBuilder("jdbc:coconut://");
        for (LocalHost host : hosts) {
            url.append(host.number() == 0 ? "" : ",").append("127.0.0.1:").append(host.sqlPort());
        }
        return url.append('/').toString();
    }

    /// Deletes all of it. No host runs any more.
    public void delete() throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }
}
