package org.coconutdb.engine.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/// Registers of numbers, by number, with the marks of what is in flight. Remembers all that was written to each, in its order.
final class RegisterState implements ReplicatedState {
    private final ConcurrentMap<Integer, List<Long>> registers = new ConcurrentHashMap<>();
    // Counts of entries in flight that touch a register.
    private final ConcurrentMap<Integer, Integer> inFlight = new ConcurrentHashMap<>();
    private final TreeMap<Long, Entry> marked = new TreeMap<>();
    private final AtomicLong heads = new AtomicLong();
    volatile long restoredIndex = -1;
    volatile long applyPauseMillis;
    volatile boolean isBroken;
    private long lastApplied = -1;

    static byte[] write(int register, long value) {
        return ByteBuffer.allocate(12).putInt(register).putLong(value).array();
    }

    /// What stands in a register; 0 at first.
    long read(int register) {
        List<Long> written = registers.get(register);
        synchronized (this) {
            return written == null || written.isEmpty() ? 0 : written.getLast();
        }
    }

    boolean isInFlight(int register) {
        return inFlight.containsKey(register);
    }

    synchronized Map<Integer, List<Long>> written() {
        Map<Integer, List<Long>> copy = new TreeMap<>();
        registers.forEach((register, values) -> copy.put(register, List.copyOf(values)));
        return copy;
    }

    @Override
    public CompletionStage<byte[]> head(int commandCount) {
        return CompletableFuture.completedFuture(ByteBuffer.allocate(8).putLong(heads.incrementAndGet()).array());
    }

    @Override
    public void onHeadUnused(byte[] head) {}

    @Override
    public synchronized void onAppended(long index, Entry entry) {
        if (!marked.isEmpty() && index <= marked.lastKey()) {
            throw new IllegalStateException("marked " + index + " behind " + marked.lastKey());
        }
        marked.put(index, entry);
        for (byte[] command : entry.commands()) {
            inFlight.merge(ByteBuffer.wrap(command).getInt(), 1, Integer::sum);
        }
    }

    @Override
    public synchronized void onTruncated(long fromIndex) {
        while (!marked.isEmpty() && marked.lastKey() >= fromIndex) {
            unmark(marked.pollLastEntry().getValue());
        }
    }

    private void unmark(Entry entry) {
        for (byte[] command : entry.commands()) {
            inFlight.computeIfPresent(ByteBuffer.wrap(command).getInt(), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    @Override
    public List<byte[]> apply(long index, Entry entry) {
        pause();
        if (isBroken) {
            throw new IllegalStateException("broken on purpose");
        }
        List<byte[]> results = new ArrayList<>();
        synchronized (this) {
            if (index <= lastApplied || marked.isEmpty() || marked.firstKey() != index) {
                throw new IllegalStateException("applied " + index + " behind " + lastApplied + ", marked " + marked.keySet());
            }
            lastApplied = index;
            for (byte[] command : entry.commands()) {
                ByteBuffer from = ByteBuffer.wrap(command);
                List<Long> values = registers.computeIfAbsent(from.getInt(), _ -> new ArrayList<>());
                long before = values.isEmpty() ? 0 : values.getLast();
                values.add(from.getLong());
                results.add(ByteBuffer.allocate(8).putLong(before).array());
            }
            unmark(marked.remove(index));
        }
        return results;
    }

    private void pause() {
        try {
            if (applyPauseMillis > 0) {
                Thread.sleep(applyPauseMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Image image() {
        Map<Integer, List<Long>> copy = written();
        long head = heads.get();
        return new Image() {
            @Override
            public void write(Path directory) throws IOException {
                int bytes = 8 + copy.values().stream().mapToInt(values -> 8 + 8 * values.size()).sum();
                ByteBuffer into = ByteBuffer.allocate(bytes).putLong(head);
                copy.forEach((register, values) -> {
                    into.putInt(register).putInt(values.size());
                    values.forEach(into::putLong);
                });
                Files.createDirectory(directory.resolve("registers"));
                Files.write(directory.resolve("registers").resolve("all"), into.array());
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public synchronized void restore(Path directory, long appliedIndex) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("registers").resolve("all")));
        registers.clear();
        inFlight.clear();
        marked.clear();
        heads.set(from.getLong());
        while (from.hasRemaining()) {
            List<Long> values = new ArrayList<>();
            registers.put(from.getInt(), values);
            for (int left = from.getInt(); left > 0; left--) {
                values.add(from.getLong());
            }
        }
        lastApplied = appliedIndex;
        restoredIndex = appliedIndex;
    }
}
