/// Unanimous commit: who has to vote for an entry of a block's log, when it is committed, and who may answer reads from its own memory.
/// docs/decisions/0013-unanimous-commit.md has the protocol and why it holds. So far its core, without a transport.
@NullMarked
package org.coconutdb.engine.replication;

import org.jspecify.annotations.NullMarked;
