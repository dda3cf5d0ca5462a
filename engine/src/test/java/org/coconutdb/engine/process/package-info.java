/// A test kit: a cluster whose hosts are processes of their own on this machine, what can befall them, and clients whose histories are judged.
///
/// [ProcessCluster] starts hosts ([MemberProcess]), kills, pauses and restarts them, cuts links between them, makes their disks slow and their clocks wrong. [Nemesis] does so at
/// random, from a seed. [Load] is what clients do meanwhile; `ClusterHistoriesIT` judges it.
package org.coconutdb.engine.process;
