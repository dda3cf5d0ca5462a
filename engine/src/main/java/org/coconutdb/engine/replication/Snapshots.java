package org.coconutdb.engine.replication;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A block's snapshots: directories `snapshot.<term>.<index>` with a manifest and the state's files. One is written while entries go on being applied. The two
/// newest are kept: the older one may be on its way to a replica.
final class Snapshots implements StateMachineStorage, BlockApplier.SnapshotTrigger {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
    private static final String PREFIX = "snapshot.";
    private static final String UNFINISHED = "unfinished.";
    private static final String STATE = "state";
    private static final int KEPT = 2;

    private record Taken(Path directory, SnapshotManifest manifest, SnapshotInfo info) {}

    private final int block;
    private final ReplicatedState state;
    private final ClusterConfig.SnapshotEvery every;
    private final Supplier<SnapshotMark> marks;
    private final Executor writing;

    private @Nullable Path directory;
    private @Nullable Path received;
    private volatile @Nullable Taken latest;
    // The thread that applies.
    private long entriesSince;
    private long bytesSince;
    // Guarded by this.
    private boolean isWriting;

    Snapshots(int block, ReplicatedState state, ClusterConfig.SnapshotEvery every, Supplier<SnapshotMark> marks, Executor writing) {
        this.block = block;
        this.state = state;
        this.every = every;
        this.marks = marks;
        this.writing = writing;
    }

    private Path directory() {
        Path known = directory;
        if (known == null) {
            throw new IllegalStateException("not opened");
        }
        return known;
    }

    @Override
    public void init(RaftStorage storage) throws IOException {
        Path machine = storage.getStorageDir().getStateMachineDir().toPath();
        Path incoming = storage.getStorageDir().getRoot().toPath().resolve("received");
        directory = machine;
        received = incoming;
        FileDigest.delete(incoming);
        Files.createDirectories(incoming);
        Files.createDirectories(machine);
        load();
    }

    /// Looks for the newest one.
    void load() throws IOException {
        Path machine = directory();
        List<Path> all;
        try (Stream<Path> list = Files.list(machine)) {
            all = list.toList();
        }
        Taken newest = null;
        for (Path path : all) {
            String name = path.getFileName().toString();
            if (name.startsWith(UNFINISHED)) {
                FileDigest.delete(path);
            } else if (name.startsWith(PREFIX)) {
                SnapshotManifest manifest = SnapshotManifest.read(path.resolve(SnapshotManifest.NAME));
                if (newest == null || manifest.mark().index() > newest.manifest().mark().index()) {
                    newest = taken(path, manifest);
                }
            }
        }
        latest = newest;
    }

    private static Taken taken(Path directory, SnapshotManifest manifest) throws IOException {
        List<FileInfo> files = new ArrayList<>();
        Path manifestFile = directory.resolve(SnapshotManifest.NAME);
        for (SnapshotManifest.StateFile file : manifest.files()) {
            files.add(new FileInfo(directory.resolve(file.path()), MD5Hash.newInstance(file.digest())));
        }
        files.add(new FileInfo(manifestFile, MD5Hash.newInstance(FileDigest.of(manifestFile))));
        return new Taken(directory, manifest, new FileListSnapshotInfo(files, manifest.mark().term(), manifest.mark().index()));
    }

    /// Gives the newest one to the state, where there is one.
    SnapshotMark restore() throws IOException {
        Taken taken = latest;
        if (taken == null) {
            return new SnapshotMark(-1, -1, List.of());
        }
        try {
            taken.manifest().verify(taken.directory());
        } catch (IOException e) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED, e)
                    .with("block", block)
                    .with("snapshot", taken.directory())
                    .mend("Stop this host, empty its directory and start it again: the other hosts fill it.");
        }
        state.restore(taken.directory().resolve(STATE), taken.manifest().mark().index());
        entriesSince = 0;
        bytesSince = 0;
        return taken.manifest().mark();
    }

    @Override
    public void onApplied(int bytes) {
        entriesSince++;
        bytesSince += bytes;
        if ((entriesSince < every.entries() && bytesSince < every.bytes()) || !beginWriting()) {
            return;
        }
        entriesSince = 0;
        bytesSince = 0;
        SnapshotMark mark = marks.get();
        try {
            ReplicatedState.Image image = state.image();
            writing.execute(() -> write(mark, image));
        } catch (RuntimeException e) {
            endWriting();
            throw e;
        }
    }

    private synchronized boolean beginWriting() {
        if (isWriting) {
            return false;
        }
        isWriting = true;
        return true;
    }

    private synchronized void endWriting() {
        isWriting = false;
        notifyAll();
    }

    private void write(SnapshotMark mark, ReplicatedState.Image image) {
        String name = mark.term() + "." + mark.index();
        try (image) {
            Path unfinished = directory().resolve(UNFINISHED + name);
            FileDigest.delete(unfinished);
            Files.createDirectories(unfinished.resolve(STATE));
            image.write(unfinished.resolve(STATE));
            List<SnapshotManifest.StateFile> files = new ArrayList<>();
            for (Path file : FileDigest.below(unfinished.resolve(STATE))) {
                files.add(new SnapshotManifest.StateFile(unfinished.relativize(file).toString(), Files.size(file), FileDigest.of(file)));
            }
            SnapshotManifest manifest = new SnapshotManifest(mark, files);
            Files.write(unfinished.resolve(SnapshotManifest.NAME), manifest.encode());
            FileDigest.syncAll(unfinished);
            Path finished = directory().resolve(PREFIX + name);
            Files.move(unfinished, finished, StandardCopyOption.ATOMIC_MOVE);
            FileDigest.sync(directory());
            latest = taken(finished, manifest);
            LOG.atInfo().addKeyValue("block", block).addKeyValue("index", mark.index()).log("took a snapshot");
            deleteOld();
        } catch (IOException | RuntimeException e) {
            // The log is kept instead, until the next one succeeds.
            LOG.atWarn().addKeyValue("block", block).addKeyValue("index", mark.index()).setCause(e).log("cannot take a snapshot");
        } finally {
            endWriting();
        }
    }

    private void deleteOld() throws IOException {
        List<Path> all;
        try (Stream<Path> list = Files.list(directory())) {
            all = list.filter(path -> path.getFileName().toString().startsWith(PREFIX)).sorted(Comparator.comparingLong(Snapshots::index)
                    .reversed()).toList();
        }
        for (Path old : all.stream().skip(KEPT).toList()) {
            FileDigest.delete(old);
        }
    }

    private static long index(Path snapshot) {
        String name = snapshot.getFileName().toString();
        return Long.parseLong(name.substring(name.lastIndexOf('.') + 1));
    }

    /// Makes what another replica has sent durable, before it takes the place of what is here. Nothing is written here meanwhile.
    void syncReceived() throws IOException, InterruptedException {
        synchronized (this) {
            while (isWriting) {
                wait();
            }
        }
        if (received != null) {
            FileDigest.syncAll(received);
        }
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        Taken taken = latest;
        return taken == null ? null : taken.info();
    }

    @Override
    public @Nullable File getTmpDir() {
        return received == null ? null : received.toFile();
    }

    @Override
    public void format() {}

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {}
}
