package org.coconutdb.engine.replication;

import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/// Ratis over gRPC, that tells of each acknowledgement of a follower: these are the votes. Ratis makes it by the name of its class.
public final class VoteTap implements RpcType {
    /// Is told of votes.
    interface Votes {
        /// In a term of this host's, a replica has synced its log up to an index.
        void onVote(RaftGroupId group, long term, int replica, long index);
    }

    private static final String VOTES = "coconut.votes";

    static void put(Parameters parameters, Votes votes) {
        parameters.put(VOTES, votes, Votes.class);
    }

    @Override
    public String name() {
        return VoteTap.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(parameters, parameters.get(VOTES, Votes.class));
    }

    private static final class Factory extends GrpcFactory {
        private final Votes votes;

        Factory(Parameters parameters, Votes votes) {
            super(parameters);
            this.votes = votes;
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
            return super.newLogAppender(division, new Listening(division, leader, votes), follower);
        }
    }

    /// A leader's state, that hands everything on.
    private static final class Listening implements LeaderState {
        private final LeaderState leader;
        private final Votes votes;
        private final RaftGroupId group;
        private final long term;

        Listening(RaftServer.Division division, LeaderState leader, Votes votes) {
            this.leader = leader;
            this.votes = votes;
            this.group = division.getMemberId().getGroupId();
            this.term = division.getInfo().getCurrentTerm();
        }

        @Override
        public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
            leader.onFollowerSuccessAppendEntries(follower);
            votes.onVote(group, term, Integer.parseInt(follower.getId().toString()), follower.getMatchIndex());
        }

        @Override
        public void restart(LogAppender appender) {
            leader.restart(appender);
        }

        @Override
        public AppendEntriesRequestProto newAppendEntriesRequestProto(FollowerInfo follower, List<LogEntryProto> entries,
                @Nullable TermIndex previous, long callId) {
            return leader.newAppendEntriesRequestProto(follower, entries, previous, callId);
        }

        @Override
        public void checkHealth(FollowerInfo follower) {
            leader.checkHealth(follower);
        }

        @Override
        public boolean onFollowerTerm(FollowerInfo follower, long followerTerm) {
            return leader.onFollowerTerm(follower, followerTerm);
        }

        @Override
        public void onFollowerCommitIndex(FollowerInfo follower, long commitIndex) {
            leader.onFollowerCommitIndex(follower, commitIndex);
        }

        @Override
        public boolean isFollowerBootstrapping(FollowerInfo follower) {
            return leader.isFollowerBootstrapping(follower);
        }

        @Override
        public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
            leader.onAppendEntriesReply(appender, reply);
        }
    }
}
