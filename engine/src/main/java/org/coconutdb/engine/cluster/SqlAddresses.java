package org.coconutdb.engine.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.coconutdb.engine.SqlAddress;
import org.coconutdb.engine.replication.HostLinks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where each host serves SQL, as hosts tell each other: each tells each other one all that it knows once a second, and is told the same. Who starts
/// is told by whoever is there, and has what the directory keeps. Any thread.
///
/// Of two things that are told of a host the one with the higher epoch counts. A host's own is the time at which it announced itself, and higher than any that others still have from
/// before it was started.
final class SqlAddresses {
    static final byte TOPIC = 20;

    private static final Logger LOG = LoggerFactory.getLogger(SqlAddresses.class);
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] NOTHING = {};

    /// What is known of a host.
    ///
    /// @param address null: it serves nobody
    /// @param epoch 0: nothing was heard
    record Known(@Nullable SqlAddress address, long epoch) {
        static final Known NOTHING = new Known(null, 0);
    }

    private final HostLinks links;
    private final List<Integer> hosts;
    private final LongSupplier wallMillis;
    private final Map<Integer, Known> known = new ConcurrentHashMap<>();
    private final Map<Integer, Long> heardNanos = new ConcurrentHashMap<>();
    private volatile boolean hasAnnounced;

    /// @param hosts all numbers, this host's too
    SqlAddresses(HostLinks links, List<Integer> hosts, LongSupplier wallMillis) {
        this.links = links;
        this.hosts = List.copyOf(hosts);
        this.wallMillis = wallMillis;
        links.answer(TOPIC, (from, told) -> {
            learn(from, told);
            return CompletableFuture.completedFuture(encode());
        });
    }

    /// From now on this host serves SQL there; null: it does not any more. Others are told at once, those that are away when they are back.
    void announce(@Nullable SqlAddress address) {
        known.compute(links.self(), (_, before) -> {
            Known last = before == null ? Known.NOTHING : before;
            return Objects.equals(last.address(), address) && last.epoch() > 0 ? last
                    : new Known(address, Math.max(last.epoch() + 1, wallMillis.getAsLong()));
        });
        hasAnnounced = true;
        exchange();
    }

    /// Whether this process has announced anything.
    boolean hasAnnounced() {
        return hasAnnounced;
    }

    /// Tells all others, and is told. Does not wait.
    void exchange() {
        byte[] told = encode();
        for (int host : hosts) {
            if (host != links.self()) {
                var _ = links.ask(host, TOPIC, told, ANSWER_NANOS_MAX).exceptionally(_ -> NOTHING).thenAccept(answer -> {
                    if (answer.length > 0) {
                        learn(host, answer);
                    }
                });
            }
        }
    }

    Known of(int host) {
        return known.getOrDefault(host, Known.NOTHING);
    }

    /// How long ago another host has said something; -1 where it has not.
    long heardMillisAgo(int host) {
        Long heard = heardNanos.get(host);
        return heard == null ? -1 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heard);
    }

    private void learn(int from, byte[] told) {
        heardNanos.put(from, System.nanoTime());
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(told))) {
            for (int left = in.readInt(); left > 0; left--) {
                int host = in.readInt();
                long epoch = in.readLong();
                SqlAddress address = in.readBoolean() ? new SqlAddress(in.readUTF(), in.readInt(), in.readBoolean()) : null;
                learn(host, address, epoch);
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            LOG.atDebug().addKeyValue("host", from).setCause(unreadable).log("what a host told of addresses cannot be read");
        }
    }

    /// What somebody has noted of a host, whenever that was.
    void learn(int host, @Nullable SqlAddress address, long epoch) {
        if (hosts.contains(host)) {
            learn(host, new Known(address, epoch));
        }
    }

    private void learn(int host, Known told) {
        known.compute(host, (_, before) -> {
            Known last = before == null ? Known.NOTHING : before;
            if (host != links.self()) {
                return told.epoch() > last.epoch() ? told : last;
            }
            // What this host said before it was started anew, maybe by a clock that was ahead: what it says now has to count.
            boolean isOld = told.epoch() > last.epoch() || (told.epoch() == last.epoch() && !told.equals(last));
            return isOld ? new Known(last.address(), told.epoch() + 1) : last;
        });
    }

    private byte[] encode() {
        List<Map.Entry<Integer, Known>> entries = new ArrayList<>(known.entrySet());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(entries.size());
            for (Map.Entry<Integer, Known> entry : entries) {
                SqlAddress address = entry.getValue().address();
                out.writeInt(entry.getKey());
                out.writeLong(entry.getValue().epoch());
                out.writeBoolean(address != null);
                if (address != null) {
                    out.writeUTF(address.host());
                    out.writeInt(address.port());
                    out.writeBoolean(address.tls());
                }
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
