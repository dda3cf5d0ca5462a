/// Clusters of processes on this machine: their directories, ports, certificates and life.
@NullMarked
package org.coconutdb.cli.cluster;

import org.jspecify.annotations.NullMarked;
