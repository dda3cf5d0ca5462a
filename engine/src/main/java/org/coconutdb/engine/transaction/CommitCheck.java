package org.coconutdb.engine.transaction;

/// What the layer above wants of the rows that a transaction leaves. Asked once, at the beginning of the commit of a transaction that has
/// written something.
public interface CommitCheck {
    /// Looks at what the transaction leaves, in a statement of its own that sees all of the transaction's writes, and says what its commit
    /// rests on ([Transaction#restOnRow], [Transaction#restOnRange]). What it throws refuses the commit. It writes nothing.
    void judge(Transaction transaction);
}
