package org.coconutdb.engine.replication;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// A block's log at a host: what the primary has to do is done there, wherever that is. Any thread.
final class HostBlockLog implements BlockLog {
    static final byte PROPOSE = -3;
    static final byte COMMIT_INDEX = -4;
    static final byte OUTCOME = -6;

    private static final long RETRY_MILLIS = 15;
    // In it one that lives has said what it knows.
    private static final long DEPOSED_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final long OUTCOME_ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final int REQUEST_ID_BITS = 58;

    private final ReplicatedBlock block;
    private final RatisLog log;
    private final GrpcLinks links;
    private final long leaderNanosMax;
    private final long outcomeNanosMax;
    private final Set<Asked> waitingFor = ConcurrentHashMap.newKeySet();
    // Begins anywhere: this process shall not use again what the one before has used.
    private final AtomicLong requests = new AtomicLong(new SecureRandom().nextLong());
    // The ticking thread.
    private int leads = -1;
    private long leadsSinceNanos;

    /// A proposal at another host.
    private record Asked(int primary, CompletableFuture<byte[]> answer) {}

    HostBlockLog(ReplicatedBlock block, RatisLog log, GrpcLinks links, ClusterConfig.Patience patience) {
        this.block = block;
        this.log = log;
        this.links = links;
        this.leaderNanosMax = patience.leader().toNanos();
        this.outcomeNanosMax = patience.outcome().toNanos();
    }

    @Override
    public int block() {
        return block.block();
    }

    @Override
    public Status status() {
        return block.status();
    }

    @Override
    public List<Votes> votes() {
        return block.votes();
    }

    @Override
    public void setRule(CommitRule rule) {
        block.setRule(rule);
    }

    @Override
    public boolean isPrimaryHere() {
        return block.isPrimary();
    }

    @Override
    public boolean isSettledPrimaryHere() {
        return block.isSettledPrimary();
    }

