package org.coconutdb.engine.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This process's part in a cluster: the logs of the blocks that it has replicas of, and messages to the other hosts. All over one port.
///
/// Opened with what each block's state is; closed before those states are.
public final class ReplicationHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationHost.class);
    private static final long TICK_MILLIS = 25;
    /// Blocks in which nobody waits are looked at once in so many ticks: a host has hundreds of them.
    private static final int TICKS_WHILE_IDLE = 4;
    private static final int TICKS_UNTIL_FORGOTTEN = 80;
    private static final long UNSTUCK_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long STEP_DOWN_MILLIS = 3_000;
    private static final int APPLIERS_MAX = 4;
    /// Of a lease's length: how often it is asked for, and how often followers are heard.
    private static final int ASKED_IN_A_LEASE = 4;
    private static final long CLOSE_SECONDS_MAX = 10;

    private final ClusterConfig config;
    private final Map<Integer, HostBeats.Local> blocks = new ConcurrentHashMap<>();
    private final Map<Integer, HostBlockLog> logs = new LinkedHashMap<>();
    private final Map<RaftGroupId, BlockStateMachine> machines = new ConcurrentHashMap<>();
    private final Map<Integer, AtomicBoolean> ticking = new HashMap<>();
    private final GrpcLinks links;
    private final HostBeats beats;
    private final HostSilence silence;
    private final HostReturn comingBack;
    private final Formation formation;
    private final Map<Integer, ReplicatedBlockPlan> plans = new LinkedHashMap<>();
    private final AtomicLong calls = new AtomicLong();
    private final RaftServer server;
    private final ExecutorService applying;
    private final ExecutorService proposing;
    private final ExecutorService writing;
    private final ScheduledExecutorService ticks;
    private final ScheduledExecutorService telling;
    private final HostFaults faults;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    // The ticking thread.
    private long beatAtNanos = System.nanoTime();
    private long leaseAtNanos = System.nanoTime();
    private int tickNumber;
    private long unstuckAtNanos = System.nanoTime();

    /// Opens this host's replicas, those that were there before as they were left. Returns before any has a primary.
    ///
    /// @param plans all blocks with a replica here
    /// @param states of the blocks, by their numbers: empty ones, which get what they are to hold
    public static ReplicationHost open(ClusterConfig config, List<ReplicatedBlockPlan> plans, Function<Integer, ReplicatedState> states) {
        return open(config, plans, states, HostFaults.NONE);
    }

    static ReplicationHost open(ClusterConfig config, List<ReplicatedBlockPlan> plans, Function<Integer, ReplicatedState> states,
            HostFaults faults) {
        ReplicationHost host;
        try {
            host = new ReplicationHost(config, plans, states, faults);
        } catch (IOException e) {
            throw failed(config, e);
        }
        try {
            host.start();
            return host;
        } catch (IOException e) {
            host.close();
            throw failed(config, e);
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
    }

    private static CoconutException failed(ClusterConfig config, IOException cause) {
        return CoconutException.of(ErrorCode.IO_FAILED, cause)
                .with("directory", config.directory())
                .with("port", config.address(config.self()).port())
                .with("reason", String.valueOf(cause.getMessage()))
                .mend("See that the port is free, and that the directory can be written and is used by no other process.");
    }

    private ReplicationHost(ClusterConfig config, List<ReplicatedBlockPlan> plans, Function<Integer, ReplicatedState> states,
            HostFaults faults) throws IOException {
        this.config = config;
        this.faults = faults;
        Files.createDirectories(config.directory());
        GrpcTlsConfig tls = config.tls().map(RatisProperties::tls).orElse(null);
        this.applying = Executors.newFixedThreadPool(Math.min(APPLIERS_MAX, Math.max(2, Runtime.getRuntime().availableProcessors())), named(
                "coconut-apply-"));
        this.proposing = Executors.newCachedThreadPool(named("coconut-propose-"));
        this.writing = Executors.newSingleThreadExecutor(named("coconut-snapshot-"));
        this.ticks = Executors.newSingleThreadScheduledExecutor(named("coconut-replication-"));
        this.links = new GrpcLinks(config, tls == null ? null : GrpcUtil.buildSslContextForClient(tls), faults);
        this.formation = Formation.open(config.directory(), hasLogs(), HostReturn.numbers(config));
        this.telling = Executors.newSingleThreadScheduledExecutor(named("coconut-news-"));
        this.beats = new HostBeats(config, links, telling, blocks, formation::isMissing, faults::nanoTime);
        this.silence = new HostSilence(config, links, blocks, proposing, TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), System::nanoTime);
        for (ReplicatedBlockPlan plan : plans) {
            add(plan, states.apply(plan.block()));
        }
        this.comingBack = new HostReturn(config, links, blocks, formation, new Opening());
        links.answer(HostBlockLog.PROPOSE, (_, question) -> at(question, log -> log.onProposed(question)));
        links.answer(HostBlockLog.OUTCOME, (_, question) -> at(question, log -> log.onOutcomeAsked(question)));
        links.answer(HostBlockLog.COMMIT_INDEX, (_, question) -> at(question, HostBlockLog::onCommitIndexAsked));
        this.server = build(tls);
        links.whenRenewed(host -> {
            if (!isClosed.get()) {
                LOG.atInfo().addKeyValue("host", config.self()).addKeyValue("other", host).log("answers again over a new connection");
                proposing.execute(() -> reconnect(host));
            }
        });
    }

    /// Ratis's own connection to a host over which nothing came back is as useless as ours was.
    private void reconnect(int host) {
        server.getServerRpc().handleException(peer(host), new IOException("nothing came back for long"), true);
    }

    private static ThreadFactory named(String prefix) {
        return Thread.ofPlatform().daemon().name(prefix, 0).factory();
    }

    private void add(ReplicatedBlockPlan plan, ReplicatedState state) {
        if (!plan.hosts().contains(config.self())) {
            throw new IllegalArgumentException("block " + plan.block() + " has no replica at host " + config.self());
        }
        plan.members().forEach(member -> config.address(member.host()));
        RatisLog log = new RatisLog(group(plan.block()));
        ReplicatedBlock block = new ReplicatedBlock(plan, plan.rule().map(config::with).orElse(config), state, log, beats,
                new ReplicatedBlock.Threads(applying, proposing,
                        writing), faults::nanoTime);
        plans.put(plan.block(), plan);
        blocks.put(plan.block(), new HostBeats.Local(block, log));
        logs.put(plan.block(), new HostBlockLog(block, log, links, config.patience()));
        machines.put(log.group(), new BlockStateMachine(block, log, faults));
        ticking.put(plan.block(), new AtomicBoolean());
    }

    private RaftGroupId group(int block) {
        return RaftGroupId.valueOf(UUID.nameUUIDFromBytes((config.cluster() + "/" + block).getBytes(StandardCharsets.UTF_8)));
    }

    private RaftServer build(@Nullable GrpcTlsConfig tls) throws IOException {
        Parameters parameters = new Parameters();
        VoteTap.put(parameters, beats);
        if (tls != null) {
            GrpcConfigKeys.TLS.setConf(parameters, tls);
        }
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, (builder, _) -> {
            ServerInterceptor losing = faults.raft(config.self());
            return (losing == null ? builder : builder.intercept(losing)).addService(links.service());
        });
        RaftProperties properties = RatisProperties.of(config);
        // While it is built, Ratis opens all groups that it finds, at once and without their members. We open them one after the other.
        RatisProperties.setStorage(properties, config.directory().resolve("none"));
        // What asks for votes takes its timeout then, too. What appends takes it later.
        RatisProperties.setRequestTimeout(properties, RatisProperties.VOTE_REQUEST_TIMEOUT);
        RaftServer built = RaftServer.newBuilder()
                .setServerId(peer(config.self()))
                .setStateMachineRegistry(this::machine)
                .setProperties(properties)
                .setParameters(parameters)
                .build();
        RatisProperties.setStorage(properties, logDirectory());
        RatisProperties.setRequestTimeout(properties, RatisProperties.REQUEST_TIMEOUT);
        return built;
    }

    private Path logDirectory() {
        return config.directory().resolve("log");
    }

    private BlockStateMachine machine(RaftGroupId group) {
        BlockStateMachine machine = machines.get(group);
        if (machine == null) {
            throw new IllegalArgumentException("no replica of " + group + " is planned here");
        }
        return machine;
    }

    private static RaftPeerId peer(int host) {
        return RaftPeerId.valueOf(String.valueOf(host));
    }

    private boolean hasLogs() throws IOException {
        if (!Files.isDirectory(logDirectory())) {
            return false;
        }
        try (Stream<Path> groups = Files.list(logDirectory())) {
            return groups.findAny().isPresent();
        }
    }

    private void start() throws IOException {
        Files.createDirectories(logDirectory());
        for (int block : formation.missing()) {
            // What it had of it when it was stopped on its way back.
            FileDigest.delete(logDirectory().resolve(group(block).getUuid().toString()));
        }
        requireLogs();
        server.start();
        for (int block : plans.keySet()) {
            if (!formation.isMissing(block)) {
                open(block, peers(block));
            }
        }
        holdAll();
        LOG.atInfo().addKeyValue("host", config.self()).addKeyValue("blocks", plans.size()).addKeyValue("stage", formation.stage()).log(
                "replication is open");
        var _ = ticks.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        comingBack.start();
    }

    /// A log that is gone while others are there would vote as if it had not voted before.
    private void requireLogs() {
        for (int block : formation.held()) {
            Path log = logDirectory().resolve(group(block).getUuid().toString());
            if (plans.containsKey(block) && !formation.isMissing(block) && !Files.isDirectory(log)) {
                throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("block", block)
                        .with("missing", log)
                        .mend("Empty this host's directory, " + config.directory() + ", and start it again: the other hosts fill it.");
            }
        }
    }

    private void holdAll() throws IOException {
        if (formation.stage() == Formation.Stage.FORMED) {
            formation.hold(plans.keySet());
        }
    }

    private List<RaftPeer> peers(int block) {
        return Objects.requireNonNull(plans.get(block)).members().stream().map(member -> RaftPeer.newBuilder()
                .setId(peer(member.host()))
                .setAddress(config.address(member.host()).target())
                .setPriority(member.priority())
                .build()).toList();
    }

    /// @param peers members to begin with, where the log does not say who they are; none: it waits until a primary takes it in
    private void open(int block, List<RaftPeer> peers) throws IOException {
        HostBeats.Local local = Objects.requireNonNull(blocks.get(block));
        local.block().formedBy(formation.formedBy());
        RaftGroup group = RaftGroup.valueOf(group(block), peers);
        RaftClientReply reply = server.groupManagement(GroupManagementRequest.newAdd(ClientId.randomId(), peer(config.self()), calls
                .incrementAndGet(), group, false));
        if (!reply.isSuccess()) {
            throw new IOException("block " + block + " was not opened", reply.getException());
        }
        local.log().onOpen();
        local.block().follow();
    }

    private final class Opening implements HostReturn.Opening {
        @Override
        public void openAll() throws IOException {
            for (int block : plans.keySet()) {
                ReplicationHost.this.open(block, peers(block));
            }
            holdAll();
        }

        @Override
        public void openEmpty(int block) throws IOException {
            ReplicationHost.this.open(block, List.of());
        }

        @Override
        public void openAgain(int block) throws IOException {
            HostBeats.Local local = Objects.requireNonNull(blocks.get(block));
            local.log().onClosed();
            RaftClientReply reply = server.groupManagement(GroupManagementRequest.newRemove(ClientId.randomId(), peer(config.self()), calls
                    .incrementAndGet(), local.log().group(), false, false));
            if (!reply.isSuccess()) {
                throw new IOException("block " + block + " was not closed", reply.getException());
            }
            machines.put(local.log().group(), new BlockStateMachine(local.block(), local.log(), faults));
            ReplicationHost.this.open(block, List.of());
        }

        @Override
        public void stepDown(int block) {
            ReplicationHost.this.stepDown(block);
        }

        @Override
        public CompletableFuture<Void> setMember(int block, int host, HostReturn.Part part) {
            // Ratis's locks are waited for.
            return CompletableFuture.completedFuture(host).thenComposeAsync(_ -> setMembers(block, host, part), proposing).thenCompose(
                    reply -> reply.isSuccess() ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(reply.getException()));
        }
    }

    private void stepDown(int block) {
        try {
            var _ = server.transferLeadershipAsync(new TransferLeadershipRequest(ClientId.randomId(), peer(config.self()), group(block),
                    calls
                            .incrementAndGet(), null, STEP_DOWN_MILLIS));
        } catch (IOException notNow) {
            LOG.atInfo().addKeyValue("block", block).addKeyValue("reason", notNow.getMessage()).log("cannot step down");
        }
    }

    private CompletableFuture<RaftClientReply> setMembers(int block, int host, HostReturn.Part part) {
        HostBeats.Local local = Objects.requireNonNull(blocks.get(block));
        List<RaftPeer> members = new ArrayList<>(local.log().members());
        members.removeIf(member -> member.getId().equals(peer(host)));
        if (part != HostReturn.Part.OUT) {
            peers(block).stream().filter(member -> member.getId().equals(peer(host))).map(member -> RaftPeer.newBuilder(member)
                    .setPriority(part == HostReturn.Part.FULL ? member.getPriority() : 0).build()).forEach(members::add);
        }
        try {
            return server.setConfigurationAsync(new SetConfigurationRequest(ClientId.randomId(), peer(config.self()), group(block), calls
                    .incrementAndGet(), members));
        } catch (IOException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            if (now - beatAtNanos >= 0) {
                beatAtNanos = now + config.timing().leadershipLeaseNanos() / ASKED_IN_A_LEASE;
                beats.beatAll();
            }
            if (now - leaseAtNanos >= 0) {
                leaseAtNanos = now + config.timing().readLeaseNanos() / ASKED_IN_A_LEASE;
                beats.askForLeases();
            }
            silence.tick();
            logs.values().forEach(log -> log.tick(now));
            tickNumber++;
            if (tickNumber % TICKS_UNTIL_FORGOTTEN == 0) {
                blocks.values().forEach(local -> local.block().recent().forgetOld());
            }
            unstick(now);
            boolean isForIdle = tickNumber % TICKS_WHILE_IDLE == 0;
            blocks.forEach((number, local) -> {
                if (local.block().isAtWork() || (isForIdle && local.block().isLeading())) {
                    tick(number, local);
                }
            });
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a tick of replication failed");
        }
    }

    /// Where the answer to a new leader's first entry got lost with its connection, Ratis has been seen never to ask again, over new connections neither. And where a leader hands its
    /// lead over to a host that is just gone, Ratis 3.3 may go on refusing entries for all of the term: `TransferLeadership.start` does not forget a hand-over that fails at once. The
    /// next leader does better.
    private void unstick(long now) {
        boolean isDue = now - unstuckAtNanos >= UNSTUCK_NANOS;
        for (HostBeats.Local local : blocks.values()) {
            String why = local.log().isOpen() ? local.block().stuckFor() : null;
            if (why != null && isDue) {
                unstuckAtNanos = now;
                LOG.atWarn().addKeyValue("host", config.self()).addKeyValue("block", local.block().block()).addKeyValue("why", why).log(
                        "lets another lead a block");
                proposing.execute(() -> stepDown(local.block().block()));
            }
        }
    }

    /// Not on the thread of all blocks: one may wait for its log.
    private void tick(int number, HostBeats.Local local) {
        AtomicBoolean isTicking = ticking.get(number);
        if (isTicking != null && local.log().isOpen() && isTicking.compareAndSet(false, true)) {
            proposing.execute(() -> {
                try {
                    local.block().tick();
                } catch (RuntimeException e) {
                    LOG.atError().addKeyValue("block", number).setCause(e).log("a tick of a block failed");
                } finally {
                    isTicking.set(false);
                }
            });
        }
    }

    private CompletableFuture<byte[]> at(byte[] question, Function<HostBlockLog, CompletableFuture<byte[]>> action) {
        int block = ByteBuffer.wrap(question).getInt();
        HostBlockLog log = logs.get(block);
        return log == null ? CompletableFuture.failedFuture(CoconutException.of(ErrorCode.NOT_PRIMARY).with("block", block)) : action.apply(
                log);
    }

    /// The log of a block.
    ///
    /// @throws IllegalArgumentException where it has no replica here
    public BlockLog log(int block) {
        HostBlockLog log = logs.get(block);
        if (log == null) {
            throw new IllegalArgumentException("block " + block + " has no replica at host " + config.self());
        }
        return log;
    }

    /// How many elections this host has called since others were silent.
    long electionsCalled() {
        return silence.called();
    }

    public HostLinks links() {
        return links;
    }

    public ClusterConfig config() {
        return config;
    }

    /// Leaves the cluster without a word: others take over as when the process dies. What was proposed here and is not known fails so.
    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        ticks.shutdownNow();
        telling.shutdownNow();
        try {
            comingBack.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            server.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("cannot close replication in an orderly way");
        }
        blocks.values().forEach(local -> local.block().close());
        links.close();
        try {
            for (ExecutorService executor : List.of(proposing, applying, writing)) {
                executor.shutdown();
                if (!executor.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                    LOG.atWarn().log("threads of replication go on after it was closed");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
