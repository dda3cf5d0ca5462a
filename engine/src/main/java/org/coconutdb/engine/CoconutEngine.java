package org.coconutdb.engine;

import java.util.List;
import java.util.Optional;
import org.coconutdb.engine.memory.MemoryUse;
import org.coconutdb.engine.transaction.Transaction;

/// An open database. TO BE WRITTEN.
public final class CoconutEngine implements AutoCloseable {
    private CoconutEngine() {}

    public static CoconutEngine open(EngineConfig config) {
        throw new UnsupportedOperationException();
    }

    public EngineConfig config() {
        throw new UnsupportedOperationException();
    }

    /// Rises with every change of the tables; a plan made at one version is right as long as it has not moved.
    public long catalogVersion() {
        throw new UnsupportedOperationException();
    }

    /// All tables, ordered by id.
    public List<TableDescriptor> tables() {
        throw new UnsupportedOperationException();
    }

    public Optional<TableDescriptor> table(String name) {
        throw new UnsupportedOperationException();
    }

    /// Durable when it returns. DUPLICATE_TABLE where the name is taken.
    public TableDescriptor createTable(String name, TableKind kind, byte[] definition) {
        throw new UnsupportedOperationException();
    }

    /// Durable when it returns. UNDEFINED_TABLE where it is gone already.
    public void dropTable(int tableId) {
        throw new UnsupportedOperationException();
    }

    public Transaction begin() {
        throw new UnsupportedOperationException();
    }

    /// Live rows of a table, as of now; exact when nobody writes. For the planner's estimates.
    public long rowCount(TableDescriptor table) {
        throw new UnsupportedOperationException();
    }

    /// Measured now.
    public List<MemoryUse> memoryUse() {
        throw new UnsupportedOperationException();
    }

    /// What each block holds now, ordered by block id.
    public List<BlockStatus> blocks() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
