/// Unanimous commit: who has to vote for an entry of a block's log, when it is committed, and who may answer reads from its own memory.
/// docs/decisions/0015-unanimous-commit.md has the protocol and why it holds.
///
/// From the outside: a [ReplicationHost] is opened with a [ReplicatedState] for each block; what it gives is a [BlockLog] for each, and [HostLinks].
///
/// The protocol is in plain objects that are told what happens and the time: [Primary], [InSyncLog], [LeaseHolder], [ReplicationTiming], [ReplicaSet].
///
/// One block at one host is a [ReplicatedBlock]. It follows its log ([LogTail]), holds a [Leading] while it leads, gathers commands into entries ([Proposals],
/// [BlockEntry]), and applies what is committed. Ratis is below it: [BlockStateMachine] hears what happens to the log, [RatisLog] reads and appends, [VoteTap]
/// hears followers' acknowledgements, [Snapshots] keeps images of states.
///
/// Beside the logs, at the same port, hosts send each other messages ([GrpcLinks]): of all blocks in one, how far they are committed, and asking for leases
/// ([HostBeats]); whether others hear who is silent ([HostSilence]); and what only a primary can do ([HostBlockLog]).
@NullMarked
package org.coconutdb.engine.replication;

import org.jspecify.annotations.NullMarked;
