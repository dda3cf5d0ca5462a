/// A database whose blocks are replicated over hosts: what a host's replicas are, where its reads and commits wait, and who gives out timestamps.
/// docs/decisions/0018-transactions-in-a-cluster.md argues why it is strictly serializable; [org.coconutdb.engine.replication] carries the logs.
@NullMarked
package org.coconutdb.engine.cluster;

import org.jspecify.annotations.NullMarked;