    @Override
    public boolean mayRead() {
        return block.mayRead();
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] command) {
        if (command.length > Proposals.COMMAND_BYTES_MAX) {
            return CompletableFuture.failedFuture(CoconutException.of(ErrorCode.TRANSACTION_TOO_LARGE)
                    .with("commandBytes", command.length)
                    .with("commandBytesMax", Proposals.COMMAND_BYTES_MAX)
                    .mend("Commit it in smaller parts."));
        }
        return whileNobodyCan(System.nanoTime() + leaderNanosMax, () -> proposeOnce(command));
    }

    private CompletableFuture<byte[]> proposeOnce(byte[] command) {
        long id = ((long) links.self() << REQUEST_ID_BITS) | (requests.incrementAndGet() & ((1L << REQUEST_ID_BITS) - 1));
        long since = block.commit().index();
        long until = System.nanoTime() + outcomeNanosMax;
        long own = block.primaryTerm();
        if (own >= 0) {
            CommandOutcome.Request request = new CommandOutcome.Request(id, own, since);
            return orItsOutcome(block.proposals().propose(id, own, command), request, until);
        }
        CommandOutcome.Request request = new CommandOutcome.Request(id, log.currentTerm(), since);
        int leader = log.leader();
        if (leader < 0 || leader == links.self()) {
            return CompletableFuture.failedFuture(block.errors().notPrimary());
        }
        return orItsOutcome(forward(leader, request, command), request, until);
    }

    private CompletableFuture<byte[]> forward(int leader, CommandOutcome.Request request, byte[] command) {
        ByteBuffer question = ByteBuffer.allocate(Integer.BYTES + CommandOutcome.Request.BYTES + command.length).putInt(block.block());
        request.put(question);
        CompletableFuture<byte[]> asked = links.askOnce(leader, PROPOSE, question.put(command).array(), outcomeNanosMax);
        Asked waiting = new Asked(leader, asked);
        waitingFor.add(waiting);
        var _ = asked.whenComplete((_, _) -> waitingFor.remove(waiting));
        return asked.thenApply(answer -> {
            ByteBuffer from = ByteBuffer.wrap(answer);
            // Who has written here reads here next.
            block.onCommitTold(ReplicatedBlock.Commit.from(from));
            return Arrays.copyOfRange(answer, from.position(), answer.length);
        });
    }

    /// What a command came to; where that was not told, what later primaries know of it.
    private CompletableFuture<byte[]> orItsOutcome(CompletableFuture<byte[]> told, CommandOutcome.Request request, long untilNanos) {
        return told.exceptionallyCompose(failure -> {
            CoconutException error = outcome(failure);
            return error.code() == ErrorCode.OUTCOME_UNKNOWN ? askForOutcome(request, error, untilNanos)
                    : CompletableFuture.failedFuture(error);
        });
    }

    /// Again and again until somebody knows: a result, that it was surely not done, or the error that is given.
    private CompletableFuture<byte[]> askForOutcome(CommandOutcome.Request request, CoconutException unknown, long untilNanos) {
        return outcomeAtPrimary(request).thenCompose(outcome -> switch (outcome.kind()) {
            case DONE -> CompletableFuture.completedFuture(Objects.requireNonNull(outcome.result()));
            case NOT_DONE -> CompletableFuture.failedFuture(block.errors().notPrimary());
            case FORGOTTEN -> CompletableFuture.failedFuture(unknown);
            case OPEN -> links.isClosed() || System.nanoTime() - untilNanos >= 0 ? CompletableFuture.failedFuture(unknown)
                    : Later.in(RETRY_MILLIS).thenCompose(_ -> askForOutcome(request, unknown, untilNanos));
        });
    }

    private CompletableFuture<CommandOutcome> outcomeAtPrimary(CommandOutcome.Request request) {
        int leader = log.leader();
        if (leader == links.self()) {
            return CompletableFuture.completedFuture(block.outcome(request));
        }
        if (leader < 0) {
            return CompletableFuture.completedFuture(CommandOutcome.OPEN);
        }
        ByteBuffer question = ByteBuffer.allocate(Integer.BYTES + CommandOutcome.Request.BYTES).putInt(block.block());
        request.put(question);
        return links.askOnce(leader, OUTCOME, question.array(), OUTCOME_ANSWER_NANOS_MAX).handle((answer, failure) -> failure == null
                ? CommandOutcome.decode(answer)
                : CommandOutcome.OPEN);
    }

    /// Answers another host that was not told.
    CompletableFuture<byte[]> onOutcomeAsked(byte[] question) {
        CommandOutcome.Request request = CommandOutcome.Request.from(ByteBuffer.wrap(question).position(Integer.BYTES));
        return CompletableFuture.completedFuture(block.outcome(request).encode());
    }

    /// One thread, again and again: who has led no more for a while does not tell what came of a proposal, even where it was stopped and its connections are open.
    void tick(long nowNanos) {
        int leader = log.isOpen() ? log.leader() : -1;
        if (leader != leads) {
            leads = leader;
            leadsSinceNanos = nowNanos;
        }
        if (leader >= 0 && nowNanos - leadsSinceNanos >= DEPOSED_NANOS_MAX) {
            for (Asked asked : waitingFor) {
                if (asked.primary() != leader) {
                    asked.answer().completeExceptionally(new LinkException(asked.primary(), false, "leads no more", null));
                }
            }
        }
    }

    /// A question that was sent and not answered may have been heard.
    private CoconutException outcome(Throwable failure) {
        return cause(failure) instanceof LinkException link ? link.isSurelyNotSent() ? block.errors().notPrimary() : block.errors().unknown(
                "no answer from the primary")
                : LinkAnswer.coconut(failure);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /// Answers another host's [#propose].
    CompletableFuture<byte[]> onProposed(byte[] question) {
        ByteBuffer from = ByteBuffer.wrap(question).position(Integer.BYTES);
        CommandOutcome.Request request = CommandOutcome.Request.from(from);
        return block.proposals().propose(request.id(), request.term(), Arrays.copyOfRange(question, from.position(), question.length))
                .thenApply(result -> {
                    ByteBuffer answer = ByteBuffer.allocate(ReplicatedBlock.Commit.BYTES + result.length);
                    block.commit().put(answer);
                    return answer.put(result).array();
                });
    }

    @Override
    public CompletableFuture<Void> catchUp() {
        long until = System.nanoTime() + leaderNanosMax;
        return whileNobodyCan(until, this::primaryCommit).thenCompose(commit -> {
            block.onCommitTold(commit);
            CompletableFuture<Void> applied = block.applier().whenApplied(commit.index());
            return applied.copy().orTimeout(leaderNanosMax, TimeUnit.NANOSECONDS).exceptionallyCompose(_ -> {
                block.applier().forget(applied);
                return CompletableFuture.failedFuture(block.errors().notPrimary().with("waitedForIndex", commit.index()));
            });
        });
    }

    private CompletableFuture<ReplicatedBlock.Commit> primaryCommit() {
        int leader = log.leader();
        if (leader < 0) {
            return CompletableFuture.failedFuture(block.errors().notPrimary());
        }
        if (leader == links.self()) {
            ReplicatedBlock.Commit commit = block.readCommit();
            return commit == null ? CompletableFuture.failedFuture(block.errors().notPrimary()) : CompletableFuture.completedFuture(commit);
        }
        byte[] question = ByteBuffer.allocate(Integer.BYTES).putInt(block.block()).array();
        return links.askOnce(leader, COMMIT_INDEX, question, TimeUnit.SECONDS.toNanos(1)).handle((answer, failure) -> {
            if (failure != null) {
                CoconutException error = LinkAnswer.coconut(failure);
                throw error.code() == ErrorCode.HOST_UNREACHABLE ? block.errors().notPrimary() : error;
            }
            return ReplicatedBlock.Commit.from(ByteBuffer.wrap(answer));
        });
    }

    /// Answers another host's [#catchUp].
    CompletableFuture<byte[]> onCommitIndexAsked() {
        ReplicatedBlock.Commit commit = block.readCommit();
        if (commit == null) {
            return CompletableFuture.failedFuture(block.errors().notPrimary());
        }
        ByteBuffer answer = ByteBuffer.allocate(ReplicatedBlock.Commit.BYTES);
        commit.put(answer);
        return CompletableFuture.completedFuture(answer.array());
    }

    /// Does it again while it is surely not done for want of a primary, or of replicas.
    private <T> CompletableFuture<T> whileNobodyCan(long untilNanos, Supplier<CompletableFuture<T>> action) {
        return action.get().exceptionallyCompose(failure -> {
            CoconutException error = LinkAnswer.coconut(failure);
            boolean isSurelyNotDone = error.code() == ErrorCode.NOT_PRIMARY || error.code() == ErrorCode.REPLICAS_MISSING;
            if (!isSurelyNotDone || links.isClosed() || System.nanoTime() - untilNanos >= 0) {
                return CompletableFuture.failedFuture(error);
            }
            return Later.in(RETRY_MILLIS).thenCompose(_ -> whileNobodyCan(untilNanos, action));
        });
    }
}
