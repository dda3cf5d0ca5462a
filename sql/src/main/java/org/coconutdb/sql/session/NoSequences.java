package org.coconutdb.sql.session;

import org.coconutdb.sql.run.SequenceValues;

/// For expressions that name no sequence, where no session runs them.
enum NoSequences implements SequenceValues {
    INSTANCE;

    @Override
    public long next(int sequence) {
        throw new IllegalStateException("sequence " + sequence);
    }

    @Override
    public long current(int sequence) {
        throw new IllegalStateException("sequence " + sequence);
    }
}
