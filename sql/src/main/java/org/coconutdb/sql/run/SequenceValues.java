package org.coconutdb.sql.run;

/// Where an execution's NEXT VALUE FOR and CURRENT VALUE FOR come from: the sequences of its database, as its session has used them.
public interface SequenceValues {
    /// The next value. SEQUENCE_EXHAUSTED.
    ///
    /// @param sequence by its id
    long next(int sequence);

    /// The value that the session was given last. NO_CURRENT_VALUE.
    long current(int sequence);
}
