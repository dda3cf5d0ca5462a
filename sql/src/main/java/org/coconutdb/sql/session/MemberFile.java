package org.coconutdb.sql.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.cluster.LogCarrier;
import org.coconutdb.engine.cluster.RatisCarrier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.replication.ReplicationTiming;
import org.coconutdb.engine.replication.TlsFiles;
import org.coconutdb.sql.catalog.NearestName;

/// What a process has to know to be a host of a cluster: lines of `key = value`, and `#` before a comment. `docs/cluster.md` has the keys. Paths are relative to the
/// file. Immutable.
///
/// @param file that it was read from
/// @param spaces of blocks for tables, beside the directory, the default one first
record MemberFile(Path file, ClusterConfig cluster, List<BlockSpace> spaces) {
    private static final String CLUSTER = "cluster";
    private static final String HOST = "host";
    private static final String HOSTS = "hosts";
    private static final String DIRECTORY = "directory";
    private static final String BLOCKS = "blocks";
    private static final String COMMIT = "commit";
    private static final String VOTE_TIMEOUT = "vote.timeout";
    private static final String MIN_VOTERS = "min.voters";
    private static final String CERTIFICATE = "tls.certificate";
    private static final String KEY = "tls.key";
    private static final String AUTHORITY = "tls.authority";
    private static final String INSECURE = "insecure";
    private static final String SPACES = "spaces";
    // Before a space's name, a point, and one of its keys.
    private static final String SPACE_PREFIX = "space.";
    private static final List<String> KEYS = List.of(CLUSTER, HOST, HOSTS, DIRECTORY, BLOCKS, SPACES, COMMIT, VOTE_TIMEOUT, MIN_VOTERS,
            CERTIFICATE, KEY, AUTHORITY, INSECURE);
    private static final List<String> SPACE_KEYS = List.of(COMMIT, VOTE_TIMEOUT, MIN_VOTERS);
    // As SQL's names that need no quotes.
    private static final Pattern SPACE_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");

