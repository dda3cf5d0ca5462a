package org.coconutdb.engine.replication;

import java.util.List;
import java.util.Optional;

/// Which hosts have a replica of a block, and by what rule it is committed.
///
/// @param members the same at every host, and in every start
/// @param rule to begin with; empty: the cluster's
public record ReplicatedBlockPlan(int block, List<Member> members, Optional<CommitRule> rule) {
    /// A host with a replica.
    ///
    /// @param priority the member of the highest priority leads when it is there
    public record Member(int host, int priority) {
        public Member {
            if (priority < 0) {
                throw new IllegalArgumentException("a priority is not below 0, was " + priority);
            }
        }
    }

    public ReplicatedBlockPlan {
        members = List.copyOf(members);
        if (block < 0 || members.isEmpty() || members.stream().mapToInt(Member::host).distinct().count() != members.size()) {
            throw new IllegalArgumentException("a block has a number from 0 on, and members, each once: " + block + ", " + members);
        }
    }

    /// One that is committed by the cluster's rule.
    public ReplicatedBlockPlan(int block, List<Member> members) {
        this(block, members, Optional.empty());
    }

    ReplicaSet hosts() {
        ReplicaSet hosts = ReplicaSet.NONE;
        for (Member member : members) {
            hosts = hosts.with(member.host());
        }
        return hosts;
    }
}
