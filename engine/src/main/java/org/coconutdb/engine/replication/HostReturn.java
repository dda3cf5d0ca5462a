package org.coconutdb.engine.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.coconutdb.engine.error.CoconutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a host without logs comes to its cluster, and what the others do for it.
///
/// *Forming.* It asks all others what they are. Where all are blank, or have formed the cluster with just this directory, it forms it, too. Where one has formed it with
/// another directory, this host was lost. Where one has formed it without this host, it is new, and takes part when all others know it. While one does not answer, it waits:
/// that one may be the one that knows.
///
/// *Returning*, in each block by itself. The primary evicts the host, which waits out its lease, and takes it out of Raft's members: so every vote that it has given and does not
/// remember counts no more, since who leads afterwards has this entry. Then the host opens an empty log, and the primary takes it in as Raft takes in a new member: when it
/// has caught up. It is admitted to the replicas in sync as any other that was evicted.
///
/// It comes in with the lowest priority, and gets its own when it is a member: a member with a higher one votes for nobody whose log is the same. Where the entry that takes it in is known
/// to it and to the primary alone when that one stops leading, those who do not know it do not vote for it, and nobody would lead any more.
final class HostReturn {
    static final byte FORMATION = -8;
    static final byte RETURN = -9;

    private static final Logger LOG = LoggerFactory.getLogger(HostReturn.class);
    private static final long ROUND_MILLIS = 100;
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);
    private static final long UNHEARD_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int UUID_BYTES = 2 * Long.BYTES;

    private static final byte NOT_FORMED = 0;
    private static final byte FORMED_WITH_YOU = 1;
    private static final byte FORMED_WITHOUT_YOU = 2;
    private static final byte UNKNOWN = 3;

    private static final byte LEAVE = 0;
    private static final byte COME = 1;

    private static final byte NOT_PRIMARY = 0;
    private static final byte PENDING = 1;
    private static final byte DONE = 2;

    /// A change of a block's members that is under way.
    ///
    /// @param sinceNanos when it was asked for, or another was to lead because of it
    private record Changing(long sinceNanos) {}

    /// What part a host has in a block.
    enum Part {
        /// None.
        OUT,
        /// It votes, and leads where nobody else can.
        LAST,
        /// As it is planned.
        FULL
    }

    /// Opens this host's logs.
    interface Opening {
        /// As a member of all blocks of a new cluster.
        void openAll() throws IOException;

        /// A block as nobody's member, with nothing.
        void openEmpty(int block) throws IOException;

        /// The same once more, where Raft has closed it: with what it has in it.
        void openAgain(int block) throws IOException;

        /// What Raft's members are to be, with a host or without.
        CompletableFuture<Void> setMember(int block, int host, Part part);

        /// Leads no more, until it is elected again.
        void stepDown(int block);
    }

    private final ClusterConfig config;
    private final GrpcLinks links;
    private final Map<Integer, HostBeats.Local> blocks;
    private final Formation formation;
    private final Opening opening;
    // At the returning host; its thread.
    private final Set<Integer> opened = new HashSet<>();
    private final Map<Integer, Integer> primaries = new HashMap<>();
    private final Map<Integer, Long> toldNanos = new HashMap<>();
    private String waitsFor = "";
    // At primaries, by block.
    private final ConcurrentMap<Integer, Changing> changing = new ConcurrentHashMap<>();
    // What was logged of a change that has not succeeded yet.
    private final ConcurrentMap<Integer, Set<String>> logged = new ConcurrentHashMap<>();
    private @Nullable Thread thread;
    private volatile boolean isClosing;

    HostReturn(ClusterConfig config, GrpcLinks links, Map<Integer, HostBeats.Local> blocks, Formation formation, Opening opening) {
        this.config = config;
        this.links = links;
        this.blocks = blocks;
        this.formation = formation;
        this.opening = opening;
        links.answer(FORMATION, this::onFormationAsked);
        links.answer(RETURN, this::onReturning);
    }

    /// In the background, where there is something to do.
    void start() {
        if (formation.stage() != Formation.Stage.FORMED) {
            thread = Thread.ofPlatform().daemon().name("coconut-return").start(this::run);
        }
    }

    void close() throws InterruptedException {
        isClosing = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            running.join();
        }
    }

    private void run() {
        try {
            while (formation.stage() == Formation.Stage.BLANK) {
                if (!form()) {
                    Thread.sleep(ROUND_MILLIS);
                }
            }
            while (formation.stage() == Formation.Stage.RETURNING) {
                for (int block : formation.missing()) {
                    comeBack(block);
                }
                Thread.sleep(ROUND_MILLIS);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException failure) {
            // What is interrupted in the midst of a file or of a question to Ratis fails as such.
            if (!isClosing) {
                LOG.atError().addKeyValue("host", config.self()).setCause(failure).log(
                        "cannot take part in the cluster: start this host again");
            }
        }
    }

    // ---- forming

    /// One round; whether it is known now what this host is.
    private boolean form() throws InterruptedException, IOException {
        Map<Integer, UUID> with = new HashMap<>();
        ReplicaSet formedBy = ReplicaSet.NONE;
        ReplicaSet formedTogether = numbers(config);
        String waiting = "";
        for (HostAddress host : config.hosts()) {
            if (host.number() == config.self()) {
                continue;
            }
            ByteBuffer question = ByteBuffer.allocate(UUID_BYTES);
            put(formation.incarnation(), question);
            byte[] answered = ask(host.number(), FORMATION, question.array());
            if (answered == null) {
                waiting = "a host without logs waits for host " + host.number() + " to say whether it had any";
                continue;
            }
            ByteBuffer answer = ByteBuffer.wrap(answered);
            byte what = answer.get();
            with.put(host.number(), uuid(answer));
            ReplicaSet by = new ReplicaSet(answer.getLong());
            if (what == UNKNOWN) {
                waiting = "a host waits for host " + host.number()
                        + " to know it: write it into hosts of that one's file, and start that one again";
            } else if (what == FORMED_WITH_YOU) {
                formedTogether = by;
            } else if (what == FORMED_WITHOUT_YOU) {
                formedBy = by;
                if (by.contains(config.self())) {
                    LOG.atWarn().addKeyValue("host", config.self()).addKeyValue("by", host.number()).log(
                            "this host has a part in the cluster and has lost it: the others fill it again");
                    formation.beginReturn(blocks.keySet(), by);
                    return true;
                }
            }
        }
        if (!waiting.isEmpty()) {
            if (!waiting.equals(waitsFor)) {
                waitsFor = waiting;
                LOG.atInfo().addKeyValue("host", config.self()).log(waiting);
            }
            return false;
        }
        if (formedBy.size() > 0) {
            LOG.atInfo().addKeyValue("host", config.self()).log("this host is new in the cluster: the others fill it");
            formation.beginReturn(blocks.keySet(), formedBy);
            return true;
        }
        formation.form(with, formedTogether);
        opening.openAll();
        LOG.atInfo().addKeyValue("host", config.self()).addKeyValue("blocks", blocks.size()).log("the cluster is formed");
        return true;
    }

    /// Of all hosts that this one's file names.
    static ReplicaSet numbers(ClusterConfig config) {
        ReplicaSet numbers = ReplicaSet.NONE;
        for (HostAddress host : config.hosts()) {
            numbers = numbers.with(host.number());
        }
        return numbers;
    }

    private CompletableFuture<byte[]> onFormationAsked(int from, byte[] question) {
        UUID incarnation = uuid(ByteBuffer.wrap(question));
        // Who is returning does not know what the others have formed.
        byte what = !numbers(config).contains(from) ? UNKNOWN
                : formation.stage() != Formation.Stage.FORMED ? NOT_FORMED
                : formation.isFormedWith(from, incarnation) ? FORMED_WITH_YOU : FORMED_WITHOUT_YOU;
        ByteBuffer answer = ByteBuffer.allocate(1 + UUID_BYTES + Long.BYTES).put(what);
        put(formation.incarnation(), answer);
        return CompletableFuture.completedFuture(answer.putLong(formation.formedBy().bits()).array());
    }

    private static void put(UUID uuid, ByteBuffer into) {
        into.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer from) {
        return new UUID(from.getLong(), from.getLong());
    }

    private byte @Nullable [] ask(int host, byte topic, byte[] question) throws InterruptedException {
        try {
            byte[] answer = links.askOnce(host, topic, question, ANSWER_NANOS_MAX).get();
            return answer.length == 0 ? null : answer;
        } catch (ExecutionException unanswered) {
            return null;
        }
    }

    // ---- returning

    /// One step in one block.
    private void comeBack(int block) throws InterruptedException, IOException {
        boolean isOpen = opened.contains(block);
        int primary = primaries.getOrDefault(block, config.self());
        HostBeats.Local local = Objects.requireNonNull(blocks.get(block));
        if (isOpen && local.log().isClosedByRaft()) {
            openAgain(local);
            return;
        }
        boolean hearsRaft = isOpen && local.log().leader() == primary;
        byte[] question = ByteBuffer.allocate(Integer.BYTES + 2).putInt(block).put(isOpen ? COME : LEAVE).put((byte) (hearsRaft ? 1 : 0))
                .array();
        byte[] answer = primary == config.self() ? null : ask(primary, RETURN, question);
        tellWhenLate(block, isOpen, primary, answer);
        if (answer == null || answer[0] == NOT_PRIMARY) {
            primaries.put(block, nextHost(primary));
        } else if (answer[0] == DONE && !isOpen) {
            opening.openEmpty(block);
            opened.add(block);
        } else if (answer[0] == DONE) {
            formation.returned(block);
            LOG.atInfo().addKeyValue("host", config.self()).addKeyValue("block", block).log("votes in a block again");
        }
    }

    /// Raft shuts down a replica that calls an election and is no member, by what its own log says or the leader's. One that was sent something before it was taken in does so.
    private void openAgain(HostBeats.Local local) throws IOException {
        if (!local.block().isBroken()) {
            LOG.atInfo().addKeyValue("host", config.self()).addKeyValue("block", local.block().block()).log(
                    "Raft has closed the log of a host that is no member yet: opens it again");
            opening.openAgain(local.block().block());
        }
    }

    private void tellWhenLate(int block, boolean isOpen, int primary, byte @Nullable [] answer) {
        long now = System.nanoTime();
        if (now - toldNanos.computeIfAbsent(block, _ -> now) >= LATE_NANOS && primary != config.self()) {
            toldNanos.put(block, now);
            LOG.atInfo().addKeyValue("host", config.self()).addKeyValue("block", block).addKeyValue("step", isOpen ? "come" : "leave")
                    .addKeyValue("asked", primary).addKeyValue("answer", answer == null ? "none" : answer[0] == NOT_PRIMARY ? "not primary"
                            : answer[0] == PENDING ? "pending" : "done").log("waits to be taken in again");
        }
    }

    private int nextHost(int host) {
        for (int i = 0; i < config.hosts().size(); i++) {
            if (config.hosts().get(i).number() == host) {
                return config.hosts().get((i + 1) % config.hosts().size()).number();
            }
        }
        return host;
    }

    /// At the primary.
    private CompletableFuture<byte[]> onReturning(int from, byte[] question) {
        ByteBuffer asked = ByteBuffer.wrap(question);
        int block = asked.getInt();
        boolean leaves = asked.get() == LEAVE;
        boolean hearsRaft = asked.get() != 0;
        HostBeats.Local local = blocks.get(block);
        if (local == null || !local.block().isPrimary() || !local.block().members().contains(from)) {
            logged.remove(block);
            return told(NOT_PRIMARY);
        }
        try {
            if (leaves && !local.block().lose(from)) {
                return told(PENDING);
            }
            Part part = part(local, from);
            if (part == (leaves ? Part.OUT : Part.FULL)) {
                if (!leaves) {
                    local.block().found(from);
                }
                return told(DONE);
            }
            if (part != null) {
                change(block, from, leaves ? Part.OUT : part == Part.OUT ? Part.LAST : Part.FULL);
            }
            if (!leaves && !hearsRaft) {
                letAnotherLeadWhereLate(block);
            }
            return told(PENDING);
        } catch (CoconutException notOpen) {
            return told(NOT_PRIMARY);
        }
    }

    /// By what is chosen; null while that changes.
    private static @Nullable Part part(HostBeats.Local local, int host) {
        Boolean isMember = local.log().isMember(host);
        return isMember == null ? null
                : !isMember ? Part.OUT
                : local.log().priority(host) == local.block().priority(host) ? Part.FULL : Part.LAST;
    }

    /// Ratis has been seen to send nothing to a host that it was told to take in, for longer than half a minute: over a stream of a connection that was given up. A host that is sent a snapshot,
    /// which may take long, has heard its leader.
    private void letAnotherLeadWhereLate(int block) {
        Changing change = changing.get(block);
        long now = System.nanoTime();
        if (change != null && now - change.sinceNanos() >= UNHEARD_NANOS_MAX && changing.replace(block, change, new Changing(now))) {
            LOG.atWarn().addKeyValue("block", block).log("Raft sends nothing to a host that is to be taken in: lets another lead");
            opening.stepDown(block);
        }
    }

    private static CompletableFuture<byte[]> told(byte what) {
        return CompletableFuture.completedFuture(new byte[] {what});
    }

    /// One change of a block's members at a time; what fails is asked for again.
    private void change(int block, int host, Part part) {
        if (changing.putIfAbsent(block, new Changing(System.nanoTime())) != null) {
            return;
        }
        tellOnce(block, host, switch (part) {
            case OUT -> "takes a host out that lost what it held";
            case LAST -> "takes a host in again that lost what it held";
            case FULL -> "lets a host lead again that lost what it held";
        }, "");
        var _ = opening.setMember(block, host, part).whenComplete((_, failure) -> {
            if (failure == null) {
                logged.remove(block);
            } else {
                Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause()
                        : failure;
                tellOnce(block, host, "members could not be changed yet", String.valueOf(cause.getMessage()));
                if (cause instanceof IllegalStateException) {
                    // Ratis's leader may still send to whom an earlier one has taken out, and then takes in nobody in all of its term.
                    opening.stepDown(block);
                }
            }
            changing.remove(block);
        });
    }

    /// It is asked for ten times a second.
    private void tellOnce(int block, int host, String what, String reason) {
        if (logged.computeIfAbsent(block, _ -> ConcurrentHashMap.newKeySet()).add(what)) {
            LOG.atInfo().addKeyValue("block", block).addKeyValue("replica", host).addKeyValue("reason", reason).log(what);
        }
    }
}