    /// INVALID_CONNECTION_STRING with the line, where it cannot be used.
    static MemberFile read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw CoconutException.of(ErrorCode.INVALID_CONNECTION_STRING, unreadable)
                    .with("file", file)
                    .mend("Name a member's file that can be read; ./coconut cluster create makes them.");
        }
        Map<String, String> settings = new TreeMap<>();
        for (int i = 0; i < lines.size(); i++) {
            readLine(file, i + 1, lines.get(i).strip(), settings);
        }
        return new Reader(file, settings).read();
    }

    private static void readLine(Path file, int number, String line, Map<String, String> settings) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        int equals = line.indexOf('=');
        if (equals < 1) {
            throw refused(file).with("line", number).mend("Write a setting as key = value.");
        }
        String key = line.substring(0, equals).strip();
        if (key.startsWith(SPACE_PREFIX)) {
            key = spaceKey(file, number, key);
        } else if (!KEYS.contains(key)) {
            String nearest = NearestName.of(key, KEYS).map(found -> "Did you mean " + found + "? ").orElse("");
            throw refused(file).with("line", number).with("key", key).mend(nearest + "Known are " + String.join(", ", KEYS)
                    + ", and for each space " + forEachSpace() + ".");
        }
        if (settings.put(key, line.substring(equals + 1).strip()) != null) {
            throw refused(file).with("line", number).with("key", key).mend("It is set twice: leave one.");
        }
    }

    /// The key with the name as it is stored. Whether there is such a space is not known yet.
    private static String spaceKey(Path file, int line, String key) {
        String[] nameAndKey = key.substring(SPACE_PREFIX.length()).split("\\.", 2);
        if (nameAndKey.length < 2 || !SPACE_KEYS.contains(nameAndKey[1])) {
            String nearest = nameAndKey.length < 2 ? "" : NearestName.of(nameAndKey[1], SPACE_KEYS)
                    .map(found -> "Did you mean " + SPACE_PREFIX + nameAndKey[0] + "." + found + "? ").orElse("");
            throw refused(file).with("line", line).with("key", key).mend(nearest + "For each space there are " + forEachSpace() + ".");
        }
        return spaceKey(nameAndKey[0].toUpperCase(Locale.ROOT), nameAndKey[1]);
    }

    private static String spaceKey(String space, String key) {
        return SPACE_PREFIX + space + "." + key;
    }

    private static String forEachSpace() {
        return SPACE_KEYS.stream().map(key -> spaceKey("<name>", key)).collect(Collectors.joining(", "));
    }

    private static CoconutException refused(Path file) {
        return CoconutException.of(ErrorCode.INVALID_CONNECTION_STRING).with("file", file);
    }

    /// Carries the logs of the host.
    LogCarrier carrier() {
        return new RatisCarrier(cluster, spaces);
    }

    private record Reader(Path file, Map<String, String> settings) {
        MemberFile read() {
            List<HostAddress> hosts = hosts();
            int self = number(HOST, 0, HostAddress.HOSTS_MAX - 1);
            if (hosts.stream().noneMatch(host -> host.number() == self)) {
                throw refused(file).with(HOST, self).mend("Give the number of one of the hosts.");
            }
            CommitRule usual = new CommitRule(CommitPolicy.UNANIMOUS, ReplicationTiming.DEFAULT.voteTimeoutNanos(), OptionalInt.empty());
            CommitRule rule = new CommitRule(policy(COMMIT, usual), voteTimeout(VOTE_TIMEOUT, usual), minVoters(MIN_VOTERS, hosts, usual));
            ClusterConfig cluster = new ClusterConfig(required(CLUSTER), self, hosts, path(required(DIRECTORY)), ReplicationTiming.DEFAULT,
                    rule.policy(), rule.minVoters(), tls(), ClusterConfig.SnapshotEvery.DEFAULT, ClusterConfig.Patience.DEFAULT).with(rule);
            return new MemberFile(file, cluster, spaces(hosts, rule));
        }

        /// `audit:2, events:3`, behind the default one.
        private List<BlockSpace> spaces(List<HostAddress> hosts, CommitRule ofCluster) {
            BlockSpace last = BlockSpace.first(number(BLOCKS, 1, EngineConfig.BLOCK_COUNT_MAX), ofCluster);
            List<BlockSpace> spaces = new ArrayList<>(List.of(last));
            String text = settings.getOrDefault(SPACES, "");
            for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
                String[] nameAndCount = part.strip().split("\\s*:\\s*", -1);
                String name = nameAndCount[0].toUpperCase(Locale.ROOT);
                if (nameAndCount.length != 2 || !SPACE_NAME.matcher(name).matches() || !nameAndCount[1].matches("[1-9][0-9]{0,2}")) {
                    throw refused(file).with(SPACES, part.strip()).mend(
                            "Write spaces as name:blocks, with commas between: audit:2, events:3. A name has letters, digits and _, and begins with a letter.");
                }
                if (spaces.stream().anyMatch(space -> space.name().equals(name))) {
                    throw refused(file).with(SPACES, name).mend(name.equals(BlockSpace.DEFAULT)
                            ? "The default space has the blocks that " + BLOCKS
                                    + " says, and what the cluster says: give this one another name."
                            : "Name each space once.");
                }
                last = last.next(name, Integer.parseInt(nameAndCount[1]), ofCluster);
                spaces.add(new BlockSpace(name, last.firstBlock(), last.blockCount(), Optional.of(rule(name, hosts, ofCluster))));
            }
            if (last.end() - 1 > EngineConfig.BLOCK_COUNT_MAX) {
                throw refused(file).with("blocks", last.end() - 1).mend("All spaces together have up to " + EngineConfig.BLOCK_COUNT_MAX
                        + " blocks: give them fewer.");
            }
            requireSpacesOfKeys(spaces);
            return spaces;
        }

        private CommitRule rule(String space, List<HostAddress> hosts, CommitRule ofCluster) {
            CommitPolicy policy = policy(spaceKey(space, COMMIT), ofCluster);
            for (String key : List.of(VOTE_TIMEOUT, MIN_VOTERS)) {
                if (policy == CommitPolicy.MAJORITY && settings.containsKey(spaceKey(space, key))) {
                    throw refused(file).with("key", spaceKey(space, key)).mend(
                            "By majority nobody is waited for or evicted: leave it out, or set " + spaceKey(space, COMMIT)
                                    + " = unanimous.");
                }
            }
            return new CommitRule(policy, voteTimeout(spaceKey(space, VOTE_TIMEOUT), ofCluster), minVoters(spaceKey(space, MIN_VOTERS),
                    hosts,
                    ofCluster));
        }

        private void requireSpacesOfKeys(List<BlockSpace> spaces) {
            List<String> names = spaces.stream().skip(1).map(BlockSpace::name).toList();
            for (String key : settings.keySet()) {
                String name = key.startsWith(SPACE_PREFIX) ? key.substring(SPACE_PREFIX.length(), key.indexOf('.', SPACE_PREFIX.length()))
                        : null;
                if (name != null && !names.contains(name)) {
                    throw refused(file).with("key", key).mend(name.equals(BlockSpace.DEFAULT)
                            ? "The default space has what the cluster has: set " + String.join(", ", SPACE_KEYS) + "."
                            : NearestName.of(name, names).map(nearest -> "Did you mean " + nearest + "? ").orElse("")
                                    + "Name the space, and how many blocks it has, in a line " + SPACES + " = ….");
                }
            }
        }

        private String required(String key) {
            String value = settings.get(key);
            if (value == null || value.isBlank()) {
                throw refused(file).with("missing", key).mend("Add a line " + key + " = ….");
            }
            return value;
        }

        private int number(String key, int least, int most) {
            try {
                int number = Integer.parseInt(required(key));
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // Refused below, like a number outside of the bounds.
            }
            throw refused(file).with(key, required(key)).mend("Give a number from " + least + " to " + most + ".");
        }

        /// `0@127.0.0.1:9700, 1@127.0.0.1:9701`
        private List<HostAddress> hosts() {
            List<HostAddress> hosts = new ArrayList<>();
            for (String part : required(HOSTS).split(",", -1)) {
                hosts.add(host(part.strip()));
            }
            if (hosts.stream().mapToInt(HostAddress::number).distinct().count() != hosts.size()) {
                throw refused(file).with(HOSTS, required(HOSTS)).mend("Give each host a number of its own.");
            }
            return hosts;
        }

        private HostAddress host(String text) {
            int at = text.indexOf('@');
            int colon = text.lastIndexOf(':');
            try {
                if (at > 0 && colon > at) {
                    return new HostAddress(Integer.parseInt(text.substring(0, at).strip()), text.substring(at + 1, colon).strip(), Integer
                            .parseInt(text.substring(colon + 1).strip()));
                }
            } catch (IllegalArgumentException refused) {
                // Refused below, with how it is written.
            }
            throw refused(file).with(HOSTS, text).mend(
                    "Write hosts as number@name:port, with commas between: 0@10.0.0.1:9700, 1@10.0.0.2:9700.");
        }

        private CommitPolicy policy(String key, CommitRule usual) {
            String policy = settings.get(key);
            return switch (policy == null ? "" : policy.toLowerCase(Locale.ROOT)) {
                case "unanimous" -> CommitPolicy.UNANIMOUS;
                case "majority" -> CommitPolicy.MAJORITY;
                case String _ when policy == null -> usual.policy();
                default -> throw refused(file).with(key, policy).mend("Give unanimous or majority.");
            };
        }

        private OptionalInt minVoters(String key, List<HostAddress> hosts, CommitRule usual) {
            return settings.containsKey(key) ? OptionalInt.of(number(key, 1, hosts.size())) : usual.minVoters();
        }

        private long voteTimeout(String key, CommitRule usual) {
            String text = settings.get(key);
            if (text == null) {
                return usual.voteTimeoutNanos();
            }
            return VoteBounds.timeout(text).orElseThrow(() -> refused(file).with(key, text).mend(VoteBounds.TIMEOUT_MEND)).toNanos();
        }

        private Optional<TlsFiles> tls() {
            boolean isInsecure = settings.getOrDefault(INSECURE, "false").equalsIgnoreCase("true");
            if (!settings.containsKey(CERTIFICATE) && !settings.containsKey(KEY) && !settings.containsKey(AUTHORITY)) {
                if (!isInsecure) {
                    throw refused(file)
                            .mend("Hosts know each other by certificates: set tls.certificate, tls.key and tls.authority; or say insecure = true, by which "
                                    + "whoever reaches the ports may read and write everything.");
                }
                return Optional.empty();
            }
            return Optional.of(new TlsFiles(readable(CERTIFICATE), readable(KEY), readable(AUTHORITY)));
        }

        private Path readable(String key) {
            Path path = path(required(key));
            if (!Files.isReadable(path) || Files.isDirectory(path)) {
                throw refused(file).with(key, path).mend("Name a PEM file that can be read.");
            }
            return path;
        }

        private Path path(String text) {
            try {
                return file.toAbsolutePath().resolveSibling(text).normalize();
            } catch (InvalidPathException bad) {
                throw refused(file).with("path", text).with("detail", bad.getReason()).mend("Name a path.");
            }
        }
    }
}
