package org.coconutdb.jdbc.remote;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.coconutdb.jdbc.session.BlockTable;
import org.jspecify.annotations.Nullable;

/// What this process knows of the cluster behind some hosts: its block table, as answers tell it, and which hosts could not be reached lately. Shared by all connections whose URLs name
/// the same hosts and trust the same certificates: what was told without TLS, or by who is trusted otherwise, says nothing to others. Any thread.
final class KnownCluster {
    /// Of clusters; the one that was asked for longest ago is forgotten.
    private static final int CLUSTERS_MAX = 64;
    /// For so long a host that could not be reached is tried after all others.
    private static final long FAILED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Key(Set<RemoteUrl.Host> named, @Nullable TlsSettings tls) {}

    private record Candidate(RemoteUrl.Host host, boolean isAway, long failedNanosAgo) {}

    // Guarded by itself.
    private static final Map<Key, KnownCluster> CLUSTERS = new LinkedHashMap<>(16, 0.75f, true);

    private final List<RemoteUrl.Host> named;
    private final boolean isTls;
    private final boolean discovers;
    private final Map<RemoteUrl.Host, Long> failedAt = new ConcurrentHashMap<>();
    private volatile @Nullable BlockTable table;

    private KnownCluster(RemoteUrl url) {
        this.named = url.hosts();
        this.isTls = url.tls() != null;
        this.discovers = url.discovers();
    }

    /// With `discover=false` one that nobody shares, and that learns nothing.
    static KnownCluster of(RemoteUrl url) {
        if (!url.discovers()) {
            return new KnownCluster(url);
        }
        synchronized (CLUSTERS) {
            KnownCluster known = CLUSTERS.computeIfAbsent(new Key(Set.copyOf(url.hosts()), url.tls()), _key -> new KnownCluster(url));
            if (CLUSTERS.size() > CLUSTERS_MAX) {
                CLUSTERS.remove(CLUSTERS.keySet().iterator().next());
            }
            return known;
        }
    }

    /// Whether hosts are asked for the table.
    boolean discovers() {
        return discovers;
    }

    /// Null before a host of a cluster has told it.
    @Nullable
    BlockTable table() {
        return table;
    }

    /// A host has told what it knows, which need not be newer in every row.
    synchronized void learn(BlockTable told) {
        BlockTable known = table;
        table = known == null ? told : known.with(told);
    }

    boolean isNamed(RemoteUrl.Host host) {
        return named.contains(host);
    }

    void failed(RemoteUrl.Host host) {
        failedAt.put(host, System.nanoTime());
    }

    void answered(RemoteUrl.Host host) {
        failedAt.remove(host);
    }

    /// Hosts to be tried, in this order: those of the URL as it has them, then the cluster's others; behind these whoever is in sync in no block, or could not be reached in the last ten
    /// seconds, the latest last.
    List<RemoteUrl.Host> candidates() {
        BlockTable known = table;
        Set<RemoteUrl.Host> away = new LinkedHashSet<>();
        Set<RemoteUrl.Host> hosts = new LinkedHashSet<>(named);
        for (BlockTable.Host host : known == null ? List.<BlockTable.Host> of() : known.hosts()) {
            if (host.port() != 0) {
                RemoteUrl.Host address = new RemoteUrl.Host(host.name(), host.port());
                if (host.tls() == isTls) {
                    hosts.add(address);
                }
                if (!Objects.requireNonNull(known).isInSync(host.number())) {
                    away.add(address);
                }
            }
        }
        long now = System.nanoTime();
        List<Candidate> candidates = new ArrayList<>();
        for (RemoteUrl.Host host : hosts) {
            Long failed = failedAt.get(host);
            long ago = failed == null || now - failed >= FAILED_NANOS ? FAILED_NANOS : now - failed;
            candidates.add(new Candidate(host, away.contains(host), ago));
        }
        failedAt.values().removeIf(failed -> now - failed >= FAILED_NANOS);
        candidates.sort(Comparator.comparingLong((Candidate each) -> -each.failedNanosAgo()).thenComparing(Candidate::isAway));
        return candidates.stream().map(Candidate::host).toList();
    }
}
