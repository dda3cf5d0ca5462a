package org.coconutdb.engine.transaction;

import java.util.Map;

/// Whether there is memory for what a transaction writes. Asked before anything is proposed: what is in the log must be applied.
public interface Admission {
    /// What a transaction needs.
    ///
    /// @param bytes memory for rows, keys and indexes; 0 where it only deletes
    /// @param byTable memory for records, by table id
    /// @param byBlock the same, by block id
    record Need(long bytes, Map<Integer, Long> byTable, Map<Integer, Long> byBlock) {
        public Need {
            byTable = Map.copyOf(byTable);
            byBlock = Map.copyOf(byBlock);
        }
    }

    /// Returns when there is room; may wait while rows go cold. MEMORY_LIMIT_REACHED where there is none, MEMORY_LOCK_REFUSED where it
    /// cannot be locked and has to be.
    void admit(Need need);
}
