package org.coconutdb.engine.replication;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What a host remembers of how it came to its cluster: the file `formation` in its directory. Any thread.
///
/// A host's votes are in its logs, so one that has lost them must not vote as if it never had. A directory without logs is therefore *blank*: what it is, a host of a
/// cluster that is being made or one that was lost, the others say, by the *incarnation* that each directory is given when it is first seen. See
/// docs/decisions/0015-unanimous-commit.md.
final class Formation {
    enum Stage {
        /// Not known yet.
        BLANK,
        /// It votes in all its blocks.
        FORMED,
        /// It was lost, and is taken back block by block.
        RETURNING
    }

    private static final String NAME = "formation";
    private static final String INCARNATION = "incarnation";
    private static final String STAGE = "stage";
    private static final String MISSING = "missing";
    private static final String HELD = "held";
    private static final String WITH = "with.";
    private static final String FORMED_BY = "formed.by";

    private final Path directory;
    private final Path file;
    private UUID incarnation;
    private Stage stage;
    private final Map<Integer, UUID> others = new HashMap<>();
    private final Set<Integer> missing = new TreeSet<>();
    private final Set<Integer> held = new TreeSet<>();
    private ReplicaSet formedBy = ReplicaSet.NONE;

    private Formation(Path directory, UUID incarnation, Stage stage) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
        this.incarnation = incarnation;
        this.stage = stage;
    }

    /// @param hasLogs whether the directory has logs, which were there before this file was kept
    /// @param hosts of the cluster, as this host's file has them
    static Formation open(Path directory, boolean hasLogs, ReplicaSet hosts) throws IOException {
        Formation formation;
        if (Files.exists(directory.resolve(NAME))) {
            formation = read(directory);
            if (formation.stage == Stage.FORMED && !hasLogs) {
                // Its logs were deleted, and this was not.
                formation = new Formation(directory, UUID.randomUUID(), Stage.BLANK);
            }
        } else {
            formation = new Formation(directory, UUID.randomUUID(), hasLogs ? Stage.FORMED : Stage.BLANK);
        }
        if (formation.stage == Stage.BLANK && hosts.size() == 1) {
            formation.stage = Stage.FORMED;
        }
        if (formation.stage == Stage.FORMED && formation.formedBy.equals(ReplicaSet.NONE)) {
            formation.formedBy = hosts;
        }
        formation.write();
        return formation;
    }

    private static Formation read(Path directory) throws IOException {
        Formation read = new Formation(directory, new UUID(0, 0), Stage.BLANK);
        try {
            for (String line : Files.readAllLines(read.file, StandardCharsets.UTF_8)) {
                int equals = line.indexOf('=');
                read.set(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException unreadable) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED, unreadable).with("file", read.file).mend(
                    "Empty this host's directory: the other hosts fill it again.");
        }
        return read;
    }

    private void set(String key, String value) {
        if (key.startsWith(WITH)) {
            others.put(Integer.parseInt(key.substring(WITH.length())), UUID.fromString(value));
            return;
        }
        switch (key) {
            case INCARNATION -> incarnation = UUID.fromString(value);
            case STAGE -> stage = Stage.valueOf(value.toUpperCase(Locale.ROOT));
            case MISSING -> {
                for (String block : value.split(" ", -1)) {
                    missing.add(Integer.parseInt(block));
                }
            }
            case HELD -> {
                for (String block : value.split(" ", -1)) {
                    held.add(Integer.parseInt(block));
                }
            }
            case FORMED_BY -> {
                for (String host : value.split(" ", -1)) {
                    formedBy = formedBy.with(Integer.parseInt(host));
                }
            }
            default -> throw new IllegalArgumentException(key);
        }
    }

    private void write() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(INCARNATION + " = " + incarnation);
        lines.add(STAGE + " = " + stage.name().toLowerCase(Locale.ROOT));
        if (!missing.isEmpty()) {
            lines.add(MISSING + " = " + String.join(" ", missing.stream().map(String::valueOf).toList()));
        }
        if (!held.isEmpty()) {
            lines.add(HELD + " = " + String.join(" ", held.stream().map(String::valueOf).toList()));
        }
        if (formedBy.size() > 0) {
            lines.add(FORMED_BY + " = " + String.join(" ", formedBy.stream().mapToObj(String::valueOf).toList()));
        }
        others.forEach((host, known) -> lines.add(WITH + host + " = " + known));
        Path fresh = directory.resolve(NAME + ".new");
        Files.write(fresh, lines, StandardCharsets.UTF_8);
        FileDigest.sync(fresh);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        FileDigest.sync(directory);
    }

    synchronized Stage stage() {
        return stage;
    }

    synchronized UUID incarnation() {
        return incarnation;
    }

    /// Whether this host has formed the cluster with that directory of the other.
    synchronized boolean isFormedWith(int host, UUID by) {
        @Nullable
        UUID known = others.get(host);
        return stage == Stage.FORMED && by.equals(known);
    }

    /// The hosts by which the cluster was formed: others were added. None where that is not known yet.
    synchronized ReplicaSet formedBy() {
        return formedBy;
    }

    /// Blocks that this host has not been taken back in.
    synchronized List<Integer> missing() {
        return List.copyOf(missing);
    }

    /// Blocks in which this host has voted: their logs are there, or were lost.
    synchronized List<Integer> held() {
        return List.copyOf(held);
    }

    /// It may vote in blocks from now on.
    synchronized void hold(Collection<Integer> blocks) throws IOException {
        if (held.addAll(blocks)) {
            write();
        }
    }

    synchronized boolean isMissing(int block) {
        return stage == Stage.BLANK || missing.contains(block);
    }

    /// All hosts were blank together.
    synchronized void form(Map<Integer, UUID> with, ReplicaSet all) throws IOException {
        formedBy = all;
        others.putAll(with);
        stage = Stage.FORMED;
        write();
    }

    /// The others have a cluster, and this host had a part in it, or is to have one.
    synchronized void beginReturn(Iterable<Integer> blocks, ReplicaSet by) throws IOException {
        formedBy = by;
        blocks.forEach(missing::add);
        stage = Stage.RETURNING;
        write();
    }

    /// It votes in a block again.
    synchronized void returned(int block) throws IOException {
        missing.remove(block);
        held.add(block);
        stage = missing.isEmpty() ? Stage.FORMED : stage;
        write();
    }
}
