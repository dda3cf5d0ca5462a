package org.coconutdb.engine.transaction;

import java.util.Map;
import java.util.function.Supplier;

/// Whether there is memory for what a transaction writes. Asked before anything is proposed: what is in the log must be applied.
public interface Admission {
    /// What a transaction needs of the budgets of tables and blocks.
    ///
    /// @param byTable memory for records, by table id
    /// @param byBlock the same, by block id
    record Need(Map<Integer, Long> byTable, Map<Integer, Long> byBlock) {
        public Need {
            byTable = Map.copyOf(byTable);
            byBlock = Map.copyOf(byBlock);
        }
    }

    /// Room that a transaction has while its writes are under way: until it is closed, nobody else is given it.
    interface Room extends AutoCloseable {
        Room WITHOUT_BOUND = () -> {};

        @Override
        void close();
    }

    /// Returns when there is room; may wait while rows go cold. MEMORY_LIMIT_REACHED where there is none, MEMORY_LOCK_REFUSED where it
    /// cannot be locked and has to be.
    ///
    /// @param bytes memory for rows, keys and indexes; 0 where it only deletes
    /// @param need asked only where there are such budgets
    /// @param growth the same need less the records that are replaced and deleted, below 0 where the transaction gives back more than it
    ///        takes. It costs a lookup of each key, so it is asked only where there is no room
    Room admit(long bytes, Supplier<Need> need, Supplier<Need> growth);
}
