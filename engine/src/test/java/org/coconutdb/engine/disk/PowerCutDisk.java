package org.coconutdb.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/// The real disk until its power is cut; then each sector that was written and not synced is as it was, or as it was written, by chance.
/// Names are durable at once. It can refuse syncs, and counts them.
public final class PowerCutDisk implements Disk {
    private static final int SECTOR_BYTES = 512;

    // What sectors held at the last sync of their file.
    private final Map<Path, Map<Long, byte[]>> unsynced = new HashMap<>();
    private boolean cut;
    private int processes;
    private boolean refusing;
    private int syncs;
    private int refused;

    @Override
    public synchronized DiskFile open(Path file, boolean create) throws IOException {
        requirePower();
        int process = processes;
        DiskFile real = REAL.open(file, create);
        unsynced.putIfAbsent(file, new HashMap<>());
        // The file keeps its sectors under whatever name it has.
        Map<Long, byte[]> sectors = unsynced.get(file);
        return new ForwardingDiskFile(real) {
            @Override
            public void write(ByteBuffer bytes, long position) throws IOException {
                synchronized (PowerCutDisk.this) {
                    requirePower();
                    requireAlive(process);
                    for (long at = position / SECTOR_BYTES; at * SECTOR_BYTES < position + bytes.remaining(); at++) {
                        if (!sectors.containsKey(at)) {
                            ByteBuffer before = ByteBuffer.allocate(SECTOR_BYTES);
                            real.read(before, at * SECTOR_BYTES);
                            sectors.put(at, before.array());
                        }
                    }
                    real.write(bytes, position);
                }
            }

            @Override
            public void force(boolean metadata) throws IOException {
                synchronized (PowerCutDisk.this) {
                    requirePower();
                    requireAlive(process);
                    if (refusing) {
                        refused++;
                        throw new IOException("Input/output error");
                    }
                    syncs++;
                    sectors.clear();
                    PowerCutDisk.this.notifyAll();
                }
            }
        };
    }

    private void requirePower() throws IOException {
        if (cut) {
            throw new IOException("the power was cut");
        }
    }

    private void requireAlive(int process) throws IOException {
        if (process != processes) {
            throw new IOException("the process was killed");
        }
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        requirePower();
        REAL.forceDirectory(directory);
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        requirePower();
        REAL.delete(file);
        unsynced.remove(file);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        requirePower();
        REAL.rename(from, to);
        Map<Long, byte[]> sectors = unsynced.remove(from);
        if (sectors != null) {
            unsynced.put(to, sectors);
        }
    }

    /// Whether a file in the directory has been written to since it was synced.
    public synchronized boolean isUnsynced(Path directory) {
        return unsynced.entrySet().stream().anyMatch(file -> file.getKey().startsWith(directory) && !file.getValue().isEmpty());
    }

    /// Syncs that went well.
    public synchronized int syncs() {
        return syncs;
    }

    /// Syncs that were refused.
    public synchronized int refused() {
        return refused;
    }

    /// From now on each sync fails, or none.
    public synchronized void refuseSyncs(boolean refuse) {
        refusing = refuse;
    }

    /// Waits until everything in the directory is synced.
    public synchronized void awaitSynced(Path directory) throws InterruptedException {
        while (isUnsynced(directory)) {
            wait();
        }
    }

    /// Nobody can write to the files that are open; what was written to them stays, synced or not.
    public synchronized void kill() {
        processes++;
    }

    /// Nothing can be written any more; what was not synced is lost, by chance. The files can be read by the real disk then.
    public synchronized void cut(Random random) throws IOException {
        cut = true;
        // Few or many of them, so that the first hole is not always near the last sync.
        int lostOfHundred = random.nextInt(1, 101);
        for (Map.Entry<Path, Map<Long, byte[]>> entry : unsynced.entrySet()) {
            if (entry.getValue().isEmpty()) {
                continue;
            }
            try (DiskFile file = REAL.open(entry.getKey(), false)) {
                for (Map.Entry<Long, byte[]> sector : entry.getValue().entrySet()) {
                    long at = sector.getKey() * SECTOR_BYTES;
                    int bytes = (int) Math.min(SECTOR_BYTES, file.size() - at);
                    if (random.nextInt(100) < lostOfHundred) {
                        file.write(ByteBuffer.wrap(sector.getValue(), 0, bytes), at);
                    }
                }
            }
        }
    }
}
